import { assert } from '@skygate/shared/lib/assert';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import Sqlite, { type Database, type Transaction } from 'better-sqlite3';
import { migrate } from './migrate.ts';

/** In KiB: enough for the indexes of a million tickets, little enough for a kiosk. */
const CACHE_KIB = 64 * 1024;
/** Pages of the WAL before they go into the database file: 16 MB, read through at a start in no time. */
const CHECKPOINT_PAGES = 4000;

/** How long a statement waits for another connection; it stands in the way of a scan. */
const BUSY_MS = 5000;

/**
 * Opens a kiosk's database, brings its schema up to date and makes sure that a commit is on disk when it returns (K1).
 * @throws MigrationError if the file is of a newer program
 */
export function openDatabase(path: string): Database {
  const database = new Sqlite(path, { timeout: BUSY_MS });
  try {
    database.pragma('journal_mode = WAL');
    // WAL defaults to NORMAL here, which loses the last commits in a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma('temp_store = MEMORY');
    // A checkpoint stands in the way of a scan: one in some hundreds of them instead of one in a hundred.
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    assertDurable(database);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Moves all of the write-ahead log into the database file and cuts it to nothing.
 * @returns false where the disk has no room, or somebody reads an older moment: it has to be tried again
 */
export function emptyWalIfRoom(database: Database): boolean {
  // A reader of this thread cannot end while it is waited for.
  database.pragma('busy_timeout = 0');
  try {
    const [answer] = database.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
    return answer?.busy === 0;
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    return false;
  } finally {
    database.pragma(`busy_timeout = ${BUSY_MS}`);
  }
}

function assertDurable(database: Database): void {
  assert(database.pragma('journal_mode', { simple: true }) === 'wal', 'the kiosk database is in WAL mode');
  assert(database.pragma('synchronous', { simple: true }) === 2, 'the kiosk database is synchronous=FULL');
  assert(database.pragma('foreign_keys', { simple: true }) === 1, 'foreign keys are on');
}

export interface DiskFull {
  readonly kind: 'disk_full';
}

/** What synchronous work may return: a promise would let the transaction commit before its work is done. */
export type NotAsync<Value> = Value extends PromiseLike<unknown> ? never : Value;

/**
 * Runs the work as one transaction: all of it is on disk when this returns ok, none of it otherwise (K1).
 * A full disk is an answer; anything else that goes wrong is thrown after the rollback.
 */
export function writeTransaction<Value>(database: Database, work: () => NotAsync<Value>): Result<Value, DiskFull> {
  try {
    const value = runnerOf(database).immediate(work as () => unknown) as Value;
    withoutRoom.delete(database);
    return ok(value);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    withoutRoom.add(database);
    return err({ kind: 'disk_full' });
  }
}

const withoutRoom = new WeakSet<Database>();

/** Whether the newest transaction that wanted to write found no room. */
export const hasNoRoom = (database: Database): boolean => withoutRoom.has(database);

/**
 * Runs what reads as one transaction: one state of the database, and one lock for all its statements, where taking and
 * giving back each one's own costs a scan about as much as the statements themselves.
 */
export function readTransaction<Value>(database: Database, work: () => NotAsync<Value>): Value {
  return runnerOf(database).deferred(work as () => unknown) as Value;
}

type Runner = Transaction<(work: () => unknown) => unknown>;

/** Wrapping a function costs more than beginning a transaction: one wrapped function a database runs them all. */
const runners = new WeakMap<Database, Runner>();

function runnerOf(database: Database): Runner {
  const known = runners.get(database);
  if (known) return known;
  const runner = database.transaction((work: () => unknown) => work());
  runners.set(database, runner);
  return runner;
}

/** No room, or a write (also of the WAL's index) that the file system refused for lack of it. */
const DISK_FULL_CODES: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE']);
const isDiskFull = (error: unknown): boolean => error instanceof Sqlite.SqliteError && DISK_FULL_CODES.has(error.code);
