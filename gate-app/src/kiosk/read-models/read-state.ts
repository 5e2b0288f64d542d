import type { Crypto } from '@skygate/shared/lib/crypto';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import { createStateHash, TABLE_NAMES } from '@skygate/shared/read-models/state-hash';
import { TABLES, type TableName } from '@skygate/shared/read-models/tables';
import type { Database } from 'better-sqlite3';

/** A cell as it is on disk, whole numbers in all their 64 bits. */
export type ExactCell = string | bigint | null;
export type ExactRow = Record<string, ExactCell>;

export interface StatePage {
  readonly table: TableName;
  readonly rows: readonly ExactRow[];
}

const ROWS_PER_PAGE = 500;

/** All rows of all read models, in the order of the state hash, a page at a time: between two, others may work. */
export function* readState(database: Database): Generator<StatePage> {
  for (const table of TABLE_NAMES) {
    const { key } = TABLES[table];
    const all = `SELECT ${columnsOf(table).join(', ')} FROM ${table}`;
    const order = `ORDER BY ${key.join(', ')} LIMIT ${ROWS_PER_PAGE}`;
    const first = database.prepare<[], ExactRow>(`${all} ${order}`).safeIntegers();
    const next = database
      .prepare<ExactCell[], ExactRow>(`${all} WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')}) ${order}`)
      .safeIntegers();
    let rows = first.all();
    while (rows.length > 0) {
      yield { table, rows };
      const last = rows.at(-1) ?? {};
      rows = rows.length < ROWS_PER_PAGE ? [] : next.all(...key.map((column) => last[column] ?? null));
    }
  }
}

/** The state hash of a database's read models (S7). */
export function hashState(database: Database, crypto: Crypto): string {
  const hash = createStateHash(crypto);
  for (const { table, rows } of readState(database)) hash.add(table, rows);
  return hash.digest();
}
