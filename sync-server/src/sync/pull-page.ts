import { TRUST_LEVELS, type Trust } from '@skygate/shared/events/envelope';
import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { GateContact } from '@skygate/shared/protocol/pull';
import { hlcMs } from '@skygate/shared/sync/hlc';
import { GROUP_BYTES_MAX } from '@skygate/shared/sync/push-text';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../db/database.ts';
import { EVENT_COLUMNS, exactWords, type StoredEvent } from '../ingest/stored-event.ts';
import { parkNow, stampAt } from './park-now.ts';

export interface PageRequest {
  readonly park: string;
  readonly after: number;
  readonly limit: number;
  /** Whose own events are left out. */
  readonly reader: { readonly node: string; readonly epoch: number };
  readonly nowMs: number;
}

/** A page of whole batches in park order (S4). */
export interface PullPage {
  /** The runs as JSON text: bodies go out as the text they were hashed as. */
  readonly runs: readonly string[];
  /** The last position scanned. */
  readonly next: number;
  readonly head: number;
  /** Of the moment the page was read: positions mean something within one log only. */
  readonly logId: string;
  readonly peopleRevision: number;
  /** Null where the list is too long to be taken over at once. */
  readonly peopleStamp: string | null;
  /** How far the server has the reader's own stream (K3). */
  readonly acknowledged: number;
  readonly gates: readonly GateContact[];
  /** What stands at `after`, and at `next`; empty where nothing does (E8). */
  readonly afterStamp: string;
  readonly nextStamp: string;
}

export async function readPullPage(db: Reader, request: PageRequest): Promise<PullPage> {
  const { after } = request;
  const now = await parkNow(db, request);
  if (after >= now.head) return { ...now, runs: [], next: after, nextStamp: now.afterStamp };
  const seals = fitting(await sealsAfter(db, request), request);
  const next = seals.at(-1)?.position ?? after;
  const others = seals.filter((seal) => !isOwn(seal, request));
  const events =
    others[0] === undefined ? [] : await eventsBetween(db, request, { first: others[0].first_position, next });
  const byPosition = new Map(events.map((event) => [event.position, event]));
  const batches = others.map((seal) => ({ ...seal, texts: textsOf(seal, byPosition) }));
  const runs = joined(batches).map(runText);
  const nextStamp = await stampAt(db, request.park, next);
  return { ...now, runs, next, nextStamp, head: Math.max(now.head, next) };
}

interface SealRow {
  readonly node: string;
  readonly epoch: number;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly first_position: number;
  readonly position: number;
  readonly bytes: number;
  readonly head_hash: string;
  readonly hlc: string;
  readonly kid: string;
  readonly signature: string;
}

// As text, like what every pull asks of the park (park-now.ts).
const SEALS_AFTER = `
select node, epoch, from_seq, to_seq, first_position, position, bytes, head_hash, hlc, kid, signature
from seals where park = $1 and position > $2 and position <= $3 order by position limit $4`;
/**
 * So many positions are looked through for a page's seals. Without an end, a database that has no statistics (PGlite never
 * has, PostgreSQL not right after a restore) sorts all seals that the asker lacks for each of its pages.
 */
const SPAN = 10_000;
const EVENTS_BETWEEN = `
select ${EVENT_COLUMNS.join(', ')} from events
where park = $1 and position >= $2 and position <= $3 and not (node = $4 and epoch = $5)
order by position`;

async function sealsAfter(db: Reader, request: PageRequest): Promise<readonly SealRow[]> {
  const near = await sealsUpTo(db, request, request.after + SPAN);
  return near.length > 0 ? near : sealsUpTo(db, request, Number.MAX_SAFE_INTEGER);
}

async function sealsUpTo(db: Reader, { park, after, limit }: PageRequest, to: number): Promise<readonly SealRow[]> {
  const query = CompiledQuery.raw(SEALS_AFTER, [park, after, to, limit]);
  return (await db.getExecutor().executeQuery<SealRow>(query)).rows;
}

const isOwn = (seal: SealRow, { reader }: PageRequest): boolean =>
  seal.node === reader.node && seal.epoch === reader.epoch;

/** As many batches as fit; the first always does, so that the cursor moves. */
function fitting(seals: readonly SealRow[], request: PageRequest): readonly SealRow[] {
  let events = 0;
  let bytes = 0;
  const end = seals.findIndex((seal) => {
    if (isOwn(seal, request)) return false;
    const isFirst = events === 0;
    events += seal.to_seq - seal.from_seq + 1;
    bytes += seal.bytes;
    return !isFirst && (events > request.limit || bytes > PUSH_BYTES_MAX);
  });
  return end === -1 ? seals : seals.slice(0, end);
}

/** From the beginning of the first batch: a cursor may lie within it, of a log that was lost or of somebody's invention. */
async function eventsBetween(
  db: Reader,
  { park, reader }: PageRequest,
  { first, next }: { readonly first: number; readonly next: number },
): Promise<readonly StoredEvent[]> {
  const query = CompiledQuery.raw(EVENTS_BETWEEN, [park, first, next, reader.node, reader.epoch]);
  return (await db.getExecutor().executeQuery<StoredEvent>(query)).rows;
}

/** A batch with its events as they travel. */
interface SealedTexts extends SealRow {
  readonly texts: readonly string[];
}

/**
 * Batches of one stream that follow each other as one run: its last seal vouches for all (E3). Whoever stores a run has no
 * other seal of it: so it is no larger than what can be pushed again, and recorded again (E6, E8).
 */
function joined(batches: readonly SealedTexts[]): readonly (readonly SealedTexts[])[] {
  const runs: SealedTexts[][] = [];
  let [events, bytes] = [0, 0];
  for (const batch of batches) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const size = batch.texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
    events += batch.texts.length;
    bytes += size;
    const continues = last?.node === batch.node && last.epoch === batch.epoch && last.to_seq + 1 === batch.from_seq;
    if (run && continues && events <= PUSH_EVENTS_MAX && bytes <= GROUP_BYTES_MAX) {
      run.push(batch);
    } else {
      runs.push([batch]);
      [events, bytes] = [batch.texts.length, size];
    }
  }
  return runs;
}

function textsOf(seal: SealRow, byPosition: ReadonlyMap<number, StoredEvent>): readonly string[] {
  const texts: string[] = [];
  for (let position = seal.first_position; position <= seal.position; position += 1) {
    const event = byPosition.get(position);
    if (!event) throw new Error(`broken invariant: position ${position} has its event`);
    texts.push(eventText(event));
  }
  return texts;
}

function runText(batches: readonly SealedTexts[]): string {
  const first = batches[0];
  const last = batches.at(-1);
  if (!first || !last) throw new Error('broken invariant: a run has a seal');
  const events = batches.flatMap(({ texts }) => texts);
  const { node, epoch, to_seq: to, head_hash: headHash, hlc, kid, signature } = last;
  const seal = { node, epoch, to, headHash, hlc, kid, signature };
  const place = JSON.stringify({ node, epoch, from: first.from_seq });
  return `${place.slice(0, -1)},"events":[${events.join(',')}],"seal":${JSON.stringify(seal)}}`;
}

/** The tuple of `wireEventField`, its body verbatim. */
function eventText(row: StoredEvent): string {
  const { type, subject, cause, actor } = exactWords(row);
  const trust = TRUST_LEVELS.indexOf(row.trust as Trust);
  const words = JSON.stringify([
    row.hlc,
    row.wall_ms - hlcMs(row.hlc),
    trust,
    type,
    row.version,
    subject,
    cause,
    actor,
  ]);
  return `${words.slice(0, -1)},${row.body}]`;
}
