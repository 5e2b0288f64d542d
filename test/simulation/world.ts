import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@skygate/gate-app/kiosk/event-log/open-database';
import type { Database } from '@skygate/sync-server/db/database';
import { openTestPglite } from '@skygate/sync-server/db/testing/test-pglite';
import { CompiledQuery } from 'kysely';
import { forgetUndoLog, keepUndoLog } from './undo-log.ts';

/** What all seeds of a process share, because it is dear to make: one server database and an empty kiosk's file. */
export interface World {
  readonly database: Database;
  /** A migrated kiosk database to copy. */
  readonly template: string;
  /** Empties the server database and makes an empty folder for the kiosks of a seed. */
  clean(): Promise<string>;
  /** Runs it when all that was begun before has ended, however that ended. */
  alone<Value>(work: () => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

const MEMORY_FOLDER = '/dev/shm';
/** A seed's tables stay small, so that a statement may be planned once; and nothing of a database in memory is on a disk. */
const SETTINGS = ['set plan_cache_mode = force_generic_plan', 'set synchronous_commit = off'];

export async function createWorld(): Promise<World> {
  const root = mkdtempSync(join(existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'skygate-sim-'));
  const template = join(root, 'template.sqlite');
  openDatabase(template).close();
  const database = await openTestPglite('migrated');
  await keepUndoLog(database);
  for (const setting of SETTINGS) await database.kysely.executeQuery(CompiledQuery.raw(setting));
  let seeds = 0;
  let seedFolder = join(root, 'seed');
  let last: Promise<unknown> = Promise.resolve();

  return {
    database,
    template,
    clean: async () => {
      await emptyTables(database);
      await forgetUndoLog(database);
      rmSync(seedFolder, { recursive: true, force: true });
      // Each seed's disks have paths of their own: nothing that is known of a path is of an earlier seed.
      seeds += 1;
      seedFolder = join(root, `seed-${seeds}`);
      mkdirSync(seedFolder);
      return seedFolder;
    },
    alone: (work) => {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    close: async () => {
      await last;
      await database.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The tables that ever held a row since they were emptied: an empty one is not worth a new file for each of its indexes. */
const USED_TABLES = `
  select relname as name from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like '%migration%'
    and pg_relation_size(oid) > 0
  order by relname`;

async function emptyTables(database: Database): Promise<void> {
  const { rows } = await database.kysely.executeQuery<{ name: string }>(CompiledQuery.raw(USED_TABLES));
  if (rows.length === 0) return;
  const tables = rows.map(({ name }) => name).join(', ');
  await database.kysely.executeQuery(CompiledQuery.raw(`truncate ${tables} cascade`));
}
