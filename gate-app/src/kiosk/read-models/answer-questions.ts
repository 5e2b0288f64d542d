import { isHqNode } from '@skygate/shared/lib/ids';
import type { Fold, Question } from '@skygate/shared/read-models/ask';
import type { Cell, Row } from '@skygate/shared/read-models/row-change';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import type { Database, Statement } from 'better-sqlite3';
import type { StoredEvents } from '../event-log/stored-event.ts';
import type { ApplyRowChanges } from './apply-row-changes.ts';

/** Runs a fold to its end, answering each question from this database at once. To be called within a transaction. */
export type RunFold = <Value>(fold: Fold<Value>) => Value;

export function createRunFold(
  database: Database,
  deps: { readonly applyRowChanges: ApplyRowChanges; readonly events: StoredEvents },
): RunFold {
  const statements = new Map<string, Statement<Cell[], Row>>();
  const rows = ({ table, where }: Extract<Question, { readonly ask: 'rows' }>): readonly Row[] => {
    const columns = Object.keys(where);
    const condition = columns.map((column) => `${column} = ?`).join(' AND ');
    const sql = `SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE ${condition}`;
    const statement = statements.get(sql) ?? database.prepare<Cell[], Row>(sql);
    statements.set(sql, statement);
    return statement.all(...columns.map((column) => where[column] ?? null));
  };
  const kioskKey = database
    .prepare<[string, string, number], string>(
      'SELECT public_key FROM kiosks WHERE park = ? AND node = ? AND epoch = ?',
    )
    .pluck();
  const hqKey = database
    .prepare<[string, number], string>('SELECT public_key FROM hq_keys WHERE node = ? AND epoch = ?')
    .pluck();

  const answer = (question: Question): unknown => {
    switch (question.ask) {
      case 'rows':
        return rows(question);
      case 'events':
        return deps.events.readAfter(question, question.afterHlc);
      case 'standing':
        return standing(deps.events, question);
      case 'key': {
        const { park, node, epoch } = question;
        return (isHqNode(node) ? hqKey.get(node, epoch) : kioskKey.get(park, node, epoch)) ?? null;
      }
      case 'apply':
        return deps.applyRowChanges(question.changes);
      case 'all':
        return question.questions.map(answer);
    }
  };
  return (fold) => {
    let step = fold.next();
    while (!step.done) step = fold.next(answer(step.value));
    return step.value;
  };
}

function standing(events: StoredEvents, place: Extract<Question, { readonly ask: 'standing' }>): string | null {
  const stream = events.findStream(place);
  return stream === null ? null : events.hashAt(stream, place.seq);
}
