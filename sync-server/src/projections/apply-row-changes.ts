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
      await tx.executeQuery(
        CompiledQuery.raw(
          upsertSql(table, page.length),
          page.flatMap((row) => cellsOf(table, row)),
        ),
      );
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

const cellsOf = (table: TableName, row: Row): Cell[] => {
  const missing = TABLES[table].kind === 'add' ? 0 : null;
  return columnsOf(table).map((name) => row[name] ?? missing);
};

function upsertSql(table: TableName, rows: number): string {
  const { key } = TABLES[table];
  const columns = columnsOf(table);
  const places = Array.from({ length: rows }, (_, row) => {
    const cells = columns.map((_name, column) => `$${row * columns.length + column + 1}`);
    return `(${cells.join(', ')})`;
  });
  return `insert into ${table} (${columns.join(', ')}) values ${places.join(', ')} on conflict (${key.join(', ')}) ${conflictSql(table)}`;
}

function conflictSql(table: TableName): string {
  const { kind, columns } = TABLES[table];
  if (kind === 'insert') return 'do nothing';
  if (kind === 'add')
    return `do update set ${columns.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ')}`;
  const set = [...columns, ORDER_COLUMN].map((name) => `${name} = excluded.${name}`).join(', ');
  return `do update set ${set} where ${table}.${ORDER_COLUMN} < excluded.${ORDER_COLUMN}`;
}
