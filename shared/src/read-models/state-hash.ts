import type { Crypto } from '../lib/crypto.ts';
import { columnsOf, compareByCodePoint } from './row-order.ts';
import { TABLES, type TableName } from './tables.ts';

/** Every read model, in the order in which the state hash takes them. */
export const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

/** A row as a database gives it; sums may be beyond what a number holds. */
export type StateRow = Readonly<Record<string, unknown>>;

/** Takes the rows of all read models, table after table, each in the order of its key. */
export interface StateHash {
  add(table: TableName, rows: Iterable<StateRow>): void;
  /** 64 hexadecimal digits. Equal on two nodes with equal version vectors and one projection version (S7). */
  digest(): string;
}

const LINES_PER_LINK = 256;

/** Made line by line, so that a million rows need no more memory than a few hundred. */
export function createStateHash(crypto: Crypto): StateHash {
  let hash = '';
  let lines: string[] = [];
  const link = (): void => {
    hash = crypto.sha256Hex(`${hash}\n${lines.join('\n')}`);
    lines = [];
  };
  return {
    add: (table, rows) => {
      for (const row of rows) {
        lines.push(lineOf(table, row));
        if (lines.length === LINES_PER_LINK) link();
      }
    },
    digest: () => {
      link();
      return hash;
    },
  };
}

/** A row as text: the same from every database's idea of a number. */
export const lineOf = (table: TableName, row: StateRow): string =>
  `${table} ${JSON.stringify(columnsOf(table).map((column) => textOf(row[column])))}`;

const textOf = (cell: unknown): string | null => (cell === null || cell === undefined ? null : String(cell));

/** The hash of rows that are all in memory, in any order. */
export function stateHashOf(crypto: Crypto, rowsOf: (table: TableName) => readonly StateRow[]): string {
  const hash = createStateHash(crypto);
  for (const table of TABLE_NAMES) {
    hash.add(
      table,
      [...rowsOf(table)].sort((left, right) => compareKeys(table, left, right)),
    );
  }
  return hash.digest();
}

function compareKeys(table: TableName, left: StateRow, right: StateRow): number {
  for (const column of TABLES[table].key) {
    const [one, two] = [left[column], right[column]];
    const order = typeof one === 'string' ? compareByCodePoint(one, String(two)) : Math.sign(Number(one) - Number(two));
    if (order !== 0) return order;
  }
  return 0;
}
