import type { Database } from '../database.ts';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { openPostgres } from '../open-postgres.ts';
import { keptDatabase, SORTS_AS_PEOPLE_DO } from './kept-databases.ts';
import { anyPostgres } from './start-postgres.ts';
import { openTestPglite } from './test-pglite.ts';

export interface OpenedDatabase {
  readonly database: Database;
  /** Null for PGlite. */
  readonly url: string | null;
  close(): Promise<void>;
}

/** A migrated database of each kind the server runs on, for suites that must hold on both. */
export const DATABASES = {
  PGlite: async (): Promise<OpenedDatabase> => {
    const database = await openTestPglite('migrated');
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
