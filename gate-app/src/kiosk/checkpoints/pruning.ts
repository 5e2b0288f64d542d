import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { NodeKey } from '@skygate/shared/sync/chain';
import type { Database } from 'better-sqlite3';
import type { EventLog } from '../event-log/event-log.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import { createStoredEvents } from '../event-log/stored-event.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Log, Timers } from '../ports.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createCheckpointKeeper } from './checkpoint-keeper.ts';
import { createPruneLimits } from './prune-limits.ts';
import { pruneSlice } from './prune-slice.ts';

export interface PruningDeps {
  readonly database: Database;
  /** The kiosk's data folder. */
  readonly folder: string;
  readonly eventLog: EventLog;
  readonly clock: Pick<KioskClock, 'nowMs' | 'trust'>;
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
   * Events stay at a kiosk for this long by the server's time (K4), and a checkpoint lets nothing go before it is as old
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

export function createPruning(deps: PruningDeps): Pruning {
  const { database, eventLog, timers, log, settings = PRUNING } = deps;
  const stopping = new AbortController();
  const isOver = (): boolean => stopping.signal.aborted;
  const pause = (): Promise<void> => timers.sleep(0, stopping.signal);
  const stored = createStoredEvents(database, { crypto: deps.crypto, park: () => parkOf(eventLog) });
  const checkpoints = createCheckpointKeeper({ ...deps, stored, retentionMs: settings.retentionMs, pause, isOver });
  const limits = createPruneLimits({ ...deps, settings });

  /** Everything is asked anew for every slice: what the server holds, or the log itself, may have become less. */
  const pruneOneSlice = (held: Checkpoint): number => {
    if (isOver()) return 0;
    const slice = writeTransaction(database, () => {
      const bounds = checkpoints.stands(held) ? limits.boundsUnder(held) : null;
      return bounds && pruneSlice(database, bounds);
    });
    return slice.ok ? (slice.value ?? 0) : 0;
  };

  const pruneUnder = async (held: Checkpoint): Promise<number> => {
    let went = 0;
    for (let slice = pruneOneSlice(held); slice > 0; slice = pruneOneSlice(held)) {
      went += slice;
      await pause();
    }
    if (went > 0) log.info({ events: went }, 'old events that the server holds for good are gone from this kiosk');
    return went;
  };

  const pruneNow = async (): Promise<number> => {
    const nowMs = limits.nowMs();
    if (nowMs === null || !limits.isWorthwhile(nowMs)) return 0;
    const held = await checkpoints.grown(nowMs);
    return held === null ? 0 : pruneUnder(held);
  };

  return {
    pruneNow,
    run: async () => {
      checkpoints.tidy();
      while (!isOver()) {
        await timers.sleep(settings.lookEveryMs, stopping.signal);
        if (isOver()) break;
        await pruneNow().catch((error) => log.error({ error: String(error) }, 'old events could not be pruned'));
      }
    },
    stop: () => stopping.abort(),
  };
}

function parkOf(eventLog: EventLog): ParkId {
  const identity = eventLog.identity();
  assert(identity, 'the kiosk is enrolled');
  return identity.park;
}
