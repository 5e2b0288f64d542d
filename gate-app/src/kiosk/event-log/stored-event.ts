import { type Event, TRUST_LEVELS } from '@skygate/shared/events/envelope';
import { assert } from '@skygate/shared/lib/assert';
import { bytesToHex, hexToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { bodyHashOf, CHAIN_START } from '@skygate/shared/sync/chain';
import type { Database } from 'better-sqlite3';
import type { EventsRow, PrunedHashesRow as StoredHashesRow } from './row-types.generated.ts';

/** Where an event stands in the log. */
export interface StreamPlace {
  readonly node: string;
  readonly epoch: number;
}

/** The newest event of a stream, or the place before its first. */
export interface StreamHead {
  readonly seq: number;
  readonly hash: string;
}

export interface StoredEvents {
  /** The stream's number, made when it is new. To be called within the transaction that uses it. */
  streamOf(place: StreamPlace): number;
  /** The stream's number; null if nothing of it is stored. */
  findStream(place: StreamPlace): number | null;
  headOf(stream: number): StreamHead;
  /** Null for what was never stored; CHAIN_START for seq 0. Pruned events still have theirs. */
  hashAt(stream: number, seq: number): string | null;
  /** @param signature the seal's, if a transaction or run ends with this event */
  insert(stream: number, event: Event, signature: Uint8Array | null): void;
  read(place: StreamPlace, seq: number): Event | null;
  /** The events from `seq` to the seal that closes their transaction, oldest first. */
  readGroup(place: StreamPlace, seq: number): readonly Event[];
  /** Events from `seq` on, oldest first, at most `count`. */
  readRange(place: StreamPlace, seq: number, count: number): readonly Event[];
  /** The newest events, newest first. */
  readNewest(place: StreamPlace, count: number): readonly Event[];
  /** Where the events of these types with a clock after this stand, of those up to a seq, oldest first. */
  placesAfter(
    place: StreamPlace,
    of: {
      readonly types: readonly string[];
      readonly afterHlc: string;
      readonly afterSeq: number;
      readonly toSeq: number;
      readonly limit: number;
    },
  ): readonly { readonly seq: number; readonly hash: string }[];
  /** The events after a seq, oldest first. */
  readFrom(place: StreamPlace, afterSeq: number, count: number): readonly Event[];
  /** Up to which seq the stream's events are gone from here (K4); 0 if none is. */
  prunedTo(stream: number): number;
  signatureAt(stream: number, seq: number): Uint8Array | null;
  wallMsAt(stream: number, seq: number): number | null;
}

const FIND_STREAM = 'SELECT stream FROM streams WHERE node = ? AND epoch = ?';
const INSERT_STREAM = 'INSERT INTO streams (node, epoch) VALUES (?, ?)';
const HEAD = 'SELECT seq, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1';
const HASH_AT = 'SELECT hash FROM events WHERE stream = ? AND seq = ?';
const SIGNATURE_AT = 'SELECT seal FROM events WHERE stream = ? AND seq = ?';
const WALL_MS_AT = 'SELECT wall_ms FROM events WHERE stream = ? AND seq = ?';
const INSERT = `
  INSERT INTO events (stream, seq, hlc, wall_ms, trust, type, version, subject, cause, actor, body, hash, seal)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const COLUMNS = `
  e.seq, e.hlc, e.wall_ms, e.trust, e.type, e.version, e.subject, e.cause, e.actor, e.body, e.hash,
  (SELECT p.hash FROM events p WHERE p.stream = e.stream AND p.seq = e.seq - 1) AS prev`;
const READ = `SELECT ${COLUMNS} FROM events e WHERE e.stream = ? AND e.seq = ?`;
const READ_GROUP = `
  SELECT ${COLUMNS} FROM events e WHERE e.stream = ? AND e.seq >= ?
    AND e.seq <= (SELECT s.seq FROM events s WHERE s.stream = e.stream AND s.seq >= ? AND s.seal IS NOT NULL
                  ORDER BY s.seq LIMIT 1)
  ORDER BY e.seq`;
const READ_RANGE = `SELECT ${COLUMNS} FROM events e WHERE e.stream = ? AND e.seq >= ? ORDER BY e.seq LIMIT ?`;
const READ_NEWEST = `SELECT ${COLUMNS} FROM events e WHERE e.stream = ? ORDER BY e.seq DESC LIMIT ?`;
const PLACES_AFTER = `
  SELECT seq, hash FROM events
  WHERE stream = ? AND seq > ? AND seq <= ? AND hlc > ? AND type IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?`;
const READ_FROM = `SELECT ${COLUMNS} FROM events e WHERE e.stream = ? AND e.seq > ? ORDER BY e.seq LIMIT ?`;
const PRUNED_TO = 'SELECT to_seq FROM pruned_streams WHERE stream = ?';
const PRUNED_HASHES = `
  SELECT from_seq, hashes FROM pruned_hashes WHERE stream = ? AND from_seq <= ? ORDER BY from_seq DESC LIMIT 1`;
const HASH_BYTES = 32;

type PrunedHashesRow = Pick<StoredHashesRow, 'from_seq' | 'hashes'>;
type EventRow = Omit<EventsRow, 'stream' | 'seal'> & { readonly prev: Uint8Array | null };

/** The rows of `events` and `streams`, and nothing else. */
export function createStoredEvents(database: Database, deps: { crypto: Crypto; park: () => ParkId }): StoredEvents {
  const findStream = database.prepare<[string, number], number>(FIND_STREAM).pluck();
  const insertStream = database.prepare<[string, number]>(INSERT_STREAM);
  const head = database.prepare<[number], { seq: number; hash: Uint8Array }>(HEAD);
  const hashAt = database.prepare<[number, number], Uint8Array>(HASH_AT).pluck();
  const signatureAt = database.prepare<[number, number], Uint8Array | null>(SIGNATURE_AT).pluck();
  const wallMsAt = database.prepare<[number, number], number>(WALL_MS_AT).pluck();
  const insert = database.prepare(INSERT);
  const read = database.prepare<[number, number], EventRow>(READ);
  const readGroup = database.prepare<[number, number, number], EventRow>(READ_GROUP);
  const readRange = database.prepare<[number, number, number], EventRow>(READ_RANGE);
  const readNewest = database.prepare<[number, number], EventRow>(READ_NEWEST);
  const placesAfter = database.prepare<(number | string)[], { seq: number; hash: Uint8Array }>(PLACES_AFTER);

  const readFrom = database.prepare<[number, number, number], EventRow>(READ_FROM);
  const prunedTo = database.prepare<[number], number>(PRUNED_TO).pluck();
  const prunedHashes = database.prepare<[number, number], PrunedHashesRow>(PRUNED_HASHES);

  const prunedHash = (stream: number, seq: number): Uint8Array | null => {
    const row = prunedHashes.get(stream, seq);
    const start = row ? (seq - row.from_seq) * HASH_BYTES : 0;
    return row && start < row.hashes.length ? row.hashes.subarray(start, start + HASH_BYTES) : null;
  };
  const hashOf = (stream: number, seq: number): string | null => {
    if (seq === 0) return CHAIN_START;
    const hash = hashAt.get(stream, seq) ?? prunedHash(stream, seq);
    return hash ? bytesToHex(hash) : null;
  };
  const find = ({ node, epoch }: StreamPlace): number | null => findStream.get(node, epoch) ?? null;
  const toEvent = (place: StreamPlace, row: EventRow): Event => {
    const stream = row.prev === null && row.seq > 1 ? find(place) : null;
    return rowToEvent(stream === null ? row : { ...row, prev: prunedHash(stream, row.seq - 1) }, place, deps);
  };

  return {
    findStream: find,
    streamOf: (place) => find(place) ?? Number(insertStream.run(place.node, place.epoch).lastInsertRowid),
    headOf: (stream) => {
      const row = head.get(stream);
      // A head is not pruned; but what stood after the pruned end may have been cut off since (E6).
      const seq = Math.max(row?.seq ?? 0, prunedTo.get(stream) ?? 0);
      const hash = row?.seq === seq ? bytesToHex(row.hash) : hashOf(stream, seq);
      assert(hash !== null, 'a head has its hash');
      return { seq, hash };
    },
    hashAt: hashOf,
    signatureAt: (stream, seq) => signatureAt.get(stream, seq) ?? null,
    wallMsAt: (stream, seq) => wallMsAt.get(stream, seq) ?? null,
    insert: (stream, event, signature) => {
      const { seq, hlc, wallMs, type, version, subject, cause, actor } = event;
      const trust = TRUST_LEVELS.indexOf(event.trust);
      const body = JSON.stringify(event.body);
      const hash = hexToBytes(event.hash);
      insert.run(stream, seq, hlc, wallMs, trust, type, version, subject, cause, actor, body, hash, signature);
    },
    read: (place, seq) => {
      const stream = find(place);
      const row = stream === null ? undefined : read.get(stream, seq);
      return row ? toEvent(place, row) : null;
    },
    readGroup: (place, seq) => {
      const stream = find(place);
      return stream === null ? [] : readGroup.all(stream, seq, seq).map((row) => toEvent(place, row));
    },
    readRange: (place, seq, count) => {
      const stream = find(place);
      return stream === null ? [] : readRange.all(stream, seq, count).map((row) => toEvent(place, row));
    },
    readNewest: (place, count) => {
      const stream = find(place);
      return stream === null ? [] : readNewest.all(stream, count).map((row) => toEvent(place, row));
    },
    readFrom: (place, afterSeq, count) => {
      const stream = find(place);
      return stream === null ? [] : readFrom.all(stream, afterSeq, count).map((row) => toEvent(place, row));
    },
    prunedTo: (stream) => prunedTo.get(stream) ?? 0,
    placesAfter: (place, { types, afterHlc, afterSeq, toSeq, limit }) => {
      const stream = find(place);
      if (stream === null) return [];
      const rows = placesAfter.all(stream, afterSeq, toSeq, afterHlc, JSON.stringify(types), limit);
      return rows.map(({ seq, hash }) => ({ seq, hash: bytesToHex(hash) }));
    },
  };
}

function rowToEvent(row: EventRow, place: StreamPlace, deps: { crypto: Crypto; park: () => ParkId }): Event {
  const { seq, hlc, type, version, subject, cause, actor } = row;
  const body = JSON.parse(row.body);
  return {
    park: deps.park(),
    node: place.node as NodeId,
    epoch: place.epoch,
    seq,
    hlc,
    wallMs: row.wall_ms,
    trust: TRUST_LEVELS[row.trust] ?? 'none',
    type,
    version,
    subject,
    cause,
    actor,
    body,
    bodyHash: bodyHashOf(deps.crypto, body),
    prev: row.prev ? bytesToHex(row.prev) : CHAIN_START,
    hash: bytesToHex(row.hash),
  };
}
