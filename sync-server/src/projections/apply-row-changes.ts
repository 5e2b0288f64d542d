import { combineUpserts, isUpsert, type SummedRow } from '@skygate/shared/read-models/combine-changes';
import type { Cell, Row, RowChange } from '@skygate/shared/read-models/row-change';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';

const ROWS_PER_STATEMENT = 500;

/**
 * Applies row changes, many of a table in one statement. Inserts, sums and latest values commute (S7), so each table's
 * may be put together; rows are taken away before them and replaced after them.
 */
export async function applyRowChanges(tx: Writer, changes: readonly RowChange[]): Promise<void> {
  for (const change of changes) if (change.op === 'remove') await deleteRows(tx, change.table, change.key);
  for (const [table, rows] of combineUpserts(changes.filter(isUpsert))) await upsertRows(tx, table, rows);
  for (const change of changes) {
    if (change.op !== 'replace') continue;
    await deleteRows(tx, change.table, change.key);
    await upsertRows(tx, change.table, change.rows);
  }
}

async function upsertRows(tx: Writer, table: TableName, rows: readonly SummedRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const page = rows.slice(start, start + ROWS_PER_STATEMENT);
    const cells = JSON.stringify(page.map((row) => cellsOf(table, row)));
    await tx.executeQuery(CompiledQuery.raw(upsertSql(table), [cells]));
  }
}

async function deleteRows(tx: Writer, table: TableName, key: Row): Promise<void> {
  const columns = Object.keys(key);
  const where = columns.map((column, index) => `${column} = $${index + 1}`).join(' and ');
  const cells = columns.map((column) => key[column] ?? null);
  await tx.executeQuery(CompiledQuery.raw(`delete from ${table} where ${where}`, cells));
}

function cellsOf(table: TableName, row: SummedRow): Row {
  const missing = TABLES[table].kind === 'add' ? 0 : null;
  const cell = (value: Cell | bigint): Cell => {
    if (typeof value === 'bigint') return value.toString();
    // Half a surrogate pair is no text to the database, and as a parameter of its own it would come as U+FFFD, too.
    return typeof value === 'string' ? value.toWellFormed() : value;
  };
  return Object.fromEntries(columnsOf(table).map((name) => [name, cell(row[name] ?? missing)]));
}

/** One parameter, however many rows: thousands of them cost PGlite more than the rows do. The table knows the types. */
function upsertSql(table: TableName): string {
  const { key } = TABLES[table];
  const columns = columnsOf(table).join(', ');
  const rows = `select ${columns} from json_populate_recordset(null::${table}, $1::text::json)`;
  return `insert into ${table} (${columns}) ${rows} on conflict (${key.join(', ')}) ${conflictSql(table)}`;
}

function conflictSql(table: TableName): string {
  const { kind, key, columns } = TABLES[table];
  if (kind === 'add')
    return `do update set ${columns.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ')}`;
  const set = columnsOf(table)
    .slice(key.length)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
  const isGreater = `${table}.${ORDER_COLUMN} < excluded.${ORDER_COLUMN}`;
  const holds = kind === 'latest' ? isGreater : `(${terms('excluded', columns)}) < (${terms(table, columns)})`;
  return `do update set ${set} where ${holds}`;
}

/** The order of row-order.ts, by bytes whatever the language of the database. Looked at only where two rows have one key. */
const terms = (table: string, columns: readonly string[]): string =>
  columns.map((name) => `coalesce('1' || ${table}.${name}::text, '0') collate "C"`).join(', ');
