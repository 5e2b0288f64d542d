import type { EventLog } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';

/** The first rest before the state is asked for again; each in vain is twice as long. */
const REST_MS = 5_000;
const REST_MAX_MS = 5 * 60_000;

/** A server that was restored waits for the word of each kiosk that holds nothing it lacks (E8): once a log. */
export interface OwedWord {
  /** Something was given since the last greeting. */
  gave(): void;
  greetingBegins(): void;
  /** The server wants nothing, and there is nothing to give. */
  told(): void;
  /** All is given that the last greeting asked for, and the server does not know yet that it is all. */
  isOwed(): boolean;
  /**
   * How long an idle kiosk may wait before it greets again, in milliseconds; null if it need not. What the server did not
   * take may be taken now, and what it waited for somebody else may have brought: nothing here tells, and an idle park's
   * session never ends.
   */
  restMs(hasPutBack: boolean): number | null;
}

export function createOwedWord({
  eventLog,
  clock,
}: {
  readonly eventLog: EventLog;
  readonly clock: KioskClock;
}): OwedWord {
  let gave = false;
  /** The log whose server was told. */
  let toldIn: string | null = null;
  /** How often the state was asked for in vain since something was given, or another log began. */
  let asked = 0;
  let askedIn: string | null = null;
  let askedMonotonicMs = 0;
  const logId = (): string | null => eventLog.position().logId;

  return {
    gave: () => {
      gave = true;
    },
    greetingBegins: () => {
      asked = gave || logId() !== askedIn ? 0 : asked + 1;
      askedIn = logId();
      askedMonotonicMs = clock.monotonicMs();
      gave = false;
    },
    told: () => {
      toldIn = logId();
    },
    isOwed: () => gave && logId() !== toldIn,
    restMs: (hasPutBack) => {
      const isTold = logId() === toldIn && !hasPutBack;
      if (logId() === null || isTold) return null;
      const sinceMs = clock.monotonicMs() - askedMonotonicMs;
      return Math.max(0, Math.min(REST_MS * 2 ** asked, REST_MAX_MS) - sinceMs);
    },
  };
}
