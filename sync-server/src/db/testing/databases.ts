import type { Database } from '../database.ts';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { openPglite } from '../open-pglite.ts';
import { openPostgres } from '../open-postgres.ts';
import { startPostgres } from './start-postgres.ts';

export interface OpenedDatabase {
  readonly database: Database;
  /** Null for PGlite. */
  readonly url: string | null;
  close(): Promise<void>;
}

/** A migrated database of each kind the server runs on, for suites that must hold on both. */
export const DATABASES = {
  PGlite: async (): Promise<OpenedDatabase> => {
    const database = await openPglite(null);
    await migrateUp(serverTarget(database));
    return { database, url: null, close: () => database.close() };
  },
  PostgreSQL: async (): Promise<OpenedDatabase> => {
    const postgres = await startPostgres();
    // A database that sorts as people do: what must be in byte order may not lean on the database for it.
    const url = await postgres.createDatabase("template template0 locale_provider icu icu_locale 'en-US'");
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
