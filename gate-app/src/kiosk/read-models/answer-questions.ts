import { eventId } from '@skygate/shared/events/envelope';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { Fold, Question } from '@skygate/shared/read-models/ask';
import type { Cell, Row } from '@skygate/shared/read-models/row-change';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import type { TableName } from '@skygate/shared/read-models/tables';
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvents } from '../event-log/stored-event.ts';
import type { ApplyRowChanges } from './apply-row-changes.ts';
import { createNoteLateFacts, createPlacesOf } from './late-places.ts';

/** Runs a fold to its end, answering each question from this database at once. To be called within a transaction. */
export type RunFold = <Value>(fold: Fold<Value>) => Value;

export function createRunFold(
  database: Database,
  deps: { readonly applyRowChanges: ApplyRowChanges; readonly events: StoredEvents },
): RunFold {
  const statements = new Map<string, Statement<Cell[], Row>>();
  const rows = ({ table, where }: AskRows): readonly Row[] => {
    const columns = Object.keys(where);
    const name = `${table} ${columns}`;
    const statement = statements.get(name) ?? database.prepare<Cell[], Row>(rowsSql(table, columns));
    statements.set(name, statement);
    return statement.all(...columns.map((column) => where[column] ?? null));
  };
  const manyRows = createManyRows(database);
  const placesOf = createPlacesOf(database, deps.events);
  const noteLateFacts = createNoteLateFacts(database);
  const kioskKey = database
    .prepare<[string, string, number], string>(
      'SELECT public_key FROM kiosks WHERE park = ? AND node = ? AND epoch = ?',
    )
    .pluck();
  const hqKey = database
    .prepare<[string, number], string>('SELECT public_key FROM hq_keys WHERE node = ? AND epoch = ?')
    .pluck();

  /** One after the other, and each event read once: hundreds of facts may be of one that records them again (E6). */
  const answerEach = (questions: readonly Question[]): readonly unknown[] => {
    const events = new Map<string, unknown>();
    return questions.map((question) => {
      if (question.ask !== 'event') return answer(question);
      const name = eventId(question);
      const event = events.has(name) ? events.get(name) : answer(question);
      events.set(name, event);
      return event;
    });
  };

  const answer = (question: Question): unknown => {
    switch (question.ask) {
      case 'rows':
        return rows(question);
      case 'places':
        return placesOf(question);
      case 'later':
        return noteLateFacts(question);
      case 'event':
        return deps.events.read(question, question.seq);
      case 'standing':
        return standing(deps.events, question);
      case 'key': {
        const { park, node, epoch } = question;
        return (isHqNode(node) ? hqKey.get(node, epoch) : kioskKey.get(park, node, epoch)) ?? null;
      }
      case 'apply':
        return deps.applyRowChanges(question.changes);
      case 'all':
        return manyRows(question.questions) ?? answerEach(question.questions);
    }
  };
  return (fold) => {
    let step = fold.next();
    while (!step.done) step = fold.next(answer(step.value));
    return step.value;
  };
}

type AskRows = Extract<Question, { readonly ask: 'rows' }>;

/** So many questions are worth a statement of another form: what a page of events asks of its tickets. */
const MANY = 20;

/** Answers questions for rows of one table by the same columns, all but one with the same cell; null for any others. */
function createManyRows(database: Database) {
  const statements = new Map<string, Statement<Cell[], Row>>();
  return (questions: readonly Question[]): readonly (readonly Row[])[] | null => {
    const alike = questions.length < MANY ? null : alikeIn(questions);
    if (alike === null) return null;
    const { asked, table, same, other } = alike;
    const columns = Object.keys(same);
    const name = `${table} ${columns} ${other}`;
    const statement = statements.get(name) ?? database.prepare<Cell[], Row>(manyRowsSql(table, columns, other));
    statements.set(name, statement);
    const wanted = JSON.stringify([...new Set(asked.map(({ where }) => where[other]))]);
    const found = Map.groupBy(statement.all(wanted, ...Object.values(same)), (row) => row[other]);
    return asked.map(({ where }) => found.get(where[other]) ?? []);
  };
}

interface Alike {
  readonly asked: readonly AskRows[];
  readonly table: TableName;
  /** The cells that all of them name. */
  readonly same: Row;
  /** The column whose cell each names for itself. */
  readonly other: string;
}

function alikeIn(questions: readonly Question[]): Alike | null {
  const asked = questions.filter((question) => question.ask === 'rows');
  const [first] = asked;
  if (!first || asked.length < questions.length) return null;
  const { table, where } = first;
  const columns = Object.keys(where);
  const isOfThem = (one: AskRows): boolean =>
    one.table === table && Object.keys(one.where).join() === columns.join() && Object.values(one.where).every(isExact);
  if (!asked.every(isOfThem)) return null;
  const others = columns.filter((column) => asked.some((one) => one.where[column] !== where[column]));
  const [other = columns.at(-1)] = others;
  if (other === undefined || others.length > 1) return null;
  const { [other]: _, ...same } = where;
  return { asked, table, same, other };
}

/** Whether a cell is the same as a bound value, as JSON and when it is read. */
const isExact = (cell: Cell): boolean => typeof cell === 'number' || (typeof cell === 'string' && cell.isWellFormed());

function manyRowsSql(table: TableName, same: readonly string[], other: string): string {
  const columns = columnsOf(table).map((column) => `t.${column} AS ${column}`);
  const condition = [...same.map((column) => `t.${column} = ?`), `t.${other} = w.value`];
  // A cross join keeps its order: each row is looked up by its index, and no table is read from end to end.
  return `SELECT ${columns.join(', ')} FROM json_each(?) w CROSS JOIN ${table} t WHERE ${condition.join(' AND ')}`;
}

function rowsSql(table: TableName, columns: readonly string[]): string {
  const condition = columns.map((column) => `${column} = ?`).join(' AND ');
  return `SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE ${condition}`;
}

function standing(events: StoredEvents, place: Extract<Question, { readonly ask: 'standing' }>): string | null {
  const stream = events.findStream(place);
  return stream === null ? null : events.hashAt(stream, place.seq);
}
