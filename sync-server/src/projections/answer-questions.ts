import type { Event } from '@skygate/shared/events/envelope';
import type { Fold, Question } from '@skygate/shared/read-models/ask';
import type { Row } from '@skygate/shared/read-models/row-change';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import type { TableName } from '@skygate/shared/read-models/tables';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';
import { EVENT_COLUMNS, type StoredEvent, storedToEvent } from '../ingest/stored-event.ts';
import { applyRowChanges } from './apply-row-changes.ts';
import { noteLateFacts, placesOf } from './late-places.ts';

type AskRows = Extract<Question, { readonly ask: 'rows' }>;
type AskEvent = Extract<Question, { readonly ask: 'event' }>;
type AskStanding = Extract<Question, { readonly ask: 'standing' }>;

/**
 * Runs a fold to its end, answering its questions from this transaction.
 * @param folded the position up to which events are in the read models: what comes later does not stand yet
 */
export async function runFold<Value>(tx: Writer, folded: number, fold: Fold<Value>): Promise<Value> {
  let step = fold.next();
  while (!step.done) step = fold.next(await answer(tx, folded, step.value));
  return step.value;
}

async function answer(tx: Writer, folded: number, question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'rows':
      return (await rowsOfMany(tx, [question]))[0];
    case 'places':
      return placesOf(tx, folded, question);
    case 'later':
      return noteLateFacts(tx, question);
    case 'event':
      return (await eventsAt(tx, folded, [question]))[0];
    case 'standing':
      return (await standing(tx, folded, [question]))[0];
    case 'key':
      return keyOf(tx, question);
    case 'apply':
      return applyRowChanges(tx, question.changes);
    case 'all':
      return answerAll(tx, folded, question.questions);
  }
}

/** Alike questions are one statement, however many there are: rows of one table by the same columns, and places of a log. */
async function answerAll(tx: Writer, folded: number, questions: readonly Question[]): Promise<readonly unknown[]> {
  const answers = new Array<unknown>(questions.length);
  const groups = Map.groupBy(questions.entries(), ([index, question]) => likenessOf(question) ?? index);
  for (const group of groups.values()) {
    const found = await answerAlike(
      tx,
      folded,
      group.map(([, question]) => question),
    );
    for (const [at, [index]] of group.entries()) answers[index] = found[at];
  }
  return answers;
}

/** The name of the questions that are answered in one statement with this one; null where it is asked by itself. */
function likenessOf(question: Question): string | null {
  if (question.ask === 'rows') return `rows ${question.table} ${Object.keys(question.where).join(' ')}`;
  return question.ask === 'standing' || question.ask === 'event' ? `${question.ask} ${question.park}` : null;
}

async function answerAlike(tx: Writer, folded: number, questions: readonly Question[]): Promise<readonly unknown[]> {
  const [first] = questions;
  if (first?.ask === 'rows') return rowsOfMany(tx, questions as readonly AskRows[]);
  if (first?.ask === 'event') return eventsAt(tx, folded, questions as readonly AskEvent[]);
  if (first?.ask === 'standing') return standing(tx, folded, questions as readonly AskStanding[]);
  return first ? [await answer(tx, folded, first)] : [];
}

/** @param questions all of one table and by the same columns */
async function rowsOfMany(tx: Writer, questions: readonly AskRows[]): Promise<readonly (readonly Row[])[]> {
  const [first] = questions;
  if (!first) return [];
  const keys = Object.keys(first.where);
  const nameOf = (row: Row): string => JSON.stringify(keys.map((key) => row[key] ?? null));
  const wanted = new Map(questions.map(({ where }) => [nameOf(where), where]));
  const { rows } = await tx.executeQuery<Row>(
    CompiledQuery.raw(rowsSql(first.table, keys), [JSON.stringify([...wanted.values()])]),
  );
  const byKey = Map.groupBy(rows, nameOf);
  return questions.map(({ where }) => byKey.get(nameOf(where)) ?? []);
}

function rowsSql(table: TableName, keys: readonly string[]): string {
  const columns = columnsOf(table).map((column) => `t.${column}`);
  const join = keys.map((key) => `t.${key} = w.${key}`).join(' and ');
  return `select ${columns.join(', ')} from json_populate_recordset(null::${table}, $1::text::json) w join ${table} t on ${join}`;
}

const EVENTS_AT = `
select ${EVENT_COLUMNS.map((column) => `e.${column}`).join(', ')}
from json_to_recordset($2::text::json) w(node text, epoch bigint, seq bigint)
join events e on e.park = $1 and e.node = w.node and e.epoch = w.epoch and e.seq = w.seq
where e.position <= $3`;

/** @param places all of one park */
async function eventsAt(tx: Writer, folded: number, places: readonly AskEvent[]): Promise<readonly (Event | null)[]> {
  const wanted = new Map(places.map((place) => [placeName(place), place]));
  const { rows } = await tx.executeQuery<StoredEvent>(
    CompiledQuery.raw(EVENTS_AT, [places[0]?.park ?? '', JSON.stringify([...wanted.values()]), folded]),
  );
  const events = new Map(rows.map((row) => [placeName(row), storedToEvent(row)]));
  return places.map((place) => events.get(placeName(place)) ?? null);
}

const placeName = ({ node, epoch, seq }: Pick<AskEvent, 'node' | 'epoch' | 'seq'>): string => `${node}/${epoch}/${seq}`;

const STANDING = `
select e.node, e.epoch, e.seq, e.hash
from json_to_recordset($2::text::json) w(node text, epoch bigint, seq bigint)
join events e on e.park = $1 and e.node = w.node and e.epoch = w.epoch and e.seq = w.seq
where e.position <= $3`;

/** @param places all of one park */
async function standing(
  tx: Writer,
  folded: number,
  places: readonly AskStanding[],
): Promise<readonly (string | null)[]> {
  const wanted = new Map(places.map((place) => [placeName(place), place]));
  const { rows } = await tx.executeQuery<Pick<AskStanding, 'node' | 'epoch' | 'seq'> & { readonly hash: string }>(
    CompiledQuery.raw(STANDING, [places[0]?.park ?? '', JSON.stringify([...wanted.values()]), folded]),
  );
  const hashes = new Map(rows.map((row) => [placeName(row), row.hash]));
  return places.map((place) => hashes.get(placeName(place)) ?? null);
}

async function keyOf(
  tx: Writer,
  { park, node, epoch }: Extract<Question, { readonly ask: 'key' }>,
): Promise<string | null> {
  const row = await tx
    .selectFrom('nodes')
    .select('public_key')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return row?.public_key ?? null;
}
