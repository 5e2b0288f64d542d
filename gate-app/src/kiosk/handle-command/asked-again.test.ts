import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import { pruneSlice } from '../checkpoints/prune-slice.ts';
import { openDatabase } from '../event-log/open-database.ts';
import { OTHER_TILL, openTestKiosk, PIN, type TestKiosk, TILL, TODAY } from '../testing/test-park.ts';

const granted = <Value>(reply: Reply<Value>): Value => {
  if (!reply.ok) throw new Error(`${reply.problem.code} ${JSON.stringify(reply.problem.data)}`);
  return reply.value;
};

const line = { productId: 'day-ticket', unitId: 'family', quantity: 1, date: TODAY, slot: 'day' };
const sale = { commandId: 'command-1', lines: [line], tenderedMinor: 120_000, expectedTotalMinor: 120_000 };
const move = { commandId: 'move-0001', amountMinor: -5_000, reason: 'milk' };
const give = { commandId: 'give-0001', date: TODAY, slot: 'day', places: 3, to: OTHER_TILL };
const DONE_BEFORE = { ok: false, problem: { code: 'done_before' } };

describe('K4: a command that is asked again when its events were let go', () => {
  let test: TestKiosk;
  beforeEach(async () => {
    test = await openTestKiosk('till');
    granted(await test.kiosk.api.logIn({ staffId: 's1', pin: PIN }));
    granted(await test.kiosk.api.openShift({ floatMinor: 10_000, denominations: [] }));
  });
  afterEach(() => test.remove());

  /** As if it were old and the server had it: all of the till's events go, but the head. */
  async function prune(): Promise<void> {
    await test.kiosk.stop();
    const database = openDatabase(join(test.folder, 'kiosk.sqlite'));
    const all = Number.MAX_SAFE_INTEGER;
    const own = { node: TILL, epoch: 1 };
    const checkpoint = { vector: [{ ...own, seq: all, hash: '' }], stateHash: '', schema: 1, projection: 1 };
    const age = { beforeHlc: 'f'.repeat(16), ownDurable: all, foreignDurable: false };
    expect(pruneSlice(database, { checkpoint, own, ...age, sliceEvents: 500 })).toBe(5);
    database.close();
    test = await test.restart();
    granted(await test.kiosk.api.logIn({ staffId: 's1', pin: PIN }));
  }

  it('is told that it was done, and does nothing a second time', async () => {
    granted(await test.kiosk.api.completeSale(sale));
    granted(await test.kiosk.api.moveCash(move));
    granted(await test.kiosk.api.giveShare(give));
    granted(await test.kiosk.api.completeSale({ ...sale, commandId: 'command-2' }));
    const { shift, sync } = await test.kiosk.api.getStatus();
    await prune();
    expect(await test.kiosk.api.completeSale(sale)).toMatchObject(DONE_BEFORE);
    const pastShare = { staffId: 's1', pin: '0000', reason: '' };
    expect(await test.kiosk.api.completeSale({ ...sale, pastShare })).toMatchObject(DONE_BEFORE);
    expect(await test.kiosk.api.moveCash(move)).toMatchObject(DONE_BEFORE);
    expect(await test.kiosk.api.giveShare(give)).toMatchObject(DONE_BEFORE);
    const after = await test.kiosk.api.getStatus();
    expect([after.shift, after.sync.waiting]).toEqual([shift, sync.waiting]);
  });
});
