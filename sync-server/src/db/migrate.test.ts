import { ORDER_COLUMN, TABLES } from '@skygate/shared/read-models/tables';
import Sqlite from 'better-sqlite3';
import { CompiledQuery } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { serverColumns } from './describe-schema.ts';
import { type MigrationTarget, migrateDown, migrateUp, migrationFolder, migrationsIn } from './migrate.ts';
import { gateTarget } from './migrate-gate.ts';
import { serverTarget } from './migrate-server.ts';
import type { PgliteState } from './testing/kept-databases.ts';
import { openTestPglite } from './testing/test-pglite.ts';

const databases: Database[] = [];
afterAll(async () => {
  for (const database of databases) await database.close();
});

async function pgliteTarget(state: PgliteState) {
  const database = await openTestPglite(state);
  databases.push(database);
  const indexes = CompiledQuery.raw(
    `select indexname as name, indexdef as definition from pg_indexes
     where schemaname = 'public' and tablename <> 'schema_version' order by indexname`,
  );
  const schema = async () => [await serverColumns(database), (await database.kysely.executeQuery(indexes)).rows];
  return { target: serverTarget(database), folder: migrationFolder('server'), schema };
}

async function sqliteTarget() {
  const database = new Sqlite(':memory:');
  const statement = database.prepare('select type, name, sql from sqlite_master order by type, name');
  return { target: gateTarget(database), folder: migrationFolder('gate'), schema: async () => statement.all() };
}

async function downToZero(target: MigrationTarget, folder: URL): Promise<void> {
  while ((await target.version()) > 0) await migrateDown(target, folder);
}

const TIMEOUT = { timeout: 120_000 };

describe.each(Object.entries({ server: () => pgliteTarget('empty'), gate: sqliteTarget }))(
  'migrations of %s',
  TIMEOUT,
  (_name, open) => {
    it('go up, down to nothing and up again to the same schema', async () => {
      const { target, folder, schema } = await open();
      const empty = await schema();
      expect(await migrateUp(target, folder)).toBe(migrationsIn(folder).length);
      const first = await schema();
      await downToZero(target, folder);
      expect(await schema()).toEqual(empty);
      await migrateUp(target, folder);
      expect(await schema()).toEqual(first);
      expect(first).not.toEqual(empty);
    });

    it('an old program refuses a newer schema and changes nothing', async () => {
      const { target, folder } = await open();
      await migrateUp(target, folder);
      const newer: MigrationTarget = { version: async () => 99, apply: () => expect.unreachable() };
      await expect(migrateUp(newer, folder)).rejects.toThrow('schema 99');
      await expect(migrateDown(newer, folder)).rejects.toThrow('Update the program');
    });
  },
);

it('S7: text is ordered by its bytes on every database, whatever its language', TIMEOUT, async () => {
  await pgliteTarget('migrated');
  const { rows } = await (databases.at(-1) as Database).kysely.executeQuery(
    CompiledQuery.raw(`select table_name, column_name from information_schema.columns
      where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'`),
  );
  expect(rows).toEqual([]);
});

it('the read models have the tables and columns that both databases share', TIMEOUT, async () => {
  await pgliteTarget('migrated');
  const columns = Map.groupBy(await serverColumns(databases.at(-1) as Database), ({ table }) => table);
  for (const [name, { kind, key, columns: own }] of Object.entries(TABLES)) {
    const expected = [...key, ...own, ...(kind === 'latest' ? [ORDER_COLUMN] : [])];
    expect(new Set(columns.get(name)?.map((column) => column.name)), name).toEqual(new Set(expected));
  }
});
