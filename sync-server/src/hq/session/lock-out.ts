/** How many wrong passwords in a row are free. */
const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** A flood of invented addresses must not fill the memory. */
const ENTRIES_MAX = 10_000;

interface Failures {
  readonly count: number;
  readonly lockedUntilMs: number;
}

/** Wrong passwords of one address or one person: after five, a wait that doubles up to a quarter of an hour. */
export interface LockOut {
  /** Milliseconds to wait before another try; 0 if one is welcome. */
  waitMs(key: string, nowMs: number): number;
  failed(key: string, nowMs: number): void;
  succeeded(key: string): void;
}

export function createLockOut(): LockOut {
  const failures = new Map<string, Failures>();
  return {
    waitMs: (key, nowMs) => Math.max(0, (failures.get(key)?.lockedUntilMs ?? 0) - nowMs),
    failed(key, nowMs) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      failures.delete(key); // to the end of the map: the oldest are dropped first
      failures.set(key, { count, lockedUntilMs: nowMs + waitAfter(count) });
      const oldest = failures.keys().next();
      if (failures.size > ENTRIES_MAX && !oldest.done) failures.delete(oldest.value);
    },
    succeeded: (key) => void failures.delete(key),
  };
}

const waitAfter = (count: number): number =>
  count < FREE_FAILURES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, count - FREE_FAILURES));
