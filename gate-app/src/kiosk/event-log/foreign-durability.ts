import type { PullResponse } from '@skygate/shared/protocol/pull';
import type { Database } from 'better-sqlite3';

const READ = 'SELECT log_id FROM foreign_durability WHERE only_row = 1';
const FORGET = 'UPDATE foreign_durability SET log_id = NULL WHERE only_row = 1';
const SAVE = 'UPDATE foreign_durability SET log_id = ?, since_ms = ? WHERE only_row = 1';

/** What was said of others' events was said of a log that is gone, wholly or in part (E8). Within a transaction. */
export function forgetForeignDurability(database: Database): void {
  database.prepare(FORGET).run();
}

/**
 * Notes whether others' events, as far as they were pulled, survive a power cut at the server: only then may they ever
 * be pruned here (K4, E9). The page that reaches the log's end says it of all of them; one that does not say it, or
 * comes of another log, takes it back. To be called within the transaction that stores the page.
 */
export function createNoteDurability(database: Database): (page: PullResponse, nowMs: number) => void {
  const read = database.prepare<[], string | null>(READ).pluck();
  const save = database.prepare(SAVE);
  return ({ durable, logId, next, head }, nowMs) => {
    const known = read.get() ?? null;
    const isWhole = durable === true && (next >= head || known === logId);
    const said = isWhole ? logId : null;
    if (said !== known) save.run(said, nowMs);
  };
}
