import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';

export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** Every column of a read model, in one order for both databases. */
export function columnsOf(table: TableName): readonly string[] {
  const { key, columns, kind } = TABLES[table];
  return [...key, ...columns, ...(kind === 'latest' ? [ORDER_COLUMN] : [])];
}

/** Rows as sorted lines, so that two databases' ideas of order and of column order do not matter. */
export function linesOf(table: TableName, rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const columns = columnsOf(table);
  return rows.map((row) => JSON.stringify(columns.map((column) => row[column] ?? null))).sort();
}
