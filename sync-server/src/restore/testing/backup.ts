import type { ParkId } from '@skygate/shared/lib/ids';
import { CompiledQuery } from 'kysely';
import type { Database } from '../../db/database.ts';

const TABLES_OF_PARKS = `
  select c.table_name as name from information_schema.columns c
  join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
  where c.table_schema = 'public' and c.column_name = 'park' and t.table_type = 'BASE TABLE' order by 1`;

/**
 * A backup of one park's rows in every table, all of one moment, as a dump's are: kiosks may push while it is made.
 * @returns how to put it back, as often as one likes
 */
export async function backUp(database: Database, park: ParkId): Promise<() => Promise<void>> {
  const run = runIn(database.kysely);
  const { ordered, kept, keys } = await database.kysely
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute((tx) => readAll(runIn(tx), park));
  const insert = async (name: string, rows: readonly Record<string, unknown>[]): Promise<void> => {
    for (const row of rows) {
      const columns = Object.keys(row);
      const places = columns.map((_, index) => `$${index + 1}`).join(', ');
      await run(`insert into ${name} (${columns.join(', ')}) values (${places})`, Object.values(row));
    }
  };
  return async () => {
    for (const name of [...ordered].reverse()) await run(`delete from ${name} where park = $1`, [park]);
    await run(`delete from server_keys where name like 'log:' || $1 || '/%'`, [park]);
    for (const name of ordered) await insert(name, kept.get(name) ?? []);
    await insert('server_keys', keys);
  };
}

type Run = ReturnType<typeof runIn>;

const runIn =
  (executor: Database['kysely']) =>
  (sql: string, parameters: readonly unknown[] = []) =>
    executor.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, [...parameters]));

async function readAll(run: Run, park: ParkId) {
  const names = (await run(TABLES_OF_PARKS)).rows.map(({ name }) => String(name));
  // A table that others refer to is filled first and emptied last.
  const ordered = ['parks', ...names.filter((name) => name !== 'parks')];
  const kept = new Map<string, readonly Record<string, unknown>[]>();
  for (const name of ordered) kept.set(name, (await run(`select * from ${name} where park = $1`, [park])).rows);
  const keys = (await run(`select * from server_keys where name like 'log:' || $1 || '/%'`, [park])).rows;
  return { ordered, kept, keys };
}
