import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { openDatabase } from './event-log/open-database.ts';
import type { Random } from './ports.ts';

/** The kiosk cannot start; the message is for the operator. */
export class KioskStartError extends Error {
  override readonly name = 'KioskStartError';
}

/** What a kiosk keeps on disk, held by this process alone. */
export interface DataFolder {
  readonly database: Database;
  readonly keys: KioskKeys;
  /** Closes the database and gives the folder free. */
  close(): void;
}

/** Raw Ed25519 seeds: the node's, which seals its log, and the one it signs ticket codes with. */
export interface KioskKeys {
  readonly nodeSeed: Uint8Array;
  readonly signingSeed: Uint8Array;
}

const SEED_BYTES = 32;
/** What a person can do about a folder that is not whole. */
export const RECOVERY = 'Keep the folder for support, and enrol this kiosk anew with an empty one.';

/**
 * Opens a kiosk's data folder, making what is not there.
 * @throws KioskStartError if another process has it, or if it cannot be used
 */
export function openDataFolder(path: string, random: Random): DataFolder {
  const lock = lockFolder(path);
  try {
    const databasePath = join(path, 'kiosk.sqlite');
    // The keys were on disk before the database was first opened: without one this is no new folder but a damaged one.
    const mayMake = !existsSync(databasePath);
    const keyOf = (name: string): Uint8Array => seedOf({ path, name, mayMake }, random);
    const keys = { nodeSeed: keyOf('node.key'), signingSeed: keyOf('signing.key') };
    const database = openDatabase(databasePath);
    return {
      database,
      keys,
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

/** Reads a seed, or makes it and has it on disk before anybody is told of its public key (S1). */
function seedOf(
  { path, name, mayMake }: { readonly path: string; readonly name: string; readonly mayMake: boolean },
  random: Random,
): Uint8Array {
  const file = join(path, name);
  if (!existsSync(file)) {
    if (!mayMake)
      throw new KioskStartError(`The key file ${file} is missing, and the kiosk's log needs it. ${RECOVERY}`);
    writeDurably(path, name, random.bytes(SEED_BYTES));
  }
  const seed = new Uint8Array(readFileSync(file));
  if (seed.length !== SEED_BYTES) {
    throw new KioskStartError(`The key file ${file} is damaged: it is not 32 bytes. ${RECOVERY}`);
  }
  return seed;
}

/** Whole or not at all, also in a power cut: written aside, flushed, renamed, and the folder flushed. */
function writeDurably(folder: string, name: string, bytes: Uint8Array): void {
  const aside = join(folder, `${name}.new`);
  const file = openSync(aside, 'w', 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(aside, join(folder, name));
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  // Windows has no way to flush a folder; its file system orders a rename by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
