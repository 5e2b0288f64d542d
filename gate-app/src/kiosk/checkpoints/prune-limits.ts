import { hlcOf } from '@skygate/shared/sync/hlc';
import type { Database } from 'better-sqlite3';
import type { EventLog } from '../event-log/event-log.ts';
import { createForeignSettled } from '../event-log/foreign-durability.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { PruneBounds } from './prune-slice.ts';
import type { PruningSettings } from './pruning.ts';

/** How far a kiosk may let go, as things stand (K4). */
export interface PruneLimits {
  /**
   * The time that ages are counted by: the server's own word, not older than ten minutes. Null without it: a clock that
   * somebody set may be years ahead, and the hybrid one with it (H1). Where nothing is heard of the server, nothing is
   * taken over by it either, and there is little to let go.
   */
  nowMs(): number | null;
  /** A server that keeps nothing for good never has a kiosk write a checkpoint (E9). */
  isWorthwhile(nowMs: number): boolean;
  /** Null if nothing may go. */
  boundsUnder(checkpoint: Checkpoint): PruneBounds | null;
}

export interface PruneLimitsDeps {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly clock: Pick<KioskClock, 'nowMs' | 'trust'>;
  readonly settings: PruningSettings;
}

const KEPT_EVENTS = `
  SELECT count(*) FROM (SELECT 1 FROM events e LEFT JOIN pruned_streams p ON p.stream = e.stream
                        WHERE e.seq > coalesce(p.to_seq, 0) LIMIT ?)`;

export function createPruneLimits({ database, eventLog, clock, settings }: PruneLimitsDeps): PruneLimits {
  const { retentionMs, settledMs, worthwhileEvents, sliceEvents } = settings;
  const foreignSettled = createForeignSettled(database);
  const keptEvents = database.prepare<[number], number>(KEPT_EVENTS).pluck();

  const nowMs = (): number | null => (clock.trust() === 'server' ? clock.nowMs() : null);
  /** Who this kiosk is, while it may write. */
  const writer = () => (eventLog.stopped() === null ? eventLog.identity() : null);
  const isForeignSettled = (now: number): boolean =>
    foreignSettled({ logId: eventLog.position().logId, nowMs: now, settledMs });

  return {
    nowMs,
    isWorthwhile: (now) => {
      if (writer() === null) return false;
      if (eventLog.position().durable === 0 && !isForeignSettled(now)) return false;
      return (keptEvents.get(worthwhileEvents) ?? 0) >= worthwhileEvents;
    },
    boundsUnder: (checkpoint) => {
      const own = writer();
      const now = nowMs();
      // What of the log a restore took back is known once it is pulled again (E8): until then a checkpoint may hold some of it.
      if (own === null || now === null || !eventLog.position().caughtUp) return null;
      const beforeHlc = hlcOf(now - retentionMs, 0);
      const ownDurable = eventLog.position().durable;
      return { checkpoint, ownDurable, own, foreignDurable: isForeignSettled(now), beforeHlc, sliceEvents };
    },
  };
}
