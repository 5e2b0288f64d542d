import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { createLocalState } from './event-log/local-state.ts';
import { openDatabase } from './event-log/open-database.ts';
import { type KioskKeys, type KioskSeeds, KioskStartError, makeFirstKeys, openKeys, readSeeds } from './kiosk-keys.ts';
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
export const openDataFolder = (path: string, random: Random): DataFolder =>
  locked(path, (lock) => {
    // X4: before anything is read. What a power cut left of a wipe is no kiosk's data any more.
    const wasErased = isMarkedForWipe(path);
    if (wasErased) wipeFolder(path);
    const databasePath = join(path, DATABASE);
    // The keys are on disk before the database is first opened: without them this is no new folder but a damaged one.
    if (!existsSync(databasePath)) makeFirstKeys(path, random);
    const { database, keys } = opened(databasePath, (generation) => openKeys(path, generation, random));
    return { database, keys, wasErased, close: () => closeBoth(database, lock) };
  });

/** The folder of a kiosk that does not run, as support sees it. */
export interface StoppedFolder {
  readonly database: Database;
  /** The keys of the incarnation in use. */
  readonly seeds: KioskSeeds;
  /** Closes the database and gives the folder free. */
  close(): void;
}

/**
 * Opens the folder of a kiosk that is there already: makes no key and no database, and goes on with no wipe.
 * @throws KioskStartError if another process has it, if it has no kiosk's data, or if that is being erased (X4)
 */
export const openStoppedFolder = (path: string): StoppedFolder =>
  locked(path, (lock) => {
    if (isMarkedForWipe(path)) {
      throw new KioskStartError(
        `The kiosk of ${path} was revoked and its data is being erased: there is nothing left to work with. ` +
          'Start the kiosk once, and it finishes that.',
      );
    }
    const databasePath = join(path, DATABASE);
    if (!existsSync(databasePath)) throw new KioskStartError(`${path} is no data folder of a kiosk.`);
    const { database, keys: seeds } = opened(databasePath, (generation) => readSeeds(path, generation));
    return { database, seeds, close: () => closeBoth(database, lock) };
  });

const DATABASE = 'kiosk.sqlite';

interface Lock {
  close(): void;
}

/** The folder is this process's while what is opened in it is; what goes wrong is said in words for the operator. */
function locked<Opened>(path: string, open: (lock: Lock) => Opened): Opened {
  const lock = lockFolder(path);
  try {
    return open(lock);
  } catch (error) {
    lock.close();
    if (error instanceof KioskStartError) throw error;
    throw new KioskStartError(`The kiosk cannot use ${path}: ${wordsOf(error)}`, { cause: error });
  }
}

/** The database, and the keys of the incarnation that it says this kiosk is; the first ones before it is any. */
function opened<Keys>(databasePath: string, keysOf: (generation: number) => Keys) {
  const database = openDatabase(databasePath);
  try {
    return { database, keys: keysOf(createLocalState(database).keyGeneration()) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function closeBoth(database: Database, lock: Lock): void {
  database.close();
  lock.close();
}

/**
 * One process a folder: an exclusive transaction on a file of its own, held until the process ends. The operating
 * system gives the lock free when a process dies, however it dies.
 */
function lockFolder(path: string): Lock {
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

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
