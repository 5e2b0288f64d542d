import type { Cell, Row, RowChange } from './row-change.ts';
import { isSmallerRow } from './row-order.ts';
import { ORDER_COLUMN, TABLES, type TableName } from './tables.ts';

/** The changes that commute, so that many of one key may go in as one row (S7). */
export type Upsert = Extract<RowChange, { readonly op: 'insert' | 'add' | 'latest' }>;

export const isUpsert = (change: RowChange): change is Upsert =>
  change.op === 'insert' || change.op === 'add' || change.op === 'latest';

/** A row to be upserted. A sum of many may be beyond the safe integers, where only the database's 64 bits hold it. */
export type SummedRow = Readonly<Record<string, Cell | bigint>>;

/** One row a key for each table, in the order in which the tables and keys were first met. */
export function combineUpserts(changes: readonly Upsert[]): ReadonlyMap<TableName, readonly SummedRow[]> {
  const tables = new Map<TableName, Map<string, SummedRow>>();
  for (const change of changes) {
    const { table } = change;
    const rows = tables.get(table) ?? new Map<string, SummedRow>();
    tables.set(table, rows);
    const cells = change.op === 'insert' ? change.row : change.key;
    const key = JSON.stringify(TABLES[table].key.map((name) => cells[name]));
    const known = rows.get(key);
    rows.set(key, known ? merged(change, known) : upsertRow(change));
  }
  return new Map([...tables].map(([table, rows]) => [table, [...rows.values()]]));
}

/** The row that an upsert brings: its key, and its values, deltas or cells. */
export function upsertRow(change: Upsert): Row {
  if (change.op === 'insert') return change.row;
  if (change.op === 'add') return { ...change.key, ...change.deltas };
  return { ...change.key, ...change.values, [ORDER_COLUMN]: change.order };
}

function merged(change: Upsert, known: SummedRow): SummedRow {
  if (change.op === 'insert') return isSmallerRow(change.table, change.row, known as Row) ? change.row : known;
  if (change.op === 'latest') return change.order > String(known[ORDER_COLUMN]) ? upsertRow(change) : known;
  // The sums are this call's own: upsertRow made their row anew.
  const sums = known as Record<string, Cell | bigint>;
  for (const [name, delta] of Object.entries(change.deltas)) sums[name] = sumOf(known[name] ?? 0, delta);
  return sums;
}

function sumOf(sum: Cell | bigint, delta: number): number | bigint {
  const whole = typeof sum === 'number' ? sum + delta : Number.NaN;
  return Number.isSafeInteger(whole) ? whole : BigInt(sum ?? 0) + BigInt(delta);
}
