import {
  combineUpserts,
  isUpsert,
  type SummedRow,
  type Upsert,
  upsertRow,
} from '@skygate/shared/read-models/combine-changes';
import type { Cell, Row, RowChange } from '@skygate/shared/read-models/row-change';
import { columnsOf, smallerRowSql } from '@skygate/shared/read-models/row-order';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import type { Database, Statement } from 'better-sqlite3';

/** Applies what events do to the read models. To be called within the transaction that stores the events (K1). */
export type ApplyRowChanges = (changes: readonly RowChange[]) => void;

/** So many changes that sums of one key are surely among them: what a page brings, and no command. */
const MANY = 20;

type Bound = Cell | bigint;

/** One prepared statement a table: its SQL follows from TABLES, the one list of the read models. */
export function createApplyRowChanges(database: Database): ApplyRowChanges {
  const statements = new Map<string, Statement<Bound[]>>();
  const run = (sql: string, cells: readonly Bound[]): void => {
    const known = statements.get(sql) ?? database.prepare<Bound[]>(sql);
    statements.set(sql, known);
    known.run(...cells);
  };
  const upserts = new Map<TableName, string>();
  const upsertOf = (table: TableName): string => {
    const known = upserts.get(table) ?? upsertSql(table);
    upserts.set(table, known);
    return known;
  };

  const apply = (change: RowChange): void => {
    const { table } = change;
    if (change.op === 'touch') return;
    if (change.op === 'remove' || change.op === 'replace') run(...deletion(table, change.key));
    if (change.op === 'remove') return;
    const rows = change.op === 'replace' ? change.rows : [upsertRow(change)];
    for (const row of rows) run(upsertOf(table), cellsOf(table, row));
  };
  const applyTogether = (changes: readonly Upsert[]): void => {
    for (const [table, rows] of combineUpserts(changes)) {
      const sql = upsertOf(table);
      for (const row of rows) run(sql, cellsOf(table, row));
    }
  };
  return (all) => {
    const changes = all.filter(({ op }) => op !== 'touch');
    const isPage = changes.length >= MANY && changes.every(isUpsert);
    // A row that one event alone makes has a key of its own, nearly always: only the others meet.
    const alone = isPage ? changes.filter(({ op }) => op === 'insert') : changes;
    for (const change of alone) apply(change);
    if (isPage) applyTogether(changes.filter(({ op }) => op !== 'insert'));
  };
}

/** Every table's statement takes the key's cells, then the columns' (then the order). */
function upsertSql(table: TableName): string {
  const { kind, key, columns } = TABLES[table];
  const names = columnsOf(table);
  const insert = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  const conflict = `ON CONFLICT (${key.join(', ')})`;
  if (kind === 'add') {
    const sums = columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`);
    return `${insert} ${conflict} DO UPDATE SET ${sums.join(', ')}`;
  }
  const sets = names.slice(key.length).map((column) => `${column} = excluded.${column}`);
  const isGreater = `excluded.${ORDER_COLUMN} > ${table}.${ORDER_COLUMN}`;
  // Looked at only where two rows have one key.
  const holds = kind === 'latest' ? isGreater : smallerRowSql(table);
  return `${insert} ${conflict} DO UPDATE SET ${sets.join(', ')} WHERE ${holds}`;
}

function deletion(table: TableName, key: Row): [sql: string, cells: Cell[]] {
  const columns = Object.keys(key);
  const where = columns.map((column) => `${column} = ?`).join(' AND ');
  return [`DELETE FROM ${table} WHERE ${where}`, cellsIn(key, columns)];
}

function cellsOf(table: TableName, row: SummedRow): Bound[] {
  const missing = TABLES[table].kind === 'add' ? 0 : null;
  return columnsOf(table).map((column) => row[column] ?? missing);
}

const cellsIn = (row: Row, names: readonly string[]): Cell[] => names.map((name) => row[name] ?? null);
