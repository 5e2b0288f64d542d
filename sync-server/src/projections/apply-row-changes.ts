import type { Cell, Row, RowChange } from '@skygate/shared/read-models/row-change';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';

const ROWS_PER_STATEMENT = 500;

/** Applies row changes, many of a table in one statement. They commute (S7), so each table's may be put together. */
export async function applyRowChanges(tx: Writer, changes: readonly RowChange[]): Promise<void> {
  for (const [table, own] of Map.groupBy(changes, (change) => change.table)) {
    const rows = [...combined(table, own).values()];
    for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
      const page = rows.slice(start, start + ROWS_PER_STATEMENT);
      const cells = JSON.stringify(page.map((row) => cellsOf(table, row)));
      await tx.executeQuery(CompiledQuery.raw(upsertSql(table), [cells]));
    }
  }
}

/** One row a key: a statement may touch each row once only. */
function combined(table: TableName, changes: readonly RowChange[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const change of changes) {
    const row = rowOf(change);
    const key = JSON.stringify(TABLES[table].key.map((name) => row[name]));
    const known = rows.get(key);
    rows.set(key, known ? merged(change, known, row) : row);
  }
  return rows;
}

function rowOf(change: RowChange): Row {
  if (change.op === 'insert') return change.row;
  if (change.op === 'add') return { ...change.key, ...change.deltas };
  return { ...change.key, ...change.values, [ORDER_COLUMN]: change.order };
}

function merged(change: RowChange, known: Row, row: Row): Row {
  if (change.op === 'insert') return known;
  if (change.op === 'latest') return change.order > String(known[ORDER_COLUMN]) ? row : known;
  const sums: Record<string, Cell> = { ...known };
  for (const [name, delta] of Object.entries(change.deltas)) sums[name] = Number(known[name] ?? 0) + delta;
  return sums;
}

function columnsOf(table: TableName): readonly string[] {
  const { kind, key, columns } = TABLES[table];
  return kind === 'latest' ? [...key, ...columns, ORDER_COLUMN] : [...key, ...columns];
}

function cellsOf(table: TableName, row: Row): Row {
  const missing = TABLES[table].kind === 'add' ? 0 : null;
  // Half a surrogate pair is no text to the database, and as a parameter of its own it would come as U+FFFD, too.
  const cell = (value: Cell): Cell => (typeof value === 'string' ? value.toWellFormed() : value);
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
  const { kind, columns } = TABLES[table];
  if (kind === 'insert') return 'do nothing';
  if (kind === 'add')
    return `do update set ${columns.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ')}`;
  const set = [...columns, ORDER_COLUMN].map((name) => `${name} = excluded.${name}`).join(', ');
  return `do update set ${set} where ${table}.${ORDER_COLUMN} < excluded.${ORDER_COLUMN}`;
}
