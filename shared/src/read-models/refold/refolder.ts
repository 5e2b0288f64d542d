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
  /** The tables whose changes `touched` looks at. */
  readonly after: readonly TableName[];
  /** The keys whose rows may be others now. Called with each applied change of `after`, earlier refolders' included. */
  touched(change: RowChange): Fold<readonly Row[]>;
  /** All rows of the table that have the key's cells, each with every column of the table. */
  rows(key: Row, deps: RefoldDeps): Fold<readonly Row[]>;
  /** What else follows from rows that came or went (sums that count them no more): applied, and seen by later refolders. */
  follow?(difference: Difference, deps: RefoldDeps): Fold<readonly RowChange[]>;
}

/** How a key's rows changed. A row that is another now is in both. */
export interface Difference {
  readonly key: Row;
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
