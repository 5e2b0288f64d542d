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
 * Whether a row comes before another of the same key (S7): by its cells in the table's order, nulls first, texts and
 * numbers as text by code point. SQL says the same as `orderTerm` of each column, collated by bytes.
 */
export function isSmallerRow(table: TableName, row: Row, other: Row): boolean {
  for (const column of TABLES[table].columns) {
    const order = compareByCodePoint(termOf(row[column]), termOf(other[column]));
    if (order !== 0) return order < 0;
  }
  return false;
}

const termOf = (cell: Cell | undefined): string => (cell === null || cell === undefined ? '0' : `1${cell}`);

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
