import { isTextOf, textsNamedBy } from '@skygate/shared/events/free-text';
import { parseJson } from '@skygate/shared/lib/canonical-json';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { TextsRequest, TextsResponse, TextVerdict } from '@skygate/shared/protocol/texts';
import type { Reader } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { KeptRow } from '../hq-node/kept-rows.ts';
import { textRow } from '../hq-node/text-rows.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';

type Text = TextsRequest['texts'][number];

/**
 * Takes in what people typed at a kiosk (E5). Whoever brings it, salt and words prove themselves: they are what the event
 * that is here, under its author's seal, names. Each text is judged by itself. Durable when it answers (E9).
 */
export async function takeTexts(
  deps: HqNodeDeps,
  { park, node }: AuthenticatedNode,
  { texts }: TextsRequest,
): Promise<TextsResponse> {
  let verdicts: TextVerdict[] = [];
  let logId = '';
  let held = 0;
  await appendHqEvents(deps, park, async (tx) => {
    // Under the park's lock: what HQ erases meanwhile comes after this, and takes it away again.
    const judge = createJudge(deps, tx, park);
    const judged: Judged[] = [];
    for (const text of texts) judged.push(await judge(text));
    verdicts = judged.map(({ verdict }) => verdict);
    const row = await tx.selectFrom('parks').select('log_id').where('park', '=', park).executeTakeFirstOrThrow();
    logId = row.log_id;
    const kept = judged.flatMap(({ text, verdict }) => (verdict === 'kept' ? [text] : []));
    const rows = await newRows(tx, park, kept);
    held = (await countTexts(tx, { park, node })) + rows.filter(({ row }) => row['node'] === node).length;
    return { drafts: [], rows };
  });
  return { verdicts, logId, held };
}

/** How many texts stand by events of a node, erased ones too: rows are overwritten and never removed. */
export async function countTexts(
  reader: Reader,
  { park, node }: Pick<AuthenticatedNode, 'park' | 'node'>,
): Promise<number> {
  const { count } = await reader
    .selectFrom('texts')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('park', '=', park)
    .where('node', '=', node)
    .executeTakeFirstOrThrow();
  return Number(count);
}

interface Judged {
  /** At the event here that names it. */
  readonly text: Text;
  readonly verdict: TextVerdict;
}

function createJudge({ crypto }: HqNodeDeps, tx: Reader, park: string): (text: Text) => Promise<Judged> {
  return async (text) => {
    if (!isTextOf(crypto, text)) return { text, verdict: 'wrong_words' };
    if (await isErased(tx, park, text.name)) return { text, verdict: 'erased' };
    const named = await namesAt(tx, park, text);
    if (named?.includes(text.name)) return { text, verdict: 'kept' };
    const recorded = await recordedBy(tx, park, text);
    if (recorded) return { text: { ...text, ...recorded }, verdict: 'kept' };
    return { text, verdict: named === null ? 'no_event' : 'not_named' };
  };
}

/** The event of HQ that records the text's own one, where that is of another past of a revoked kiosk (X4). */
async function recordedBy(
  tx: Reader,
  park: string,
  { name, node, epoch, seq }: Text,
): Promise<Pick<Text, 'node' | 'epoch' | 'seq'> | null> {
  const inFork = await tx
    .selectFrom('hq_fork_events')
    .select('seq')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .executeTakeFirst();
  if (!inFork) return null;
  const rows = await tx
    .selectFrom('events')
    .select(['node', 'epoch', 'seq', 'type', 'body'])
    .where('park', '=', park)
    .where('type', '=', 'EventRecovered')
    .where('subject', '=', `stream:${node}/${epoch}`)
    .orderBy('position')
    .execute();
  const found = rows.find(({ type, body }) => namesIn(type, body).includes(name));
  return found ? { node: found.node, epoch: found.epoch, seq: found.seq } : null;
}

function namesIn(type: string, text: string): readonly string[] {
  const body = parseJson(JSON.parse(text));
  return body.ok ? textsNamedBy({ type, body: body.value }) : [];
}

async function isErased(tx: Reader, park: string, name: string): Promise<boolean> {
  const row = await tx
    .selectFrom('erased_texts')
    .select('name')
    .where('park', '=', park)
    .where('name', '=', name)
    .executeTakeFirst();
  return row !== undefined;
}

/** The texts that an event names; null if it is not here. */
async function namesAt(tx: Reader, park: string, { node, epoch, seq }: Text): Promise<readonly string[] | null> {
  const row = await tx
    .selectFrom('events')
    .select(['type', 'body'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row ? namesIn(row.type, row.body) : null;
}

/** One row a text, also if it came twice; what is here stays as it is. */
async function newRows(
  tx: Reader,
  park: AuthenticatedNode['park'],
  texts: readonly Text[],
): Promise<readonly KeptRow[]> {
  if (texts.length === 0) return [];
  const held = await tx
    .selectFrom('texts')
    .select('name')
    .where('park', '=', park)
    .where(
      'name',
      'in',
      texts.map(({ name }) => name),
    )
    .execute();
  const known = new Set(held.map(({ name }) => name));
  const rows: KeptRow[] = [];
  for (const { node, epoch, seq, ...words } of texts) {
    if (known.has(words.name)) continue;
    known.add(words.name);
    rows.push(textRow({ park, node: node as NodeId, epoch, seq }, words));
  }
  return rows;
}
