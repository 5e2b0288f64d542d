import type { ParkId } from '@skygate/shared/lib/ids';
import type { HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import type { Clock, Log, Timers } from '../../ports.ts';
import { expireBooking } from './book.ts';
import { expiredHolds, nextExpiryMs } from './booking-rows.ts';

/** A new hold may end before the one waited for; other instances make holds too. */
const LOOK_AGAIN_MS = 15_000;
const PAGE = 100;

export interface BookingExpiry {
  /** Expires holds whose time is over until `stopping` aborts; a start finds those that ended meanwhile. */
  run(): Promise<void>;
  /** Expires all that are over now. */
  expireNow(): Promise<void>;
}

export interface BookingExpiryDeps extends HqNodeDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

/** Any number of instances may run it: each hold is looked at again under its park's lock. */
export function createBookingExpiry(deps: BookingExpiryDeps): BookingExpiry {
  const { database, clock, timers, log, stopping } = deps;

  const expireNow = async (): Promise<void> => {
    const stuck = new Set<ParkId>();
    let more = true;
    while (more && !stopping.aborted) {
      const over = await expiredHolds(database.reader, { nowMs: clock.nowMs(), without: [...stuck], limit: PAGE });
      for (const { park, bookingId } of over) {
        if (!stuck.has(park) && !(await tryToExpire(park, bookingId))) stuck.add(park);
      }
      more = over.length === PAGE;
    }
  };

  /** A park in trouble is left out of this round: the holds of the others do not wait for it. */
  const tryToExpire = async (park: ParkId, bookingId: string): Promise<boolean> => {
    try {
      await expireBooking(deps, park, bookingId);
      return true;
    } catch (error) {
      log.warn({ park, error: String(error) }, 'holds of a park were not expired; trying again');
      return false;
    }
  };

  const waitMs = async (): Promise<number> => {
    const next = await nextExpiryMs(database.reader);
    return next === null ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(0, next - clock.nowMs()));
  };

  return {
    expireNow,
    run: async () => {
      while (!stopping.aborted) {
        let ms = LOOK_AGAIN_MS;
        try {
          await expireNow();
          ms = await waitMs();
        } catch (error) {
          log.warn({ error: String(error) }, 'holds were not expired; trying again');
        }
        await timers.sleep(ms, stopping);
      }
    },
  };
}
