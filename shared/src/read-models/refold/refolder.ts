import type { Crypto } from '../../lib/crypto.ts';
import type { Fold } from '../ask.ts';
import type { Row, RowChange } from '../row-change.ts';
import type { TableName } from '../tables.ts';

export interface RefoldDeps {
  readonly crypto: Crypto;
}

/**
 * Makes the rows of a `folded` table anew, key by key, whenever something they follow from has changed (S7). Pure: what
 * it must know it asks for. As it sees all facts of its key, its rows do not depend on the order in which they came.
 */
export interface Refolder {
  /** The `folded` table it alone writes. */
  readonly table: TableName;
  /** The columns of that table whose cells are one key: all its rows with them are made together. */
  readonly key: readonly string[];
  /**
   * By the table that changed: the keys whose rows may be others now. Called with each applied change, earlier
   * refolders' included.
   */
  readonly touched: Readonly<Partial<Record<TableName, (change: RowChange) => Fold<readonly Row[]>>>>;
  /** All rows of the table that have the key's cells, each with every column of the table. */
  rows(key: Row, deps: RefoldDeps): Fold<readonly Row[]>;
  /**
   * What else follows (sums that count them no more, from rows that came or went): applied, and seen by later refolders.
   * Called whenever the key was touched, also if its rows are the same.
   */
  follow?(difference: Difference, deps: RefoldDeps): Fold<readonly RowChange[]>;
}

/** How a key's rows changed. A row that is another now is in both. */
export interface Difference {
  readonly key: Row;
  /** All rows that the key has now. */
  readonly rows: readonly Row[];
  readonly removed: readonly Row[];
  readonly added: readonly Row[];
}

/** The cells of a row or key change that a refolder looks at. */
export const cellsOfChange = (change: RowChange): Row => (change.op === 'insert' ? change.row : change.key);

/** A helper for `touched` where a change names its key itself. */
// biome-ignore lint/correctness/useYield: a fold that asks nothing is a fold all the same
export function* none(): Fold<readonly Row[]> {
  return [];
}
