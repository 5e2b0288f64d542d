import { decideReturn } from '@skygate/shared/domain/capacity/hand-back';
import type { Event } from '@skygate/shared/events/envelope';
import type { Database } from 'better-sqlite3';
import type { EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import { recordReturns } from '../leases/give-back.ts';
import type { Log } from '../ports.ts';
import { createTillKnowledge } from '../read-models/till-knowledge.ts';

export interface StopRevokedDeps {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly clock: KioskClock;
  readonly log: Log;
}

/** How a kiosk takes the word that it was revoked (X4), from the server or from HQ's stream. */
export interface StopRevoked {
  /** In one go, with no command in between: the unsold places go back to HQ, then nothing is written any more. */
  learn(why: string): void;
  /** Learns it from HQ's stream too, also what a crash left unread. @returns a function that ends it */
  watch(): () => void;
  /** Tries again what a full disk kept from being written: the places' return, and any stop (E6). */
  retry(): void;
}

const REVOKED = 'SELECT 1 FROM kiosk_revocations WHERE park = ? AND node = ? AND epoch = ?';
/** Before every date: all open leases. */
const EVER = '0000-01-01';

export function createStopRevoked({ database, eventLog, clock, log }: StopRevokedDeps): StopRevoked {
  const revocation = database.prepare<[string, string, number], number>(REVOKED).pluck();
  const till = createTillKnowledge(database, eventLog);

  const learn = (why: string): void => {
    const identity = eventLog.identity();
    if (identity === null || eventLog.stop()?.code === 'revoked') return;
    // One that had stopped before for another reason writes nothing, not even this.
    if (eventLog.stopped() === null) {
      const returned = returnPlaces(identity);
      // No room for it: nothing is sold from here on, and the places go back before the stop is written.
      if (returned === null) {
        eventLog.holdWriting({ reason: why, code: 'revoked' });
        return;
      }
      if (returned > 0) log.info({ returned }, 'this kiosk was revoked: its unsold places go back to HQ');
    }
    eventLog.stopWriting(why, 'revoked');
  };

  /** @returns how many; null where the disk has no room for all of them */
  const returnPlaces = (identity: KioskIdentity): number | null => {
    let sum = 0;
    for (let returned = -1; returned !== 0; sum += returned) {
      const drafts = till
        .shares(identity, EVER, clock.nowMs())
        .flatMap((share) => decideReturn(share, { reason: 'revoked', actor: 'system' }));
      const written = recordReturns(eventLog, drafts);
      if (!written.ok) return null;
      returned = written.value;
    }
    return sum;
  };

  const look = (): void => {
    const identity = eventLog.identity();
    if (identity === null) return;
    // Why, HQ's people know: what they typed stays with them (E5).
    if (revocation.get(identity.park, identity.node, identity.epoch) !== undefined) learn('HQ revoked this kiosk');
  };

  return {
    learn,
    retry: () => {
      const held = eventLog.heldStop();
      if (held === null) return;
      if (held.code !== 'revoked') {
        eventLog.stopWriting(held.reason, held.code);
        return;
      }
      // In one go, with no command in between.
      eventLog.holdWriting(null);
      learn(held.reason);
    },
    watch: () => {
      look();
      return eventLog.onCommit((events: readonly Event[]) => {
        if (events.some(({ type }) => type === 'KioskRevoked')) look();
      });
    },
  };
}
