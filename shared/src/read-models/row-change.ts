import type { TableName } from './tables.ts';

export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

/**
 * What an event does to the read models, as data (S7). The first three commute, so arrival order does
 * not matter: what depends on order (a ticket's status) is kept as facts and folded when it is read.
 */
export type RowChange =
  /** A row that one event alone makes. Where two make one key, the row stays that is smaller by its cells (row-order.ts). */
  | { readonly op: 'insert'; readonly table: TableName; readonly row: Row }
  /** Adds to the sums of a row, which starts at zero. */
  | {
      readonly op: 'add';
      readonly table: TableName;
      readonly key: Row;
      readonly deltas: Readonly<Record<string, number>>;
    }
  /** Replaces the row's values if `order` (an hlc, node, epoch and seq) is greater than the row's. */
  | {
      readonly op: 'latest';
      readonly table: TableName;
      readonly key: Row;
      readonly order: string;
      readonly values: Row;
    }
  /** All rows of a `folded` table that have these cells become these rows; what a refolder finds (refold/). */
  | { readonly op: 'replace'; readonly table: TableName; readonly key: Row; readonly rows: readonly Row[] }
  /** Takes a row back; only a recovered event that finds its place in its stream does so (E6). */
  | { readonly op: 'remove'; readonly table: TableName; readonly key: Row }
  /** Changes no row: an event came whose log a refolder of this table looks into, whatever of it is put aside (X4, S7). */
  | { readonly op: 'touch'; readonly table: TableName; readonly key: Row };
