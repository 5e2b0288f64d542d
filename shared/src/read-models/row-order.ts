import type { Cell, Row } from './row-change.ts';
import { ORDER_COLUMN, TABLES, type TableName } from './tables.ts';

/** Every column of a read model, in the one order that both databases and the state hash share. */
export const columnsOf = (table: TableName): readonly string[] => COLUMNS[table];

const COLUMNS = Object.fromEntries(
  Object.entries(TABLES).map(([table, { key, columns, kind }]) => [
    table,
    kind === 'latest' ? [...key, ...columns, ORDER_COLUMN] : [...key, ...columns],
  ]),
) as unknown as Readonly<Record<TableName, readonly string[]>>;

/**
 * Whether a row comes before another of the same key (S7): by its cells in the table's order, nulls first, numbers by size
 * and texts by code point. `smallerRowSql` says the same to both databases.
 */
export function isSmallerRow(table: TableName, row: Row, other: Row): boolean {
  for (const column of TABLES[table].columns) {
    const order = compareCells(row[column] ?? null, other[column] ?? null);
    if (order !== 0) return order < 0;
  }
  return false;
}

function compareCells(one: Cell, other: Cell): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  // A column has cells of one kind.
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : compareByCodePoint(String(one), String(other));
}

/**
 * The condition, for SQLite and PostgreSQL alike, that the row which is `excluded` by one of its key comes before that one:
 * each column is a number, or a text that the database compares by its bytes.
 */
export function smallerRowSql(table: TableName): string {
  const cases = TABLES[table].columns.map((column) => {
    const [excluded, stored] = [`excluded.${column}`, `${table}.${column}`];
    return `WHEN ${excluded} IS DISTINCT FROM ${stored} THEN ${excluded} IS NULL OR ${excluded} < ${stored}`;
  });
  return `CASE ${cases.join(' ')} END`;
}

/** As UTF-8 bytes would be: UTF-16 puts halves of a surrogate pair before the characters from U+E000 on. */
export function compareByCodePoint(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const one = left.charCodeAt(at);
    const two = right.charCodeAt(at);
    if (one !== two) return inCodePointOrder(one) - inCodePointOrder(two);
  }
  return left.length - right.length;
}

const inCodePointOrder = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
};
