import { apply, type Fold, rowsOf, together } from '../ask.ts';
import type { Row, RowChange } from '../row-change.ts';
import { columnsOf } from '../row-order.ts';
import { TABLES } from '../tables.ts';
import type { Difference, RefoldDeps, Refolder } from './refolder.ts';
import { REFOLDERS } from './refolders.ts';

/** A key whose rows could not be made: they stay as they were, and a later program tries again (S7). */
export interface RefoldProblem {
  readonly readModel: string;
  readonly key: Row;
  readonly error: string;
}

/** So many keys are made side by side: what they are made from is in memory together. */
const KEYS_AT_ONCE = 500;

/**
 * The one place where `folded` tables follow the others (S7): to be run after the row changes of an event or a page were
 * applied, in the same transaction. Every touched key is made anew once; rows that are the same are not written.
 * @returns the keys that failed; they hold up no other
 */
export function* refold(
  changes: readonly RowChange[],
  deps: RefoldDeps,
  refolders: readonly Refolder[] = REFOLDERS,
): Fold<readonly RefoldProblem[]> {
  const problems: RefoldProblem[] = [];
  let seen = changes;
  for (const refolder of refolders) {
    const touched = yield* together(seen.flatMap((change) => refolder.touched[change.table]?.(change) ?? []));
    const keys = distinct(refolder, touched.flat());
    if (keys.length === 0) continue;
    const further: RowChange[] = [];
    for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
      const made = yield* differences(refolder, keys.slice(start, start + KEYS_AT_ONCE), deps);
      problems.push(...made.problems);
      further.push(...(yield* replaced(refolder, made.differences, deps)));
    }
    seen = [...seen, ...further];
  }
  return problems;
}

/** Makes a key of one table anew, as `refold` would had it been touched: for what a newer program tries again. */
export function* refoldKey(refolder: Refolder, key: Row, deps: RefoldDeps): Fold<RefoldProblem | null> {
  const [problem = null] = yield* refoldKeys(refolder, [key], deps);
  return problem;
}

/** Makes keys of one table anew, each once. @returns those that failed; they hold up no other */
export function* refoldKeys(
  refolder: Refolder,
  keys: readonly Row[],
  deps: RefoldDeps,
): Fold<readonly RefoldProblem[]> {
  const made = yield* differences(refolder, keys, deps);
  yield* replaced(refolder, made.differences, deps);
  return made.problems;
}

function distinct({ key }: Refolder, keys: readonly Row[]): readonly Row[] {
  return [...new Map(keys.map((one) => [JSON.stringify(key.map((column) => one[column])), one])).values()];
}

interface Made {
  readonly differences: readonly Difference[];
  readonly problems: readonly RefoldProblem[];
}

function* differences(refolder: Refolder, keys: readonly Row[], deps: RefoldDeps): Fold<Made> {
  const made = { differences: [] as Difference[], problems: [] as RefoldProblem[] };
  for (const outcome of yield* together(keys.map((key) => difference(refolder, key, deps)))) {
    if ('error' in outcome) made.problems.push(outcome);
    else made.differences.push(outcome);
  }
  return made;
}

function* difference(refolder: Refolder, key: Row, deps: RefoldDeps): Fold<Difference | RefoldProblem> {
  const before = yield* rowsOf(refolder.table, key);
  try {
    const rows = yield* refolder.rows(key, deps);
    const nameOf = (row: Row): string => JSON.stringify(columnsOf(refolder.table).map((column) => row[column] ?? null));
    const [old, fresh] = [new Set(before.map(nameOf)), new Set(rows.map(nameOf))];
    const removed = before.filter((row) => !fresh.has(nameOf(row)));
    return { key, rows, removed, added: rows.filter((row) => !old.has(nameOf(row))) };
  } catch (error) {
    // Only the fold's own fault comes here: one of the database ends the transaction and with it this generator.
    return { readModel: refolder.table, key, error: error instanceof Error ? error.message : String(error) };
  }
}

const removal = ({ table }: Refolder, row: Row): RowChange => ({
  op: 'remove',
  table,
  key: Object.fromEntries(TABLES[table].key.map((column) => [column, row[column] ?? null])),
});

/** The rows of all the keys at once; then what follows from them. */
function* replaced(refolder: Refolder, found: readonly Difference[], deps: RefoldDeps): Fold<readonly RowChange[]> {
  const changed = found.filter(({ removed, added }) => removed.length > 0 || added.length > 0);
  // Only what is another: a key may have any number of rows, and most facts of it change one.
  const own = [
    ...changed.flatMap(({ removed }) => removed.map((row) => removal(refolder, row))),
    ...changed.flatMap(({ added }) => added.map((row): RowChange => ({ op: 'insert', table: refolder.table, row }))),
  ];
  yield* apply(own);
  const follows = found.flatMap((one) => refolder.follow?.(one, deps) ?? []);
  const followed = (yield* together(follows)).flat();
  // A row that goes and one that comes in its place may be of two keys.
  yield* apply([...followed.filter(({ op }) => op === 'remove'), ...followed.filter(({ op }) => op !== 'remove')]);
  return [...own, ...followed];
}
