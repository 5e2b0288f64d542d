import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@skygate/gate-app/kiosk/event-log/open-database';
import type { Database } from '@skygate/sync-server/db/database';
import { migrateUp } from '@skygate/sync-server/db/migrate';
import { serverTarget } from '@skygate/sync-server/db/migrate-server';
import { openPglite } from '@skygate/sync-server/db/open-pglite';
import { CompiledQuery } from 'kysely';

/** What all seeds of a process share, because it is dear to make: one server database and an empty kiosk's file. */
export interface World {
  readonly database: Database;
  /** A migrated kiosk database to copy. */
  readonly template: string;
  /** Empties the server database and makes an empty folder for the kiosks of a seed. */
  clean(): Promise<string>;
  close(): Promise<void>;
}

const MEMORY_FOLDER = '/dev/shm';

export async function createWorld(): Promise<World> {
  const root = mkdtempSync(join(existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'skygate-sim-'));
  const template = join(root, 'template.sqlite');
  openDatabase(template).close();
  const database = await openPglite(null);
  await migrateUp(serverTarget(database));
  const truncate = await truncateStatement(database);
  const seedFolder = join(root, 'seed');

  return {
    database,
    template,
    clean: async () => {
      await database.kysely.executeQuery(CompiledQuery.raw(truncate));
      rmSync(seedFolder, { recursive: true, force: true });
      mkdirSync(seedFolder);
      return seedFolder;
    },
    close: async () => {
      await database.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function truncateStatement(database: Database): Promise<string> {
  const { rows } = await database.kysely.executeQuery<{ name: string }>(
    CompiledQuery.raw(
      "select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migration%' order by 1",
    ),
  );
  return `truncate ${rows.map(({ name }) => name).join(', ')}`;
}
