import type { PullResponse } from '@skygate/shared/protocol/pull';
import type { Database } from 'better-sqlite3';

const READ = 'SELECT log_id AS logId, since_ms AS sinceMs FROM foreign_durability WHERE only_row = 1';
const FORGET = 'UPDATE foreign_durability SET log_id = NULL WHERE only_row = 1';
const SAVE = 'UPDATE foreign_durability SET log_id = ?, since_ms = ? WHERE only_row = 1';

/** What was said of others' events was said of a log that is gone, wholly or in part (E8). Within a transaction. */
export function forgetForeignDurability(database: Database): void {
  database.prepare(FORGET).run();
}

interface Said {
  readonly logId: string | null;
  /** By the server's time. */
  readonly sinceMs: number;
}

/**
 * Notes whether others' events, as far as they were pulled, survive a power cut at the server: only then may they ever
 * be pruned here (K4, E9). The page that reaches the log's end says it of all of them; one that does not say it, or
 * comes of another log, takes it back. To be called within the transaction that stores the page.
 */
export function createNoteDurability(database: Database): (page: PullResponse, nowMs: number) => void {
  const read = database.prepare<[], Said>(READ);
  const save = database.prepare(SAVE);
  return ({ durable, logId, next, head }, nowMs) => {
    const known = read.get();
    const isWhole = durable === true && (next >= head || known?.logId === logId);
    const said = isWhole ? logId : null;
    // What was noted by a clock that ran ahead begins anew: it would never come to its age (H1).
    if (said !== known?.logId || known.sinceMs > nowMs) save.run(said, nowMs);
  };
}

/** Whether what others wrote is at the server for good, under one log that has been the same for so long (E8). */
export function createForeignSettled(
  database: Database,
): (log: { readonly logId: string | null; readonly nowMs: number; readonly settledMs: number }) => boolean {
  const read = database.prepare<[], Said>(READ);
  return ({ logId, nowMs, settledMs }) => {
    const said = read.get();
    return said !== undefined && said.logId !== null && said.logId === logId && nowMs - said.sinceMs >= settledMs;
  };
}
