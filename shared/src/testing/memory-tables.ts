import type { KnownEvent } from '../events/catalogue.ts';
import type { Event } from '../events/envelope.ts';
import type { Crypto } from '../lib/crypto.ts';
import { type AskedPlace, type Fold, isAfter, nextPlaces, type Question } from '../read-models/ask.ts';
import { checkChanges } from '../read-models/check-change.ts';
import { projectEvent } from '../read-models/project.ts';
import { refold } from '../read-models/refold/refold.ts';
import { type DueFacts, refoldLateFacts } from '../read-models/refold/refold-late-facts.ts';
import type { Row, RowChange } from '../read-models/row-change.ts';
import { isSmallerRow } from '../read-models/row-order.ts';
import { TABLES, type TableName } from '../read-models/tables.ts';

/** For tests: the read models in memory, folded event by event as both databases do. */
export interface MemoryTables {
  /** Puts events in the log that are folded later: so it is where a log is folded anew. */
  store(events: readonly KnownEvent[]): void;
  /** Folds an event, stored by now if it was not, and what follows from it. */
  take(event: KnownEvent): void;
  /** Looks at the next facts of a revoked kiosk that are due (X4). @returns whether there were any */
  takeSome(): boolean;
  apply(changes: readonly RowChange[]): void;
  rows(table: TableName): readonly Row[];
}

/** How many facts of a revoked kiosk are looked at together, and how many places of its stream, at most (X4). */
interface AtOnce {
  readonly facts: number;
  readonly places: number;
}

const ALL: AtOnce = { facts: Number.MAX_SAFE_INTEGER, places: Number.MAX_SAFE_INTEGER };

export function memoryTables(crypto: Crypto, atOnce = ALL): MemoryTables {
  const tables = new Map<TableName, Map<string, Row>>();
  const log: Event[] = [];
  const due = new Map<string, DueFacts>();
  const tableOf = (table: TableName): Map<string, Row> => {
    const known = tables.get(table) ?? new Map<string, Row>();
    tables.set(table, known);
    return known;
  };
  const applyOne = (change: RowChange): void => applyTo(tableOf(change.table), change);
  const apply = (changes: readonly RowChange[]): void => changes.forEach(applyOne);

  const answer = (question: Question): unknown => {
    switch (question.ask) {
      case 'all':
        return question.questions.map(answer);
      case 'rows':
        return [...tableOf(question.table).values()].filter((row) => matches(row, question.where));
      case 'places':
        return placesIn([log, tableOf('recovered_events').values()], question, atOnce);
      case 'later': {
        const { ask: _, ...facts } = question;
        due.set(`${facts.node}/${facts.epoch}`, facts);
        return undefined;
      }
      case 'event':
        return log.find((event) => isOf(event, question) && event.seq === question.seq) ?? null;
      case 'standing':
        return log.find((event) => isOf(event, question) && event.seq === question.seq)?.hash ?? null;
      case 'apply':
        return apply(question.changes);
      case 'key':
        return null;
    }
  };
  const store = (events: readonly KnownEvent[]): void => {
    for (const event of events as unknown as readonly Event[]) if (!log.includes(event)) log.push(event);
  };
  return {
    store,
    take: (event) => {
      store([event]);
      const { changes } = checkChanges(projectEvent(event));
      apply(changes);
      run(refold(changes, { crypto }), answer);
    },
    takeSome: () => {
      const [first] = due;
      if (!first) return false;
      const [name, facts] = first;
      const { next } = run(refoldLateFacts(facts, { crypto }), answer);
      if (next) due.set(name, { ...facts, after: next });
      else due.delete(name);
      return true;
    },
    apply,
    rows: (table) => [...tableOf(table)].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row),
  };
}

/** @param logs events, and rows of what was recorded again */
function placesIn(
  logs: readonly Iterable<Event | Row>[],
  { park, node, epoch, types, afterHlc, after, limit, within }: Extract<Question, { readonly ask: 'places' }>,
  atOnce: AtOnce,
) {
  const to = after.seq + Math.min(within, atOnce.places);
  const ofStream = logs.map((log) =>
    [...log].filter((one) => one.park === park && one.node === node && one.epoch === epoch),
  );
  const beyond = Math.min(...ofStream.flat().flatMap(({ seq }) => (Number(seq) > to ? [Number(seq)] : [])));
  const found = ofStream.map((log) =>
    log
      .filter(({ seq }) => Number(seq) <= to)
      .filter(({ type, hlc }) => types.includes(String(type)) && String(hlc) > afterHlc)
      .map(({ seq, hash }): AskedPlace => ({ seq: Number(seq), hash: String(hash) }))
      .filter((place) => isAfter(place, after)),
  );
  return nextPlaces(found, {
    limit: Math.min(limit, atOnce.facts),
    beyond: Number.isFinite(beyond) ? beyond : null,
  });
}

function applyTo(table: Map<string, Row>, change: RowChange): void {
  const key = keyOf(change.table, change.op === 'insert' ? change.row : change.key);
  const before = table.get(key);
  switch (change.op) {
    case 'replace':
      for (const [name, row] of table) if (matches(row, change.key)) table.delete(name);
      for (const row of change.rows) table.set(keyOf(change.table, row), row);
      return;
    case 'remove':
      table.delete(key);
      return;
    case 'touch':
      return;
    case 'insert':
      if (!before || isSmallerRow(change.table, change.row, before)) table.set(key, change.row);
      return;
    case 'add':
      table.set(key, { ...change.key, ...summed(change.table, before, change.deltas) });
      return;
    case 'latest':
      if (change.order <= String(before?.['change_order'] ?? '')) return;
      table.set(key, { ...change.key, ...change.values, change_order: change.order });
  }
}

function run<Value>(fold: Fold<Value>, answer: (question: Question) => unknown): Value {
  let step = fold.next();
  while (!step.done) step = fold.next(answer(step.value));
  return step.value;
}

const isOf = (event: Event, stream: { readonly node: string; readonly epoch: number }): boolean =>
  event.node === stream.node && event.epoch === stream.epoch;

const matches = (row: Row, where: Row): boolean => Object.entries(where).every(([name, cell]) => row[name] === cell);

const keyOf = (table: TableName, row: Row): string => JSON.stringify(TABLES[table].key.map((name) => row[name]));

const summed = (table: TableName, before: Row | undefined, deltas: Readonly<Record<string, number>>): Row =>
  Object.fromEntries(
    TABLES[table].columns.map((column) => [column, Number(before?.[column] ?? 0) + (deltas[column] ?? 0)]),
  );
