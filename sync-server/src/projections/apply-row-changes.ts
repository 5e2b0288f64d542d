import type { Cell, Row, RowChange } from '@skygate/shared/read-models/row-change';
import { columnsOf, isSmallerRow } from '@skygate/shared/read-models/row-order';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';

const ROWS_PER_STATEMENT = 500;

type Upsert = Extract<RowChange, { readonly op: 'insert' | 'add' | 'latest' }>;

/**
 * Applies row changes, many of a table in one statement. Inserts, sums and latest values commute (S7), so each table's
 * may be put together; rows are taken away before them and replaced after them.
 */
export async function applyRowChanges(tx: Writer, changes: readonly RowChange[]): Promise<void> {
  for (const change of changes) if (change.op === 'remove') await deleteRows(tx, change.table, change.key);
  const upserts = changes.filter((change): change is Upsert => change.op !== 'remove' && change.op !== 'replace');
  for (const [table, own] of Map.groupBy(upserts, (change) => change.table)) {
    await upsertRows(tx, table, [...combined(table, own).values()]);
  }
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

/** A page's sum may be beyond the safe integers, where only the database's 64 bits hold it. */
type SummedRow = Readonly<Record<string, Cell | bigint>>;

/** One row a key: a statement may touch each row once only. */
function combined(table: TableName, changes: readonly Upsert[]): Map<string, SummedRow> {
  const rows = new Map<string, SummedRow>();
  for (const change of changes) {
    const row = rowOf(change);
    const key = JSON.stringify(TABLES[table].key.map((name) => row[name]));
    const known = rows.get(key);
    rows.set(key, known ? merged(change, known, row) : row);
  }
  return rows;
}

function rowOf(change: Upsert): Row {
  if (change.op === 'insert') return change.row;
  if (change.op === 'add') return { ...change.key, ...change.deltas };
  return { ...change.key, ...change.values, [ORDER_COLUMN]: change.order };
}

function merged(change: Upsert, known: SummedRow, row: Row): SummedRow {
  if (change.op === 'insert') return isSmallerRow(change.table, row, known as Row) ? row : known;
  if (change.op === 'latest') return change.order > String(known[ORDER_COLUMN]) ? row : known;
  const sums: Record<string, Cell | bigint> = { ...known };
  for (const [name, delta] of Object.entries(change.deltas)) sums[name] = BigInt(known[name] ?? 0) + BigInt(delta);
  return sums;
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
