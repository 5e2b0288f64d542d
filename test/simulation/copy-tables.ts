import type { Database } from '@skygate/sync-server/db/database';
import { CompiledQuery } from 'kysely';

export interface TableCopy {
  readonly name: string;
  readonly rows: string;
}

const TABLES =
  "select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migration%' order by tablename <> 'parks', 1";

/** A backup of the database: each table's rows as JSON text, as one moment has them; a table that others refer to comes first. */
export async function copyTables(database: Database): Promise<readonly TableCopy[]> {
  return database.kysely.transaction().execute(async (tx) => {
    const { rows: tables } = await tx.executeQuery<{ name: string }>(CompiledQuery.raw(TABLES));
    const rowsOf = ({ name }: { name: string }) => `(select json_agg(t)::text from ${name} t) as ${name}`;
    const sql = `select ${tables.map(rowsOf).join(', ')}`;
    const { rows } = await tx.executeQuery<Record<string, string | null>>(CompiledQuery.raw(sql));
    return tables.flatMap(({ name }) => (rows[0]?.[name] ? [{ name, rows: rows[0][name] }] : []));
  });
}

/** The database is as it was when it was copied. */
export async function putTablesBack(database: Database, copies: readonly TableCopy[]): Promise<void> {
  await database.kysely.transaction().execute(async (tx) => {
    const { rows } = await tx.executeQuery<{ name: string }>(CompiledQuery.raw(TABLES));
    await tx.executeQuery(CompiledQuery.raw(`truncate ${rows.map(({ name }) => name).join(', ')}`));
    for (const copy of copies) {
      const sql = `insert into ${copy.name} select * from json_populate_recordset(null::${copy.name}, $1::json)`;
      await tx.executeQuery(CompiledQuery.raw(sql, [copy.rows]));
    }
  });
}
