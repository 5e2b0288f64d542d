import type { Row, RowChange } from './row-change.ts';
import type { TableName } from './tables.ts';

/** What a fold may want to know. Each database answers it in its own way (answer-questions.ts on both sides). */
export type Question =
  /** The rows of a read model with these cells (none of them null), whole and in no order. */
  | { readonly ask: 'rows'; readonly table: TableName; readonly where: Row }
  /** Where events of these types stand in a stream, with a clock after this, by seq; pruned ones are not among them. */
  | {
      readonly ask: 'places';
      readonly park: string;
      readonly node: string;
      readonly epoch: number;
      readonly types: readonly string[];
      readonly afterHlc: string;
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
