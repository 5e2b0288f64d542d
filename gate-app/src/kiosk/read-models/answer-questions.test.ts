import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@skygate/shared/events/envelope';
import { type Fold, rowsOf, together } from '@skygate/shared/read-models/ask';
import type { Row } from '@skygate/shared/read-models/row-change';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../event-log/open-database.ts';
import type { StoredEvents } from '../event-log/stored-event.ts';
import { createRunFold } from './answer-questions.ts';
import { createApplyRowChanges } from './apply-row-changes.ts';

const revocation = (node: string, epoch: number): Row => ({
  park: 'p',
  node,
  epoch,
  reason: 'lost',
  hlc: `${node}-${epoch}`,
  revoked_ms: epoch,
});
const noEvents = {} as StoredEvents;
const NODES = Array.from({ length: 30 }, (_, index) => `k-${index}`);

describe('what folds ask of the read models', () => {
  let folder: string;
  let database: Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-ask-'));
    database = openDatabase(join(folder, 'kiosk.sqlite'));
    const rows = NODES.flatMap((node, index) => (index % 3 === 0 ? [] : [revocation(node, 1), revocation(node, 2)]));
    createApplyRowChanges(database)(rows.map((row) => ({ op: 'insert', table: 'kiosk_revocations', row })));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  const ask = <Value>(fold: Fold<Value>, events = noEvents): Value =>
    createRunFold(database, { applyRowChanges: createApplyRowChanges(database), events })(fold);
  const ordered = (answers: readonly (readonly Row[])[]) =>
    answers.map((rows) => rows.toSorted((one, other) => Number(one['epoch']) - Number(other['epoch'])));

  it.each<[string, readonly Row[]]>([
    ['by one column of their own', NODES.map((node) => ({ park: 'p', node }))],
    ['by a number of their own', NODES.map((_, index) => ({ park: 'p', node: 'k-4', epoch: index }))],
    ['all the same', NODES.map(() => ({ park: 'p', node: 'k-5' }))],
    ['by two columns of their own', NODES.map((node, index) => ({ park: 'p', node, epoch: 1 + (index % 2) }))],
    ['with half a character in one', [...NODES, '\ud800'].map((node) => ({ park: 'p', node }))],
    ['in another order of columns', NODES.map((node, at) => (at < 9 ? { node, park: 'p' } : { park: 'p', node }))],
  ])('S7: answers many questions as it answers each: %s', (_, wheres) => {
    const oneByOne = wheres.map((where) => ask(rowsOf('kiosk_revocations', where)));
    const atOnce = ask(together(wheres.map((where) => rowsOf('kiosk_revocations', where))));
    expect(ordered(atOnce)).toEqual(ordered(oneByOne));
    expect(oneByOne.flat()).not.toHaveLength(0);
  });

  it('E6, S7: reads an event once, however many facts of it are asked for together', () => {
    const read: number[] = [];
    const read1 = (_place: object, seq: number) => {
      read.push(seq);
      return seq === 3 ? null : ({ seq } as Event);
    };
    function* eventAt(seq: number): Fold<unknown> {
      return yield { ask: 'event', park: 'p', node: 'k-1', epoch: 1, seq };
    }
    const events = { read: read1 } as unknown as StoredEvents;
    const asked = [1, 2, 1, 3, 1, 3, 2];
    expect(ask(together(asked.map(eventAt)), events)).toEqual(asked.map((seq) => (seq === 3 ? null : { seq })));
    expect(read).toEqual([1, 2, 3]);
  });
});
