import { CompiledQuery } from 'kysely';
import type { Database } from './database.ts';

/** A column as the row types need it. */
export interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: 'text' | 'integer' | 'bytes';
  readonly nullable: boolean;
  readonly hasDefault: boolean;
}

const COLUMNS = `
  select table_name as "table", column_name as name, data_type as type,
         is_nullable = 'YES' as nullable, column_default is not null as has_default
  from information_schema.columns
  where table_schema = 'public' and table_name <> 'schema_version'
  order by table_name, ordinal_position`;

const TYPES: Readonly<Record<string, Column['type']>> = { text: 'text', bigint: 'integer', bytea: 'bytes' };

/** The columns of the server's migrated schema. */
export async function serverColumns(database: Database): Promise<readonly Column[]> {
  const { rows } = await database.kysely.executeQuery<{
    table: string;
    name: string;
    type: string;
    nullable: boolean;
    has_default: boolean;
  }>(CompiledQuery.raw(COLUMNS));
  return rows.map(({ table, name, type, nullable, has_default }) => {
    const known = TYPES[type];
    if (!known) throw new Error(`${table}.${name} has the type ${type}, which row types do not know`);
    return { table, name, type: known, nullable, hasDefault: has_default };
  });
}
