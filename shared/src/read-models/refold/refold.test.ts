import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import { type Fold, type Question, rowsOf } from '../ask.ts';
import type { Row, RowChange } from '../row-change.ts';
import { refold } from './refold.ts';
import type { Refolder } from './refolder.ts';

const crypto = cryptoFromNode(nodeCrypto);

const matches = (row: Row, where: Row): boolean => Object.entries(where).every(([name, cell]) => row[name] === cell);
function after(rows: readonly Row[], change: RowChange): Row[] {
  if (change.op === 'insert') return [...rows, change.row];
  return change.op === 'remove' ? rows.filter((row) => !matches(row, change.key)) : [...rows];
}

/** A database of two tables, for the order of questions and writes alone. */
function fakeTables(facts: Row[]) {
  const tables = new Map<string, Row[]>([['ticket_facts', facts]]);
  const applied: RowChange[] = [];
  const answer = (question: Question): unknown => {
    if (question.ask === 'all') return question.questions.map(answer);
    if (question.ask === 'rows')
      return (tables.get(question.table) ?? []).filter((row) => matches(row, question.where));
    if (question.ask !== 'apply') throw new Error(`nobody asks for ${question.ask} here`);
    applied.push(...question.changes);
    for (const change of question.changes) tables.set(change.table, after(tables.get(change.table) ?? [], change));
    return undefined;
  };
  const run = <Value>(fold: Fold<Value>): Value => {
    let step = fold.next();
    while (!step.done) step = fold.next(answer(step.value));
    return step.value;
  };
  return { tables, applied, run };
}

const fact = (ticket: string, seq: number): Row => ({
  park: 'p',
  ticket_id: ticket,
  node: 'n',
  epoch: 1,
  seq,
  fork: '',
});
const inserted = (row: Row): RowChange => ({ op: 'insert', table: 'ticket_facts', row });

/** A ticket with more than one fact has a case. */
const cases: Refolder = {
  table: 'cases',
  key: ['park', 'ticket_id'],
  touched: {
    // biome-ignore lint/correctness/useYield: the change names its key
    *ticket_facts(change) {
      return change.op === 'insert'
        ? [{ park: change.row['park'] ?? null, ticket_id: change.row['ticket_id'] ?? null }]
        : [];
    },
  },
  *rows(key) {
    const facts = yield* rowsOf('ticket_facts', key);
    if (facts.some(({ seq }) => seq === 13)) throw new Error('thirteen');
    return facts.slice(1).map((row) => ({ ...row, case_id: `case-${row['seq']}` }));
  },
};

describe('refolding', () => {
  it('S7: makes the rows of each touched key anew, once, and writes only what has changed', () => {
    const facts = [fact('A', 1), fact('A', 2), fact('B', 3)];
    const { tables, applied, run } = fakeTables(facts);
    run(refold(facts.map(inserted), { crypto }, [cases]));
    expect(tables.get('cases')).toMatchObject([{ case_id: 'case-2' }]);
    expect(applied).toHaveLength(1);
    run(refold(facts.map(inserted), { crypto }, [cases]));
    expect(applied).toHaveLength(1);
  });

  it('S7: of a key with many rows writes those that came and went, and no other', () => {
    const facts = Array.from({ length: 100 }, (_, at) => fact('A', 100 + at));
    const { tables, applied, run } = fakeTables(facts);
    run(refold(facts.map(inserted), { crypto }, [cases]));
    applied.length = 0;
    // The first fact is another now: its successor is no case any more, and the one that was first is one.
    facts.splice(0, 2, fact('A', 101), fact('A', 100));
    run(refold([inserted(fact('A', 100))], { crypto }, [cases]));
    expect(applied).toMatchObject([
      { op: 'remove', key: { park: 'p', case_id: 'case-101' } },
      { op: 'insert', row: { case_id: 'case-100' } },
    ]);
    expect(tables.get('cases')).toHaveLength(99);
  });

  it('S7: one key that cannot be made holds up no other', () => {
    const facts = [fact('A', 13), fact('B', 1), fact('B', 2)];
    const { tables, run } = fakeTables(facts);
    const problems = run(refold(facts.map(inserted), { crypto }, [cases]));
    expect(problems).toEqual([{ readModel: 'cases', key: { park: 'p', ticket_id: 'A' }, error: 'thirteen' }]);
    expect(tables.get('cases')).toMatchObject([{ case_id: 'case-2' }]);
  });

  it('S7: what follows from rows that came is applied, and seen by the refolders after', () => {
    const seen: RowChange[] = [];
    const followed: RowChange = { op: 'add', table: 'refusals', key: { park: 'p' }, deltas: { count: 1 } };
    // biome-ignore lint/correctness/useYield: asks nothing
    function* note(change: RowChange): Fold<readonly Row[]> {
      seen.push(change);
      return [];
    }
    const first: Refolder = {
      ...cases,
      *follow({ added }) {
        return added.map(() => followed);
      },
    };
    const second: Refolder = {
      ...cases,
      touched: { ticket_facts: note, cases: note, refusals: note },
    };
    const facts = [fact('A', 1), fact('A', 2)];
    const { applied, run } = fakeTables(facts);
    run(refold(facts.map(inserted), { crypto }, [first, second]));
    expect(applied).toContain(followed);
    expect(seen.map(({ op }) => op)).toEqual(['insert', 'insert', 'insert', 'add']);
  });
});
