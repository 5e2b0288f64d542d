import type { KyselyPlugin } from 'kysely';
import type { Database } from '../database.ts';

/** Is shown the rows that each statement brings; it may throw as the database would. */
export type LookAtRows = (rows: readonly Record<string, unknown>[]) => void;

/** The database, and what comes of every statement on it: to count them, or to fail at some. */
export function watchedDatabase(database: Database, look: LookAtRows): Database {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      look(result.rows as Record<string, unknown>[]);
      return result;
    },
  };
  const kysely = database.kysely.withPlugin(plugin);
  return { ...database, kysely, reader: kysely };
}
