import type { Database } from 'better-sqlite3';
import { emptyWalIfRoom } from './open-database.ts';

/** Databases in whose write-ahead log something may still stand that was erased (P1, E5). */
const unclean = new WeakSet<Database>();

/** Something was erased: nobody may be told so before `erasedIsGone`. */
export const noteErased = (database: Database): void => {
  unclean.add(database);
};

/** Whether what was erased may still be in the files. */
export const hasErasedLeft = (database: Database): boolean => unclean.has(database);

/**
 * Empties the write-ahead log where something erased may still be in it. It cannot where the disk has no room, or while
 * a checkpoint of the read models reads an older moment (K4): that one is given up for it.
 * @returns whether nothing is left
 */
export function erasedIsGone(database: Database): boolean {
  if (unclean.has(database) && emptyWalIfRoom(database)) unclean.delete(database);
  return !unclean.has(database);
}

/**
 * Runs what saves people so that nothing of somebody who was erased stays in the files: the old row is overwritten, and
 * the log of writes is emptied before anybody can be told (P1).
 */
export function erasing<Value>(database: Database, save: () => Value): Value {
  noteErased(database);
  database.pragma('secure_delete = ON');
  try {
    return save();
  } finally {
    database.pragma('secure_delete = OFF');
    erasedIsGone(database);
  }
}
