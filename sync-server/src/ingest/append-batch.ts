import { type Event, type Seal, TRUST_LEVELS } from '@skygate/shared/events/envelope';
import { hlcMs } from '@skygate/shared/sync/hlc';
import { CompiledQuery, type Kysely } from 'kysely';
import type { Tables } from '../db/row-types.generated.ts';

/**
 * S3: appends a chain of one stream in one statement. Invariants it keeps under any concurrency:
 * - the park's head row is locked first, so positions are handed out in commit order and without gaps;
 * - the stream's head is read after that lock (`for update` re-reads it), never from an older snapshot;
 * - what the stream has already is skipped; the rest goes in whole, and only if every event names the hash before it,
 *   the first one the stream's own head: a prefix that no seal closes could never be pulled.
 */
const APPEND_BATCH = `
with park as materialized (
  select park, head, log_id from parks where park = $1 for update
),
stream as materialized (
  select n.park, n.node, n.epoch, n.head_seq, n.head_hash, p.head, p.log_id
  from park p join nodes n on n.park = p.park
  where n.node = $2 and n.epoch = $3
  for update of n
),
batch as (
  select b.seq, b.hlc, b.wall_ms, b.trust, b.type, b.version, b.subject, b.cause, b.actor, b.body, b.body_hash,
         b.prev, b.hash, b.exact_words, lag(b.hash) over (order by b.seq) as hash_before
  from unnest($4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[],
              $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[])
       as b (seq, hlc, wall_ms, trust, type, version, subject, cause, actor, body, body_hash, prev, hash, exact_words)
),
checked as (
  select b.seq, b.hlc, b.wall_ms, b.trust, b.type, b.version, b.subject, b.cause, b.actor, b.body, b.body_hash, b.hash,
         b.exact_words, s.park, s.node, s.epoch, s.head + b.seq - s.head_seq as position,
         bool_and(coalesce(
           b.prev = case when b.seq = s.head_seq + 1 then s.head_hash else b.hash_before end, false
         )) over (order by b.seq rows between unbounded preceding and unbounded following) as chained
  from batch b cross join stream s
  where b.seq > s.head_seq
),
outcome as materialized (
  select s.park, s.node, s.epoch, s.head, s.head_seq, s.head_hash, s.log_id,
         (select count(*) from checked c where c.chained) as fresh
  from stream s
),
added as (
  insert into events (park, node, epoch, seq, position, hlc, wall_ms, trust, type, version, subject, cause, actor,
                      body, body_hash, hash, exact_words, received_ms)
  select c.park, c.node, c.epoch, c.seq, c.position, c.hlc, c.wall_ms, c.trust, c.type, c.version, c.subject, c.cause,
         c.actor, c.body, c.body_hash, c.hash, c.exact_words, $24
  from checked c
  where c.chained
),
sealed as (
  insert into seals (park, node, epoch, from_seq, to_seq, first_position, position, bytes, head_hash, hlc, kid,
                     signature)
  select o.park, o.node, o.epoch, o.head_seq + 1, $18, o.head + 1, o.head + o.fresh, $23, $19, $20, $21, $22
  from outcome o
  where o.fresh > 0
),
moved as (
  update parks p set head = o.head + o.fresh from outcome o where p.park = o.park and o.fresh > 0
),
advanced as (
  update nodes n set head_seq = $18, head_hash = $19, head_hlc = $20
  from outcome o
  where n.park = o.park and n.node = o.node and n.epoch = o.epoch and o.fresh > 0
)
select o.head_seq, o.head_hash, o.fresh, o.head + o.fresh as head, o.log_id,
       greatest(0, o.head + o.fresh - (select c.position from projection_cursors c where c.park = o.park)) as behind
from outcome o`;

/** A chained run of one stream and the seal over its last event. */
export interface Batch {
  readonly events: readonly Event[];
  /** The events' bodies as canonical JSON, the text their hashes were taken of. */
  readonly bodies: readonly string[];
  readonly seal: Seal;
}

export interface Appended {
  /** The stream's head before this. */
  readonly headSeq: number;
  readonly headHash: string;
  /** How many events went in: all that the stream lacked, or 0. */
  readonly fresh: number;
  /** The park's newest position after this. */
  readonly head: number;
  /** Of the moment of this: positions mean something within one log only (E8). */
  readonly logId: string;
  /** How many of the park's events the read models have yet to take in. */
  readonly behind: number;
}

interface AppendedRow {
  readonly head_seq: number;
  readonly head_hash: string;
  readonly fresh: number;
  readonly head: number;
  readonly log_id: string;
  readonly behind: number;
}

/** @returns null if the park has no such stream */
export async function appendBatch(kysely: Kysely<Tables>, batch: Batch, receivedMs: number): Promise<Appended | null> {
  const { rows } = await kysely.executeQuery<AppendedRow>(
    CompiledQuery.raw(APPEND_BATCH, parametersOf(batch, receivedMs)),
  );
  const [row] = rows;
  if (!row) return null;
  const { head_seq: headSeq, head_hash: headHash, fresh, head, log_id: logId, behind } = row;
  return { headSeq, headHash, fresh, head, logId, behind };
}

function parametersOf({ events, bodies, seal }: Batch, receivedMs: number): unknown[] {
  const first = events[0];
  if (!first) throw new Error('broken invariant: a batch has events');
  return [
    first.park,
    seal.node,
    seal.epoch,
    events.map((event) => event.seq),
    events.map((event) => event.hlc),
    events.map((event) => event.wallMs),
    events.map((event) => event.trust),
    events.map((event) => storable(event.type)),
    events.map((event) => event.version),
    events.map((event) => storable(event.subject)),
    events.map((event) => (event.cause === null ? null : storable(event.cause))),
    events.map((event) => storable(event.actor)),
    bodies,
    events.map((event) => event.bodyHash),
    events.map((event) => event.prev),
    events.map((event) => event.hash),
    events.map(exactWordsOf),
    seal.to,
    seal.headHash,
    seal.hlc,
    seal.kid,
    seal.signature,
    wireBytes({ events, bodies }),
    receivedMs,
  ];
}

/** What the run's events take on the wire, as they are pulled (S2, S4). */
export const wireBytes = ({ events, bodies }: Pick<Batch, 'events' | 'bodies'>): number =>
  events.reduce((sum, event, index) => sum + envelopeBytes(event) + Buffer.byteLength(bodies[index] ?? ''), 0);

function envelopeBytes({ hlc, wallMs, trust, type, version, subject, cause, actor }: Event): number {
  const words = [hlc, wallMs - hlcMs(hlc), TRUST_LEVELS.indexOf(trust), type, version, subject, cause, actor];
  // The comma before the body, and the one after the event.
  return Buffer.byteLength(JSON.stringify(words)) + 2;
}

const NUL = '\u0000';

/** A text column holds no NUL character; such words are kept beside it as JSON, so that the event stays whole (S3). */
const storable = (text: string): string => (text.includes(NUL) ? text.replaceAll(NUL, '\uFFFD') : text);

/** An envelope's words as the text columns hold them. */
export const storableWords = ({
  type,
  subject,
  cause,
  actor,
}: Pick<Event, 'type' | 'subject' | 'cause' | 'actor'>) => ({
  type: storable(type),
  subject: storable(subject),
  cause: cause === null ? null : storable(cause),
  actor: storable(actor),
});

function exactWordsOf({ type, subject, cause, actor }: Event): string | null {
  const words = [type, subject, cause, actor];
  return words.some((word) => word?.includes(NUL)) ? JSON.stringify(words) : null;
}
