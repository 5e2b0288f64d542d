import { bytesToBase64url, bytesToHex } from '@skygate/shared/lib/bytes';
import { type Crypto, keyIdOf } from '@skygate/shared/lib/crypto';
import { hqNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { type StreamHeadOnWire, VECTOR_STREAMS_MAX, type WantedStream } from '@skygate/shared/protocol/state';
import type { Database } from 'better-sqlite3';
import type { Waiting } from './outbox.ts';
import { createReadSealedRun, type RunLimits } from './sealed-runs.ts';
import type { StoredEvents, StreamPlace } from './stored-event.ts';
import type { PublicKeyOf } from './stream-keys.ts';

/**
 * Sealed streams of others, and of what this kiosk was before, that the server may lack something of (S1, E6, E8). The
 * marks are hints like the own stream's: the server's answers move them, and its `wants` set them back.
 */
export interface Deliveries {
  /**
   * The first stream with something to deliver that is not among `except`, as a push; null if there is none. A stream of
   * which nothing can be sent (no key yet) is put among them.
   */
  next(limits: RunLimits, except: Set<string>): PushRequest | null;
  has(except: ReadonlySet<string>): boolean;
  /** The server holds the stream up to here. Within a transaction. */
  delivered(place: StreamPlace, to: number): void;
  /** The server asks for these (E8). Streams that are not held here are passed over. Within a transaction. */
  want(streams: readonly WantedStream[]): void;
  /** An own incarnation ended with this much acknowledged. Within a transaction. */
  begin(place: StreamPlace, delivered: number): void;
  /** An own earlier incarnation of which the server is known to have less than was pruned here (K4); null if there is none. */
  ownLost(): (StreamPlace & { readonly delivered: number }) | null;
  /** Events of own earlier incarnations that the server is not known to have. */
  ownWaiting(): Waiting;
  /**
   * What this kiosk holds, for the server to compare (E8): all of HQ with HQ's seals, its own stream, then those that were
   * last written in. Where there are more than fit, what is left out has been silent longest, however late it began.
   */
  vector(): readonly StreamHeadOnWire[];
}

/** How a stream is called in logs and sets. */
export const streamName = ({ node, epoch }: StreamPlace): string => `${node}/${epoch}`;

interface WaitingStream {
  readonly node: string;
  readonly epoch: number;
  readonly stream: number;
  readonly delivered: number;
}

const LAST_SEQ = 'coalesce((SELECT max(e.seq) FROM events e WHERE e.stream = s.stream), 0)';
const WAITING = `
  SELECT d.node, d.epoch, s.stream, d.delivered FROM deliveries d JOIN streams s ON s.node = d.node AND s.epoch = d.epoch
  WHERE ${LAST_SEQ} > d.delivered ORDER BY s.node = ? DESC, s.stream`;
const OWN_WAITING = `
  SELECT coalesce(sum(max(0, ${LAST_SEQ} - d.delivered)), 0) AS count,
         min((SELECT e.wall_ms FROM events e WHERE e.stream = s.stream AND e.seq > d.delivered ORDER BY e.seq LIMIT 1))
           AS oldestWallMs
  FROM deliveries d JOIN streams s ON s.node = d.node AND s.epoch = d.epoch
  JOIN own_epochs o ON o.node = d.node AND o.epoch = d.epoch`;
const OWN_LOST = `
  SELECT d.node, d.epoch, d.delivered FROM deliveries d JOIN streams s ON s.node = d.node AND s.epoch = d.epoch
  JOIN own_epochs o ON o.node = d.node AND o.epoch = d.epoch JOIN pruned_streams p ON p.stream = s.stream
  WHERE d.delivered < p.to_seq ORDER BY s.stream LIMIT 1`;
const SET = `
  INSERT INTO deliveries (node, epoch, delivered) VALUES (?, ?, ?)
  ON CONFLICT (node, epoch) DO UPDATE SET delivered = excluded.delivered`;
const VECTOR = `
  SELECT s.node, s.epoch, e.seq, e.hash, e.hlc, e.seal FROM streams s
  JOIN events e ON e.stream = s.stream AND e.seq = (SELECT max(seq) FROM events WHERE stream = s.stream)
  ORDER BY s.node = ? DESC, s.node = ? AND s.epoch = ? DESC, e.hlc DESC, s.stream LIMIT ${VECTOR_STREAMS_MAX}`;

interface HeadRow {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly hlc: string;
  readonly seal: Uint8Array | null;
}

const headOf = ({ node, epoch, seq, hash }: HeadRow): StreamHeadOnWire => ({
  node,
  epoch,
  to: seq,
  headHash: bytesToHex(hash),
});

export interface DeliveriesDeps {
  readonly database: Database;
  readonly crypto: Crypto;
  readonly events: StoredEvents;
  readonly publicKeyOf: PublicKeyOf;
  readonly park: () => ParkId;
  /** The present incarnation. */
  readonly own: () => StreamPlace;
}

export function createDeliveries(deps: DeliveriesDeps): Deliveries {
  const { database, crypto, events, publicKeyOf, park } = deps;
  const readRun = createReadSealedRun(database);
  const waiting = database.prepare<[string], WaitingStream>(WAITING);
  const ownWaiting = database.prepare<[], Waiting>(OWN_WAITING);
  const ownLost = database.prepare<[], StreamPlace & { readonly delivered: number }>(OWN_LOST);
  const set = database.prepare(SET);
  const vector = database.prepare<[string, string, number], HeadRow>(VECTOR);

  const runOf = (limits: RunLimits, { node, epoch, stream, delivered }: WaitingStream): PushRequest | null => {
    const publicKey = publicKeyOf(park(), { node, epoch });
    if (publicKey === null) return null;
    return readRun({ node: node as NodeId, epoch, stream, kid: keyIdOf(crypto, publicKey) }, delivered, limits);
  };

  /** HQ's own word for its head: what proves to a server that it lost it (E8). */
  const sealOf = (row: HeadRow): Pick<StreamHeadOnWire, 'seal'> => {
    const publicKey = publicKeyOf(park(), row);
    if (publicKey === null || row.seal === null) return {};
    const { node, epoch, to, headHash } = headOf(row);
    const signature = bytesToBase64url(row.seal);
    return { seal: { node, epoch, to, headHash, hlc: row.hlc, kid: keyIdOf(crypto, publicKey), signature } };
  };

  return {
    next: (limits, except) => {
      // HQ's first: they tell a restored server who the others are (E8).
      for (const stream of waiting.all(hqNodeOf(park()))) {
        if (except.has(streamName(stream))) continue;
        const run = runOf(limits, stream);
        if (run !== null) return run;
        except.add(streamName(stream));
      }
      return null;
    },
    has: (except) => waiting.all(hqNodeOf(park())).some((stream) => !except.has(streamName(stream))),
    delivered: ({ node, epoch }, to) => {
      set.run(node, epoch, to);
    },
    want: (streams) => {
      for (const { node, epoch, from } of streams) {
        if (events.findStream({ node, epoch }) !== null) set.run(node, epoch, from - 1);
      }
    },
    begin: ({ node, epoch }, delivered) => {
      set.run(node, epoch, delivered);
    },
    ownLost: () => ownLost.get() ?? null,
    ownWaiting: () => ownWaiting.get() ?? { count: 0, oldestWallMs: null },
    vector: () => {
      const hq = hqNodeOf(park());
      const { node, epoch } = deps.own();
      return vector
        .all(hq, node, epoch)
        .map((row) => (row.node === hq ? { ...headOf(row), ...sealOf(row) } : headOf(row)));
    },
  };
}
