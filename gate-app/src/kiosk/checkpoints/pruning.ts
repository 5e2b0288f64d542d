import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { hlcMs, hlcOf } from '@skygate/shared/sync/hlc';
import type { Database } from 'better-sqlite3';
import { hasErasedLeft } from '../event-log/erased-pages.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import type { Log, Timers } from '../ports.ts';
import { type Checkpoint, readCheckpoints, saveCheckpoint } from './checkpoint.ts';
import { type PruneBounds, pruneSlice } from './prune-slice.ts';
import { removeOtherCheckpoints, writeCheckpoint } from './write-checkpoint.ts';

export interface PruningDeps {
  readonly database: Database;
  /** The kiosk's data folder. */
  readonly folder: string;
  readonly eventLog: EventLog;
  readonly crypto: Crypto;
  /** This node's own now: it signs the checkpoints. */
  readonly key: () => NodeKey;
  readonly timers: Timers;
  readonly log: Log;
  /** `PRUNING` if left out. */
  readonly settings?: PruningSettings;
}

/** How long a kiosk keeps what it may let go, and in what steps it does so. */
export interface PruningSettings {
  /**
   * Events stay at a kiosk for this long by its durable clock (K4), and a checkpoint lets nothing go before it is as old
   * itself: a restored server takes the park's log back by days (E8), and not to before what is pruned.
   */
  readonly retentionMs: number;
  /** A server's log is believed to be whole once it was the same for so long: kiosks give back what a restore lost (E8). */
  readonly settledMs: number;
  /** Fewer events than this are not worth a checkpoint. */
  readonly worthwhileEvents: number;
  readonly lookEveryMs: number;
  /** Events that one transaction lets go, so that no scan waits. At least one command's go. */
  readonly sliceEvents: number;
}

const DAY_MS = 24 * 60 * 60_000;
/** What a kiosk goes by, unless its composition root says otherwise. */
export const PRUNING: PruningSettings = {
  retentionMs: 30 * DAY_MS,
  settledMs: 7 * DAY_MS,
  // What a day or two of a busy gate come to.
  worthwhileEvents: 2_000,
  lookEveryMs: 10 * 60_000,
  // A transaction of milliseconds.
  sliceEvents: 500,
};

/** Lets old events go that the server holds for good, so that a kiosk's disk does not fill up (K4). */
export interface Pruning {
  /** One whole round now. @returns how many events went */
  pruneNow(): Promise<number>;
  /** A round now and then until `stop`. */
  run(): Promise<void>;
  stop(): void;
}

const FOREIGN = 'SELECT log_id AS logId, since_ms AS sinceMs FROM foreign_durability WHERE only_row = 1';
const KEPT_EVENTS = `
  SELECT count(*) FROM (SELECT 1 FROM events e LEFT JOIN pruned_streams p ON p.stream = e.stream
                        WHERE e.seq > coalesce(p.to_seq, 0) LIMIT ?)`;
const FORGET = 'DELETE FROM checkpoints WHERE number < ?';

class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

export function createPruning(deps: PruningDeps): Pruning {
  const { database, folder, eventLog, crypto, key, timers, log, settings = PRUNING } = deps;
  const { retentionMs, settledMs, worthwhileEvents, lookEveryMs, sliceEvents } = settings;
  const stopping = new AbortController();
  const pause = async (): Promise<void> => {
    await timers.sleep(0, stopping.signal);
    // It reads an older moment, in which they are still there: it is made another time (P1, E5).
    if (hasErasedLeft(database)) throw new GivenUp('what was erased has to leave the files first');
  };
  const foreign = database.prepare<[], { logId: string | null; sinceMs: number }>(FOREIGN);
  const keptEvents = database.prepare<[number], number>(KEPT_EVENTS).pluck();

  const nowMs = (): number => hlcMs(eventLog.hlc());
  const retainedMs = (): number => Math.max(0, nowMs() - retentionMs);

  const make = async (number: number): Promise<void> => {
    const madeMs = nowMs();
    const content = await writeCheckpoint({ crypto, folder, pause }, number).catch((error) => {
      if (error instanceof GivenUp) return null;
      throw error;
    });
    if (content === null || stopping.signal.aborted) return;
    const made: Checkpoint = { ...content, number, madeMs };
    const saved = writeTransaction(database, () => saveCheckpoint(database, { crypto, key: key() }, made));
    if (!saved.ok) return;
    const { stateHash, vector } = made;
    log.info({ number, stateHash, streams: vector.length }, 'a checkpoint of the read models is on disk');
  };

  /** The newest checkpoint that is old enough to let events go. A younger one grows up behind it. */
  const checkpoint = async (): Promise<Checkpoint | null> => {
    const all = readCheckpoints(database, crypto, key());
    const grown = all.find(({ madeMs }) => madeMs <= retainedMs()) ?? null;
    if (grown !== null) writeTransaction(database, () => database.prepare(FORGET).run(grown.number).changes);
    if (all[0] === undefined || all[0] === grown) await make((all[0]?.number ?? 0) + 1);
    tidy();
    return grown;
  };

  const tidy = (): void => {
    const kept = readCheckpoints(database, crypto, key()).map(({ number }) => number);
    removeOtherCheckpoints(folder, kept);
  };

  /** Whether what others wrote is at the server for good, and has been there for a while. */
  const isForeignSettled = (): boolean => {
    const word = foreign.get();
    const { logId } = eventLog.position();
    return word?.logId != null && word.logId === logId && nowMs() - word.sinceMs >= settledMs;
  };

  const bounds = (held: Checkpoint): PruneBounds | null => {
    const own = eventLog.identity();
    if (own === null || eventLog.stopped() !== null) return null;
    const ownDurable = eventLog.position().durable;
    const beforeHlc = hlcOf(retainedMs(), 0);
    return { checkpoint: held, ownDurable, own, foreignDurable: isForeignSettled(), beforeHlc, sliceEvents };
  };

  /** A server that keeps nothing for good never has a kiosk write a checkpoint (E9). */
  const isWorthwhile = (): boolean => {
    if (eventLog.identity() === null || eventLog.stopped() !== null) return false;
    if (eventLog.position().durable === 0 && !isForeignSettled()) return false;
    return (keptEvents.get(worthwhileEvents) ?? 0) >= worthwhileEvents;
  };

  /** The bounds are asked anew for every slice: what the server holds may have become less. */
  const pruneOneSlice = (held: Checkpoint): number => {
    const now = bounds(held);
    const slice = now && writeTransaction(database, () => pruneSlice(database, now));
    return slice?.ok ? slice.value : 0;
  };

  const pruneNow = async (): Promise<number> => {
    const held = isWorthwhile() ? await checkpoint() : null;
    if (held === null) return 0;
    let went = 0;
    let slice = pruneOneSlice(held);
    while (slice > 0) {
      went += slice;
      await pause();
      slice = stopping.signal.aborted ? 0 : pruneOneSlice(held);
    }
    if (went > 0) log.info({ events: went }, 'old events that the server holds for good are gone from this kiosk');
    return went;
  };

  return {
    pruneNow,
    run: async () => {
      tidy();
      while (!stopping.signal.aborted) {
        await timers.sleep(lookEveryMs, stopping.signal);
        if (stopping.signal.aborted) break;
        await pruneNow().catch((error) => log.error({ error: String(error) }, 'old events could not be pruned'));
      }
    },
    stop: () => stopping.abort(),
  };
}
