import type { Cell, Row, RowChange } from './row-change.ts';
import { TABLES } from './tables.ts';

/**
 * What one event may add to a sum. The databases add in 64 bits, so millions of such events in one sum do not overflow
 * it; what is read back is never beyond the safe integers.
 */
export const SUM_DELTA_MAX = 1_000_000_000_000;

/** Part of an event that a read model cannot take; the rest of the event goes in all the same (S7). */
export interface FoldProblem {
  /** The table, or `all` where the event as a whole could not be read. */
  readonly readModel: string;
  /** The row's key as JSON, or the event's subject. */
  readonly key: string;
  readonly error: string;
  /** `node/epoch` of the stream whose key is not known yet: tried again when it is. */
  readonly waitsFor?: string;
}

/** The name of a row in the quarantine. */
export function keyText(change: RowChange): string {
  const cells: Row = change.op === 'insert' ? change.row : change.key;
  return textOfKey(TABLES[change.table].key.map((column) => cells[column] ?? null));
}

const KEY_CHARACTERS_MAX = 300;
/** A text as both databases can keep it: PostgreSQL has none with a NUL character. */
export const storableText = (text: string): string => text.replaceAll('\u0000', '\uFFFD').toWellFormed();

export const textOfKey = (key: readonly Cell[] | string): string =>
  storableText(typeof key === 'string' ? key : JSON.stringify(key)).slice(0, KEY_CHARACTERS_MAX);

/** Whether a change is of what was put aside of its event under this read model and key; what is only touched always is. */
export const isOfPart = (
  change: RowChange,
  { readModel, key }: { readonly readModel: string; readonly key: string },
): boolean => change.op === 'touch' || (change.table === readModel && keyText(change) === key);

/** Parts a projection's changes from those that one of the two databases could not take or could not sum up. */
export function checkChanges(changes: readonly RowChange[]): {
  readonly changes: readonly RowChange[];
  readonly problems: readonly FoldProblem[];
} {
  const good: RowChange[] = [];
  const problems: FoldProblem[] = [];
  for (const change of changes) {
    const error = changeProblem(change);
    if (error === null) good.push(change);
    else problems.push({ readModel: change.table, key: keyText(change), error });
  }
  return problems.length === 0 ? { changes, problems } : { changes: good, problems };
}

function changeProblem(change: RowChange): string | null {
  switch (change.op) {
    case 'insert':
      return rowProblem(change.row);
    case 'add':
      return rowProblem(change.key) ?? deltaProblem(change.deltas);
    case 'latest':
      return rowProblem(change.key) ?? rowProblem(change.values);
    default:
      return null;
  }
}

function rowProblem(row: Row): string | null {
  for (const column in row) {
    const cell = row[column];
    // PostgreSQL has no text with a NUL character, so no node keeps one in its read models.
    if (typeof cell === 'string' && cell.includes('\u0000')) return `${column} has a NUL character`;
    if (typeof cell === 'number' && !Number.isSafeInteger(cell)) return `${column} is not a safe integer`;
  }
  return null;
}

function deltaProblem(deltas: Readonly<Record<string, number>>): string | null {
  for (const [column, delta] of Object.entries(deltas)) {
    if (!Number.isSafeInteger(delta) || Math.abs(delta) > SUM_DELTA_MAX)
      return `${column} by ${delta} is more than one event may add`;
  }
  return null;
}
