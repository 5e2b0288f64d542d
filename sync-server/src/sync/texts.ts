import type { NodeId } from '@skygate/shared/lib/ids';
import type { TextsRequest, TextsResponse, TextVerdict } from '@skygate/shared/protocol/texts';
import type { Reader } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { KeptRow } from '../hq-node/kept-rows.ts';
import { textRow } from '../hq-node/text-rows.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { judgeTexts, type Text } from './judge-texts.ts';

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
    const judged = await judgeTexts(deps, tx, park, texts);
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
