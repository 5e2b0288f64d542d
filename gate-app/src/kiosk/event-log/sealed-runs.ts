import { type Seal, TRUST_LEVELS } from '@skygate/shared/events/envelope';
import { assert } from '@skygate/shared/lib/assert';
import { bytesToBase64url, bytesToHex } from '@skygate/shared/lib/bytes';
import type { NodeId } from '@skygate/shared/lib/ids';
import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import { hlcMs } from '@skygate/shared/sync/hlc';
import { wireText } from '@skygate/shared/sync/push-text';
import type { Database } from 'better-sqlite3';
import type { EventsRow } from './row-types.generated.ts';

export interface RunLimits {
  readonly events: number;
  readonly bytes: number;
}

export const PUSH_LIMITS: RunLimits = { events: PUSH_EVENTS_MAX, bytes: PUSH_BYTES_MAX };

/** One sealed transaction, or one run as it came: the least that can travel. */
export const ONE_GROUP: RunLimits = { events: 1, bytes: 1 };

/** Room for what stands around the events of a push: names, seal, brackets. */
const FRAME_BYTES = 1024;

const READ_AFTER = `
  SELECT seq, hlc, wall_ms, trust, type, version, subject, cause, actor, body, hash, seal
  FROM events WHERE stream = ? AND seq > ? ORDER BY seq`;

type StreamRow = Omit<EventsRow, 'stream'>;

/** A stream that is stored here, whoever wrote it. */
export interface SealedStream {
  readonly node: NodeId;
  readonly epoch: number;
  /** Its number in the database. */
  readonly stream: number;
  /** The key id of its author's seals. */
  readonly kid: string;
}

/** Events of any stream after `afterSeq`, ending at the last seal within the limits (S2). At least up to one seal. */
export type ReadSealedRun = (stream: SealedStream, afterSeq: number, limits: RunLimits) => PushRequest | null;

export function createReadSealedRun(database: Database): ReadSealedRun {
  const readAfter = database.prepare<[number, number], StreamRow>(READ_AFTER);
  return (stream, afterSeq, limits) => {
    const { events, closing } = takeToSeal(readAfter.iterate(stream.stream, afterSeq), afterSeq, limits);
    if (closing === null) return null;
    const { node, epoch } = stream;
    return { node, epoch, from: afterSeq + 1, events, seal: sealOf(stream, closing) };
  };
}

function takeToSeal(
  rows: Iterable<StreamRow>,
  afterSeq: number,
  limits: RunLimits,
): { events: WireEvent[]; closing: StreamRow | null } {
  const taken: WireEvent[] = [];
  let closing: StreamRow | null = null;
  let sealed = 0;
  let bytes = FRAME_BYTES;
  for (const row of rows) {
    // What is between was pruned (K4): there is no such run any more.
    if (row.seq !== afterSeq + taken.length + 1) break;
    const wire = rowToWire(row);
    bytes += Buffer.byteLength(wireText(wire)) + 1;
    const tooMuch = taken.length + 1 > limits.events || bytes > limits.bytes;
    // A single command's events always go, whatever the limits: they cannot be parted (M1).
    if (tooMuch && closing !== null) break;
    taken.push(wire);
    if (row.seal !== null) {
      closing = row;
      sealed = taken.length;
    }
  }
  return { events: taken.slice(0, sealed), closing };
}

function rowToWire(row: StreamRow): WireEvent {
  assert(row.trust >= 0 && row.trust < TRUST_LEVELS.length, 'a stored trust level is known');
  const { hlc, wall_ms, trust, type, version, subject, cause, actor } = row;
  return [hlc, wall_ms - hlcMs(hlc), trust, type, version, subject, cause, actor, JSON.parse(row.body)];
}

function sealOf({ node, epoch, kid }: SealedStream, row: StreamRow): Seal {
  assert(row.seal, 'a run closes with a seal');
  const headHash = bytesToHex(row.hash);
  return { node, epoch, to: row.seq, headHash, hlc: row.hlc, kid, signature: bytesToBase64url(row.seal) };
}
