import type { Row, RowChange } from './row-change.ts';
import { TABLES } from './tables.ts';

/** A past that does not stand in its stream: its name in keys, and the first seq of it. */
export interface InFork {
  readonly fork: string;
  readonly from: number;
}

type Insert = Extract<RowChange, { readonly op: 'insert' }>;

/** Whether a change makes a row whose key tells a fork from what stands in the stream. */
export const isKeyedByFork = (change: RowChange): change is Insert =>
  change.op === 'insert' && (TABLES[change.table].key as readonly string[]).includes('fork');

/**
 * The row as it is in a fork: under the fork's name, and pointing at the fork's own events where it points at events of
 * its own past (an annulment at the admission that it takes back). A ticket only says that it is of one: whoever recorded
 * it, and under whichever name.
 */
export function inFork(change: RowChange, { fork, from }: InFork): RowChange {
  if (change.op === 'insert' && change.table === 'tickets') return { ...change, row: { ...change.row, forked: 1 } };
  if (!isKeyedByFork(change)) return change;
  const { row } = change;
  const isOwnPast =
    row['original_node'] === row['node'] &&
    row['original_epoch'] === row['epoch'] &&
    Number(row['original_seq'] ?? 0) >= from;
  const pointer = isOwnPast ? { original_fork: fork } : {};
  return { ...change, row: { ...row, fork, ...pointer } };
}

/** The key of a change's row under a fork's name. */
export function keyInFork(change: Insert, fork: string): Row {
  const key = TABLES[change.table].key;
  return Object.fromEntries(key.map((column) => [column, column === 'fork' ? fork : (change.row[column] ?? null)]));
}
