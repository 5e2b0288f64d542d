import type { Row, RowChange } from './row-change.ts';
import type { TableName } from './tables.ts';

/** What a fold may want to know. Each database answers it in its own way (answer-questions.ts on both sides). */
export type Question =
  /** The rows of a read model with these cells (none of them null), whole and in no order. */
  | { readonly ask: 'rows'; readonly table: TableName; readonly where: Row }
  /**
   * `AskedPlaces`: where events of these types stand in a stream, or stood in another past of it that was recorded again
   * (E6), with a clock after this: the next ones after a place, by seq and hash. Pruned ones are not among them.
   */
  | {
      readonly ask: 'places';
      readonly park: string;
      readonly node: string;
      readonly epoch: number;
      readonly types: readonly string[];
      readonly afterHlc: string;
      readonly after: AskedPlace;
      readonly limit: number;
      /** Only so many seqs after that place are looked at: a stream may be of any length, and have none. */
      readonly within: number;
    }
  /** Has it noted that facts of a revoked incarnation after this place are to be looked at later, some at a time (X4). */
  | {
      readonly ask: 'later';
      readonly park: string;
      readonly node: string;
      readonly epoch: number;
      readonly after: AskedPlace;
    }
  /** The event that stands at this place in the log and has been folded; null if there is none, or it is pruned. */
  | {
      readonly ask: 'event';
      readonly park: string;
      readonly node: string;
      readonly epoch: number;
      readonly seq: number;
    }
  /** The hash of the event that stands at this place in the log and has been folded; null if there is none. */
  | {
      readonly ask: 'standing';
      readonly park: string;
      readonly node: string;
      readonly epoch: number;
      readonly seq: number;
    }
  /** The raw public key (base64url) that seals a stream; null if it is not known here (yet). */
  | { readonly ask: 'key'; readonly park: string; readonly node: string; readonly epoch: number }
  /** Has these changes applied before what is asked next. */
  | { readonly ask: 'apply'; readonly changes: readonly RowChange[] }
  /** Many at once: the answers, in order. */
  | { readonly ask: 'all'; readonly questions: readonly Question[] };

/**
 * A fold that has to know more than its event: it yields questions, gets their answers and returns its result. So it
 * stays pure, and one text serves the kiosk, which answers at once, and the server, whose database takes its time.
 */
export type Fold<Value> = Generator<Question, Value, unknown>;

/** Asks for the rows of a read model that have these cells. */
export function* rowsOf(table: TableName, where: Row): Fold<readonly Row[]> {
  return (yield { ask: 'rows', table, where }) as readonly Row[];
}

/** Where an event stands, and its hash. */
export interface AskedPlace {
  readonly seq: number;
  readonly hash: string;
}

export interface AskedPlaces {
  readonly places: readonly AskedPlace[];
  /** Where to go on; null if there is nothing more to look at. */
  readonly next: AskedPlace | null;
}

/** After every hash that may be at a seq. */
const AFTER_HASHES = 'g';

/**
 * @param found two lists, each in order and with one more than the limit where it has more; a place may be in both
 * @param beyond the first seq after those that were looked at where anything is; null if nothing is
 */
export function nextPlaces(
  found: readonly (readonly AskedPlace[])[],
  { limit, beyond }: { readonly limit: number; readonly beyond: number | null },
): AskedPlaces {
  const byName = new Map(found.flat().map((place) => [`${place.seq} ${place.hash}`, place]));
  const places = [...byName.values()].sort((one, other) => (isAfter(one, other) ? 1 : -1));
  const last = places.length > limit ? places[limit - 1] : undefined;
  const rest = beyond === null ? null : { seq: beyond - 1, hash: AFTER_HASHES };
  return { places: places.slice(0, limit), next: last ?? rest };
}

/** Whether a place comes after another, by seq and hash. */
export const isAfter = (one: AskedPlace, other: AskedPlace): boolean =>
  one.seq > other.seq || (one.seq === other.seq && one.hash > other.hash);

/** Has changes applied, so that later questions see them. */
export function* apply(changes: readonly RowChange[]): Fold<void> {
  if (changes.length > 0) yield { ask: 'apply', changes };
}

/** Runs folds side by side, question for question, so that a database answers as many as it can in one statement. */
export function* together<Value>(folds: readonly Fold<Value>[]): Fold<readonly Value[]> {
  const values = new Array<Value>(folds.length);
  let waiting = folds.map((fold, index) => ({ fold, index, step: fold.next() }));
  while (true) {
    for (const { step, index } of waiting) if (step.done) values[index] = step.value;
    waiting = waiting.filter(({ step }) => !step.done);
    if (waiting.length === 0) return values;
    const questions = waiting.map(({ step }) => step.value as Question);
    const answers = (yield { ask: 'all', questions }) as readonly unknown[];
    waiting = waiting.map(({ fold, index }, at) => ({ fold, index, step: fold.next(answers[at]) }));
  }
}
