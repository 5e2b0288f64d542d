import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import Sqlite from 'better-sqlite3';
import { Kysely, PGliteDialect } from 'kysely';
import { type Database, DatabaseError } from './database.ts';
import { INTEGER_PARSERS } from './integers.ts';
import { preparedPglite } from './prepared-pglite.ts';
import type { Tables } from './row-types.generated.ts';

const ONLY_FOR_THE_OWNER = 0o700;

/**
 * The embedded database in `<dataFolder>/pglite`, or in memory without a folder.
 * @throws DatabaseError if another process has the folder or it cannot be opened
 */
export async function openPglite(dataFolder: string | null): Promise<Database> {
  const lock = dataFolder === null ? null : lockFolder(dataFolder);
  try {
    const pglite = await PGlite.create({
      ...(dataFolder === null ? {} : { dataDir: join(dataFolder, 'pglite') }),
      parsers: INTEGER_PARSERS,
    });
    return await databaseOn(pglite, () => lock?.close());
  } catch (error) {
    lock?.close();
    throw new DatabaseError(`The database in ${dataFolder ?? 'memory'} does not open: ${wordsOf(error)}`);
  }
}

/** An open PGlite as the server's database. @param unlock called when it is closed */
export async function databaseOn(opened: PGlite, unlock: () => void = () => {}): Promise<Database> {
  // Statements are planned anew each time: a plan made when a table was small would stay when it has grown.
  await opened.exec('set plan_cache_mode = force_custom_plan');
  const pglite = preparedPglite(opened);
  const kysely = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: pglite as never }) });
  return {
    kind: 'pglite',
    durable: false,
    reader: kysely,
    kysely,
    runScript: pglite.runScript,
    notify: async () => {},
    listen: async () => async () => {},
    close: async () => {
      await kysely.destroy();
      unlock();
    },
  };
}

// PGlite has no lock of its own, and two processes on one folder destroy it. SQLite's file lock is the operating
// system's: it goes with the process, however that ends.
function lockFolder(dataFolder: string): Sqlite.Database {
  try {
    mkdirSync(dataFolder, { recursive: true, mode: ONLY_FOR_THE_OWNER });
    const lock = new Sqlite(join(dataFolder, 'lock.sqlite'), { timeout: 0 });
    chmodSync(join(dataFolder, 'lock.sqlite'), 0o600);
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new DatabaseError(`Another server is already running on the data folder ${dataFolder}.`);
    }
    throw new DatabaseError(`The data folder ${dataFolder} cannot be used: ${wordsOf(error)}`);
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
