import type { Crypto } from '@skygate/shared/lib/crypto';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import { createStateHash, type StateRow, TABLE_NAMES } from '@skygate/shared/read-models/state-hash';
import { TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';

const ROWS_PER_PAGE = 1_000;

/** The state hash of a park's read models (S7), read through a cursor: memory is a page, however many rows there are. */
export async function hashState(tx: Writer, crypto: Crypto, park: string): Promise<string> {
  const hash = createStateHash(crypto);
  const run = async (sql: string, values: readonly unknown[] = []) =>
    (await tx.executeQuery<StateRow>(CompiledQuery.raw(sql, [...values]))).rows;
  for (const table of TABLE_NAMES) {
    await run(`declare state cursor for ${rowsSql(table)}`, [park]);
    let rows = await run(`fetch ${ROWS_PER_PAGE} from state`);
    while (rows.length > 0) {
      hash.add(table, rows);
      rows = await run(`fetch ${ROWS_PER_PAGE} from state`);
    }
    await run('close state');
  }
  return hash.digest();
}

/** Cells as text: a sum may be beyond what a number holds. Texts are collated by bytes in every column. */
function rowsSql(table: TableName): string {
  const columns = columnsOf(table).map((column) => `t.${column}::text as ${column}`);
  const order = TABLES[table].key.map((column) => `t.${column}`);
  return `select ${columns.join(', ')} from ${table} t where t.park = $1 order by ${order.join(', ')}`;
}
