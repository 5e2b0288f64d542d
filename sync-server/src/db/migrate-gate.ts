import type Sqlite from 'better-sqlite3';
import type { MigrationTarget } from './migrate.ts';

/** A kiosk's SQLite file as a target of migrations: the version is its `user_version`, as the kiosk itself keeps it. */
export const gateTarget = (database: Sqlite.Database): MigrationTarget => ({
  version: async () => Number(database.pragma('user_version', { simple: true })),
  apply: async (script, { from, to }) => {
    database
      .transaction(() => {
        if (database.pragma('user_version', { simple: true }) !== from) return;
        database.exec(script);
        database.pragma(`user_version = ${to}`);
      })
      .immediate();
  },
});
