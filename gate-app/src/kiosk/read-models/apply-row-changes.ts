import type { Cell, Row, RowChange } from '@skygate/shared/read-models/row-change';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import type { Database, Statement } from 'better-sqlite3';

/** Applies what events do to the read models. To be called within the transaction that stores the events (K1). */
export type ApplyRowChanges = (changes: readonly RowChange[]) => void;

/** One prepared statement a table: its SQL follows from TABLES, the one list of the read models. */
export function createApplyRowChanges(database: Database): ApplyRowChanges {
  const statements = new Map<TableName, Statement<Cell[]>>();
  const statementOf = (table: TableName): Statement<Cell[]> => {
    const known = statements.get(table);
    if (known) return known;
    const statement = database.prepare<Cell[]>(applySql(table));
    statements.set(table, statement);
    return statement;
  };

  return (changes) => {
    for (const change of changes) statementOf(change.table).run(...cellsOf(change));
  };
}

/** Every table's statement takes the key's cells, then the columns' (then the order). */
function applySql(table: TableName): string {
  const { kind, key, columns } = TABLES[table];
  const names: readonly string[] = kind === 'latest' ? [...key, ...columns, ORDER_COLUMN] : [...key, ...columns];
  const insert = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  const conflict = `ON CONFLICT (${key.join(', ')})`;
  if (kind === 'insert') return `${insert} ${conflict} DO NOTHING`;
  if (kind === 'add') {
    const sums = columns.map((column) => `${column} = ${table}.${column} + excluded.${column}`);
    return `${insert} ${conflict} DO UPDATE SET ${sums.join(', ')}`;
  }
  const sets = [...columns, ORDER_COLUMN].map((column) => `${column} = excluded.${column}`);
  return `${insert} ${conflict} DO UPDATE SET ${sets.join(', ')} WHERE excluded.${ORDER_COLUMN} > ${table}.${ORDER_COLUMN}`;
}

function cellsOf(change: RowChange): Cell[] {
  const { key, columns } = TABLES[change.table];
  if (change.op === 'insert') return [...cellsIn(change.row, key), ...cellsIn(change.row, columns)];
  if (change.op === 'add') return [...cellsIn(change.key, key), ...columns.map((column) => change.deltas[column] ?? 0)];
  return [...cellsIn(change.key, key), ...cellsIn(change.values, columns), change.order];
}

const cellsIn = (row: Row, names: readonly string[]): Cell[] => names.map((name) => row[name] ?? null);
