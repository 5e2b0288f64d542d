import { combineUpserts, isUpsert, type SummedRow } from '@skygate/shared/read-models/combine-changes';
import type { Cell, Row, RowChange } from '@skygate/shared/read-models/row-change';
import { columnsOf, smallerRowSql } from '@skygate/shared/read-models/row-order';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';

const ROWS_PER_STATEMENT = 500;

/**
 * Applies row changes, many of a table in one statement. Inserts, sums and latest values commute (S7), so each table's
 * may be put together; rows are taken away before them and replaced after them.
 */
export async function applyRowChanges(tx: Writer, changes: readonly RowChange[]): Promise<void> {
  await removeRows(tx, changes);
  for (const [table, rows] of combineUpserts(changes.filter(isUpsert))) await upsertRows(tx, table, rows);
  await replaceRows(tx, changes);
}

async function upsertRows(tx: Writer, table: TableName, rows: readonly SummedRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const page = rows.slice(start, start + ROWS_PER_STATEMENT);
    const cells = JSON.stringify(page.map((row) => cellsOf(table, row)));
    await tx.executeQuery(CompiledQuery.raw(upsertSql(table), [cells]));
  }
}

async function removeRows(tx: Writer, changes: readonly RowChange[]): Promise<void> {
  const removals = changes.filter((change) => change.op === 'remove');
  for (const [{ table }, group] of alike(removals)) await deleteRows(tx, table, group);
}

async function replaceRows(tx: Writer, changes: readonly RowChange[]): Promise<void> {
  const replacements = changes.filter((change) => change.op === 'replace');
  // Of one key only the last holds.
  const last = new Map(replacements.map((change) => [`${change.table} ${JSON.stringify(change.key)}`, change]));
  for (const [{ table }, group] of alike([...last.values()])) {
    await deleteRows(tx, table, group);
    await upsertRows(
      tx,
      table,
      group.flatMap(({ rows }) => rows),
    );
  }
}

/** Changes of one table whose keys have the same columns, with the first of them. */
function alike<Change extends { readonly table: TableName; readonly key: Row }>(
  changes: readonly Change[],
): readonly (readonly [Change, readonly Change[]])[] {
  const groups = Map.groupBy(changes, ({ table, key }) => `${table} ${Object.keys(key).join(' ')}`);
  return [...groups.values()].flatMap((group) => (group[0] ? [[group[0], group] as const] : []));
}

/** @param changes their keys have the same columns */
async function deleteRows(tx: Writer, table: TableName, changes: readonly { readonly key: Row }[]): Promise<void> {
  const where = Object.keys(changes[0]?.key ?? {}).map((column) => `t.${column} = w.${column}`);
  const wanted = `json_populate_recordset(null::${table}, $1::text::json) w`;
  const sql = `delete from ${table} t using ${wanted} where ${where.join(' and ')}`;
  const keys = changes.map(({ key }) =>
    Object.fromEntries(Object.entries(key).map(([name, cell]) => [name, cellOf(cell)])),
  );
  await tx.executeQuery(CompiledQuery.raw(sql, [JSON.stringify(keys)]));
}

function cellsOf(table: TableName, row: SummedRow): Row {
  const missing = TABLES[table].kind === 'add' ? 0 : null;
  return Object.fromEntries(columnsOf(table).map((name) => [name, cellOf(row[name] ?? missing)]));
}

function cellOf(value: Cell | bigint): Cell {
  if (typeof value === 'bigint') return value.toString();
  // Half a surrogate pair is no text to the database, and as a parameter of its own it would come as U+FFFD, too.
  return typeof value === 'string' ? value.toWellFormed() : value;
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
  // Looked at only where two rows have one key.
  const holds = kind === 'latest' ? isGreater : smallerRowSql(table);
  return `do update set ${set} where ${holds}`;
}
