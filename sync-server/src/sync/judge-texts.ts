import { isTextOf, textsNamedBy } from '@skygate/shared/events/free-text';
import { parseJson } from '@skygate/shared/lib/canonical-json';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { TextsRequest, TextVerdict } from '@skygate/shared/protocol/texts';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../db/database.ts';

export type Text = TextsRequest['texts'][number];

export interface Judged {
  /** At the event here that names it. */
  readonly text: Text;
  readonly verdict: TextVerdict;
}

/** What becomes of each text that a kiosk brings (E5), in a few statements however many there are. */
export async function judgeTexts(
  { crypto }: { readonly crypto: Crypto },
  tx: Reader,
  park: string,
  texts: readonly Text[],
): Promise<readonly Judged[]> {
  const proven = texts.filter((text) => isTextOf(crypto, text));
  const erased = await erasedAmong(tx, park, proven);
  const wanted = proven.filter(({ name }) => !erased.has(name));
  const standing = namesByPlace(await eventsOf(tx, STANDING, park, wanted));
  const left = wanted.filter((text) => !standing.get(placeOf(text))?.includes(text.name));
  const recorded = placesByName(await eventsOf(tx, RECORDED, park, left));
  const [isProven, isLeft] = [new Set(proven), new Set(left)];
  return texts.map((text): Judged => {
    if (!isProven.has(text)) return { text, verdict: 'wrong_words' };
    if (erased.has(text.name)) return { text, verdict: 'erased' };
    if (!isLeft.has(text)) return { text, verdict: 'kept' };
    const place = recorded.get(text.name);
    if (place) return { text: { ...text, ...place }, verdict: 'kept' };
    return { text, verdict: standing.has(placeOf(text)) ? 'not_named' : 'no_event' };
  });
}

type Place = Pick<Text, 'node' | 'epoch' | 'seq'>;
interface NamingEvent extends Place {
  readonly type: string;
  readonly body: string;
}

const WANTED =
  'select distinct w.node, w.epoch, w.seq from json_to_recordset($2::text::json) w(node text, epoch bigint, seq bigint)';

/** The events that texts name, each once. */
const STANDING = `
select e.node, e.epoch, e.seq, e.type, e.body from (${WANTED}) w
join events e on e.park = $1 and e.node = w.node and e.epoch = w.epoch and e.seq = w.seq`;

/**
 * The events that record them again, where they are of another past of a revoked kiosk, which HQ recorded (X4). By the place
 * where each was recorded: looked for in the log itself, HQ's whole stream would be read for each text.
 */
const RECORDED = `
select e.node, e.epoch, e.seq, e.type, e.body from (
  select distinct r.by_node, r.by_epoch, r.by_seq from (${WANTED}) w
  join hq_fork_events h on h.park = $1 and h.node = w.node and h.epoch = w.epoch and h.seq = w.seq
  join recovered_events r on r.park = $1 and r.hash = h.hash
) r join events e on e.park = $1 and e.node = r.by_node and e.epoch = r.by_epoch and e.seq = r.by_seq`;

async function eventsOf(
  tx: Reader,
  sql: string,
  park: string,
  texts: readonly Text[],
): Promise<readonly NamingEvent[]> {
  if (texts.length === 0) return [];
  const places = JSON.stringify(texts.map(({ node, epoch, seq }) => ({ node, epoch, seq })));
  const { rows } = await tx.getExecutor().executeQuery<NamingEvent>(CompiledQuery.raw(sql, [park, places]));
  return rows;
}

async function erasedAmong(tx: Reader, park: string, texts: readonly Text[]): Promise<ReadonlySet<string>> {
  if (texts.length === 0) return new Set();
  const names = texts.map(({ name }) => name);
  const rows = await tx
    .selectFrom('erased_texts')
    .select('name')
    .where('park', '=', park)
    .where('name', 'in', names)
    .execute();
  return new Set(rows.map(({ name }) => name));
}

const placeOf = ({ node, epoch, seq }: Place): string => `${node}/${epoch}/${seq}`;

const namesByPlace = (events: readonly NamingEvent[]): ReadonlyMap<string, readonly string[]> =>
  new Map(events.map((event) => [placeOf(event), namesIn(event)]));

const placesByName = (events: readonly NamingEvent[]): ReadonlyMap<string, Place> =>
  new Map(events.flatMap((event) => namesIn(event).map((name) => [name, placeIn(event)] as const)));

const placeIn = ({ node, epoch, seq }: Place): Place => ({ node, epoch, seq });

function namesIn({ type, body: text }: NamingEvent): readonly string[] {
  const body = parseJson(JSON.parse(text));
  return body.ok ? textsNamedBy({ type, body: body.value }) : [];
}
