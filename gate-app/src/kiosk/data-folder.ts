import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { createLocalState } from './event-log/local-state.ts';
import { openDatabase } from './event-log/open-database.ts';
import { type KioskKeys, KioskStartError, makeFirstKeys, openKeys } from './kiosk-keys.ts';
import type { Random } from './ports.ts';
import { isMarkedForWipe, wipeFolder } from './revocation/wipe-folder.ts';

export { type KioskKeys, KioskStartError, RECOVERY } from './kiosk-keys.ts';

/** What a kiosk keeps on disk, held by this process alone. */
export interface DataFolder {
  readonly database: Database;
  readonly keys: KioskKeys;
  /** A revoked kiosk's data was here, and is gone since this opening (X4). */
  readonly wasErased: boolean;
  /** Closes the database and gives the folder free. */
  close(): void;
}

/**
 * Opens a kiosk's data folder, making what is not there.
 * @throws KioskStartError if another process has it, or if it cannot be used
 */
export function openDataFolder(path: string, random: Random): DataFolder {
  const lock = lockFolder(path);
  try {
    // X4: before anything is read. What a power cut left of a wipe is no kiosk's data any more.
    const wasErased = isMarkedForWipe(path);
    if (wasErased) wipeFolder(path);
    const databasePath = join(path, 'kiosk.sqlite');
    // The keys are on disk before the database is first opened: without them this is no new folder but a damaged one.
    if (!existsSync(databasePath)) makeFirstKeys(path, random);
    const database = openDatabase(databasePath);
    const keys = keysInUse(database, path, random);
    return {
      database,
      keys,
      wasErased,
      close: () => {
        database.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    if (error instanceof KioskStartError) throw error;
    throw new KioskStartError(`The kiosk cannot use ${path}: ${wordsOf(error)}`, { cause: error });
  }
}

/**
 * One process a folder: an exclusive transaction on a file of its own, held until the process ends. The operating
 * system gives the lock free when a process dies, however it dies.
 */
function lockFolder(path: string): { close(): void } {
  let lock: Database | null = null;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const held = new Sqlite(join(path, 'lock.sqlite'), { timeout: 0 });
    lock = held;
    held.exec('BEGIN EXCLUSIVE');
    // A database nobody refers to is closed by the garbage collector, and its lock with it: the process refers to it.
    const release = (): void => {
      held.close();
    };
    process.once('exit', release);
    return {
      close: () => {
        process.off('exit', release);
        release();
      },
    };
  } catch (error) {
    lock?.close();
    const busy = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
    const message = busy
      ? `The data folder ${path} is in use by another kiosk process. Stop that one first, or give another --data folder.`
      : `The data folder ${path} cannot be opened: ${wordsOf(error)}`;
    throw new KioskStartError(message, { cause: error });
  }
}

/** The keys of the incarnation that the database says this kiosk is; the first ones before it is any. */
function keysInUse(database: Database, path: string, random: Random): KioskKeys {
  try {
    return openKeys(path, createLocalState(database).keyGeneration(), random);
  } catch (error) {
    database.close();
    throw error;
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
