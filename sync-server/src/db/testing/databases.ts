import { openAsBlob } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Database } from '../database.ts';
import { INTEGER_PARSERS } from '../integers.ts';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { databaseOn, openPglite } from '../open-pglite.ts';
import { openPostgres } from '../open-postgres.ts';
import { keptDatabase, SORTS_AS_PEOPLE_DO } from './kept-databases.ts';
import { anyPostgres } from './start-postgres.ts';

export interface OpenedDatabase {
  readonly database: Database;
  /** Null for PGlite. */
  readonly url: string | null;
  close(): Promise<void>;
}

/** A migrated database of each kind the server runs on, for suites that must hold on both. */
export const DATABASES = {
  PGlite: async (): Promise<OpenedDatabase> => {
    const kept = await keptDatabase('/pglite');
    const database = await (kept === null ? openPglite(null) : copyOf(kept.dump));
    await migrateUp(serverTarget(database));
    return { database, url: null, close: () => database.close() };
  },
  PostgreSQL: async (): Promise<OpenedDatabase> => {
    const kept = await keptDatabase('/postgres');
    const postgres = await anyPostgres();
    const url = await postgres.createDatabase(kept === null ? SORTS_AS_PEOPLE_DO : `template ${kept.template}`);
    const database = await openPostgres(url);
    await migrateUp(serverTarget(database));
    return {
      database,
      url,
      close: async () => {
        await database.close();
        await postgres.stop();
      },
    };
  },
} as const;

async function copyOf(dump: string): Promise<Database> {
  return databaseOn(await PGlite.create({ parsers: INTEGER_PARSERS, loadDataDir: await openAsBlob(dump) }));
}

/** Spares a server's data folder that is new the making of its PGlite, where the run of tests has one to copy. */
export async function layPglite(dataFolder: string): Promise<void> {
  const kept = await keptDatabase('/pglite');
  if (kept !== null) await cp(kept.folder, join(dataFolder, 'pglite'), { recursive: true });
}
