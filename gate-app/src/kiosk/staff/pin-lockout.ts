import type { Database } from 'better-sqlite3';

/** Wrong PINs in a row, on disk, so that switching a kiosk off and on gives no new tries (X3). */
export interface PinLockout {
  /** How long this person has to wait before the next try; 0 if not at all. To be called within a transaction. */
  waitMs(staffId: string, nowMs: number): number;
  /** Puts a wrong PIN on record. @returns how long to wait now. To be called within a transaction. */
  failed(staffId: string, nowMs: number): number;
  succeeded(staffId: string): void;
}

/** Slips of the finger that cost nothing. */
const FREE_FAILURES = 3;
const FIRST_WAIT_MS = 30_000;
const WAIT_MAX_MS = 60 * 60_000;

const READ = 'SELECT failures, failed_ms FROM pin_failures WHERE staff_id = ?';
const FAILED = `
  INSERT INTO pin_failures (staff_id, failures, failed_ms) VALUES (?, 1, ?)
  ON CONFLICT (staff_id) DO UPDATE SET failures = failures + 1, failed_ms = excluded.failed_ms`;
const RESTART_WAIT = 'UPDATE pin_failures SET failed_ms = ? WHERE staff_id = ?';
const SUCCEEDED = 'DELETE FROM pin_failures WHERE staff_id = ?';

export function createPinLockout(database: Database): PinLockout {
  const read = database.prepare<[string], { failures: number; failed_ms: number }>(READ);
  const failed = database.prepare(FAILED);
  const restartWait = database.prepare(RESTART_WAIT);
  const succeeded = database.prepare(SUCCEEDED);

  const waitMs = (staffId: string, nowMs: number): number => {
    const row = read.get(staffId);
    if (!row) return 0;
    const wholeMs = waitAfter(row.failures);
    const leftMs = row.failed_ms + wholeMs - nowMs;
    if (leftMs <= wholeMs) return Math.max(0, leftMs);
    // The clock was put back: nobody waits longer than the whole wait, which starts anew.
    restartWait.run(nowMs, staffId);
    return wholeMs;
  };

  return {
    waitMs,
    failed: (staffId, nowMs) => {
      failed.run(staffId, nowMs);
      return waitMs(staffId, nowMs);
    },
    succeeded: (staffId) => {
      succeeded.run(staffId);
    },
  };
}

/** Doubles with each further failure: 30 s, 1 min, 2 min ... to an hour. */
function waitAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(WAIT_MAX_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - FREE_FAILURES, 20));
}
