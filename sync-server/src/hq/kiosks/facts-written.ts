import type { EventRecovered } from '@skygate/shared/events/recovery';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { wireToEvent } from '@skygate/shared/protocol/wire-event';
import { storableText } from '@skygate/shared/read-models/check-change';
import { readWireEvent } from '@skygate/shared/sync/unreadable';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../../db/database.ts';

export interface RevokedIncarnation {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
  /** When the revocation was said, on the clock that all nodes share. */
  readonly hlc: string;
}

/** An event of a revoked incarnation that is dated after the revocation. */
export interface WrittenFact {
  readonly hash: string;
  readonly seq: number;
  /** It was recorded again, and does not stand in its stream (E6). */
  readonly isFork: boolean;
  readonly type: string;
  readonly subject: string;
  readonly actor: string;
  readonly atMs: number;
  readonly receivedMs: number;
  readonly body: object;
}

export interface FactsPage {
  /** `seq-hash` of the last fact of the page before; null for the first page. */
  readonly after: string | null;
  readonly limit: number;
}

/** What stands in its stream and what was recorded again of it, by place and hash. */
export async function factsWritten(
  reader: Reader,
  of: RevokedIncarnation,
  page: FactsPage,
): Promise<readonly WrittenFact[]> {
  const [seq = '0', hash = ''] = page.after?.split('-') ?? [];
  const parameters = [of.park, of.node, of.epoch, of.hlc, Number(seq), hash, page.limit];
  const standing = await reader.getExecutor().executeQuery<StandingRow>(CompiledQuery.raw(STANDING, parameters));
  const recovered = await reader.getExecutor().executeQuery<RecoveredRow>(CompiledQuery.raw(RECOVERED, parameters));
  return [...standing.rows.map(factOf), ...(await recoveredFacts(reader, of, recovered.rows))]
    .toSorted((one, other) => one.seq - other.seq || (one.hash < other.hash ? -1 : 1))
    .slice(0, page.limit);
}

const STANDING = `
select e.seq, e.hash, e.type, e.subject, e.actor, e.wall_ms, e.received_ms, e.body
from events e
where e.park = $1 and e.node = $2 and e.epoch = $3 and e.hlc > $4 and (e.seq, e.hash) > ($5::bigint, $6::text)
order by e.seq, e.hash
limit $7`;

const RECOVERED = `
select r.seq, r.hash, r.by_node, r.by_epoch, r.by_seq
from recovered_events r
where r.park = $1 and r.node = $2 and r.epoch = $3 and r.hlc > $4 and (r.seq, r.hash) > ($5::bigint, $6::text)
  and not exists (
    select 1 from events e
    where e.park = r.park and e.node = r.node and e.epoch = r.epoch and e.seq = r.seq and e.hash = r.hash)
order by r.seq, r.hash
limit $7`;

interface StandingRow {
  readonly seq: number;
  readonly hash: string;
  readonly type: string;
  readonly subject: string;
  readonly actor: string;
  readonly wall_ms: number;
  readonly received_ms: number;
  readonly body: string;
}

const factOf = (row: StandingRow): WrittenFact => ({
  hash: row.hash,
  seq: row.seq,
  isFork: false,
  type: row.type,
  subject: row.subject,
  actor: row.actor,
  atMs: row.wall_ms,
  receivedMs: row.received_ms,
  body: JSON.parse(row.body),
});

interface RecoveredRow {
  readonly seq: number;
  readonly hash: string;
  readonly by_node: string;
  readonly by_epoch: number;
  readonly by_seq: number;
}

/** One `EventRecovered` after the other: each may be as large as a push. */
async function recoveredFacts(
  reader: Reader,
  of: RevokedIncarnation,
  rows: readonly RecoveredRow[],
): Promise<readonly WrittenFact[]> {
  const facts: WrittenFact[] = [];
  for (const group of Map.groupBy(rows, (row) => `${row.by_node}/${row.by_epoch}/${row.by_seq}`).values()) {
    const [first] = group;
    if (!first) continue;
    const { by_node: node, by_epoch: epoch, by_seq: seq } = first;
    const recorded = await reader
      .selectFrom('events')
      .select(['body', 'received_ms'])
      .where('park', '=', of.park)
      .where('node', '=', node)
      .where('epoch', '=', epoch)
      .where('seq', '=', seq)
      .executeTakeFirstOrThrow();
    const run = JSON.parse(recorded.body) as EventRecovered;
    facts.push(...group.flatMap((row) => recoveredFact(of, row, run, recorded.received_ms)));
  }
  return facts;
}

/** Only what could be read was noted as recovered, so there is always one. */
function recoveredFact(
  { park, node, epoch }: RevokedIncarnation,
  { seq, hash }: RecoveredRow,
  run: EventRecovered,
  receivedMs: number,
): readonly WrittenFact[] {
  const wire = readWireEvent(run.events[seq - run.original.seq]);
  if (wire === null) return [];
  const place = { park: park as ParkId, node: node as NodeId, epoch, from: seq };
  const { type, subject, actor, wallMs: atMs, body } = wireToEvent(wire, place, 0);
  const words = { type: storableText(type), subject: storableText(subject), actor: storableText(actor) };
  return [{ hash, seq, isFork: true, ...words, atMs, receivedMs, body }];
}
