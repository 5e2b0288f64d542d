import { addDays } from '@skygate/shared/lib/local-time';
import { expect, it } from 'vitest';
import { describeOnDatabases, type Given } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, push, pushOf } from '../db/testing/test-server.ts';
import { createDocumentStore } from '../documents/document-store.ts';
import { lateDaysOf } from '../hq/now/late-days.ts';
import { quarantineOf } from '../hq/quarantine/quarantine-of.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { lateSalesOf } from './late-sales.ts';
import { rebuildPark } from './rebuild.ts';
import { replayOlder } from './replay-quarantine.ts';

const crypto = createNodeCrypto();
const TODAY = '2026-11-21';
const admitted = (people: number) => () => ({
  ticketId: '0123456789ABCDEF',
  gateId: 'gate-1',
  people,
  businessDate: TODAY,
  verdict: 'admit',
  silentGates: [],
});
const ADMISSION = { type: 'TicketAdmitted', subject: 'ticket:0123456789ABCDEF' };
const line = {
  productId: 'day',
  unitId: 'adult',
  quantity: 1,
  unitPriceMinor: 400,
  totalMinor: 400,
  date: TODAY,
  slot: 'day',
  placesEach: 1,
};
const sale = () => ({
  saleId: '0123456789ABCDEF',
  number: '1-1',
  shiftId: '0000000000000000',
  businessDate: TODAY,
  currency: 'KGS',
  lines: [line],
  totalMinor: 400,
  payments: [{ method: 'cash', amountMinor: 400, tenderedMinor: 400, changeMinor: 0 }],
  leaseUses: [],
});

describeOnDatabases('projections folded anew', (eachTest) => {
  let given: Given;
  eachTest((one) => {
    given = one;
  });

  const admittedNow = async (): Promise<number> => {
    const { reader } = given.opened.database;
    const row = await reader
      .selectFrom('gate_totals')
      .select('admitted')
      .where('park', '=', given.park)
      .executeTakeFirst();
    return row?.admitted ?? 0;
  };
  const busyPark = async () => {
    const kiosk = await enrolKiosk(given.server, { park: given.park });
    kiosk.write(600, admitted(2), ADMISSION);
    kiosk.write(1, sale, { type: 'SaleCompleted' });
    kiosk.write(1, () => ({}), { type: 'TicketTeleported' });
    kiosk.write(1, () => ({ ...sale(), saleId: '0123456789ABCDEG', currency: 'USD', totalMinor: 7 }), {
      type: 'SaleCompleted',
    });
    for (let from = 0; from < kiosk.log.length; from += 400) {
      await push(given.server, kiosk.token, pushOf(kiosk.key, kiosk.log.slice(from, from + 400)));
    }
    await given.server.deps.projections.projectNow(given.park);
    return kiosk;
  };
  const deps = () => ({ database: given.opened.database, crypto, documents: createDocumentStore({ crypto }) });

  it('S7: a rebuilt park has the state hash that it had', async () => {
    await busyPark();
    const rebuilt = await rebuildPark(deps(), given.park, { replace: false });
    expect(rebuilt.after).toBe(rebuilt.before);
    expect(await admittedNow()).toBe(1200);
  });

  it('S7: a park whose read models were wrong differs, keeps them, and with `replace` is right again', async () => {
    await busyPark();
    await given.opened.database.kysely
      .updateTable('gate_totals')
      .set({ admitted: 7 })
      .where('park', '=', given.park)
      .execute();
    const kept = await rebuildPark(deps(), given.park, { replace: false });
    expect(kept.after).not.toBe(kept.before);
    expect(await admittedNow()).toBe(7);
    expect((await rebuildPark(deps(), given.park, { replace: true })).after).toBe(kept.after);
    expect(await admittedNow()).toBe(1200);
  });

  it('S7: what an older program put aside is tried again by this one, once', async () => {
    const kiosk = await busyPark();
    const { kysely, reader } = given.opened.database;
    // As an older program would have left it: the admission's sum is missing, and said to be.
    await kysely.updateTable('gate_totals').set({ admitted: 1198 }).where('park', '=', given.park).execute();
    const { node, epoch } = kiosk.enrolled;
    const key = JSON.stringify([given.park, TODAY, 'gate-1']);
    const place = { park: given.park, read_model: 'gate_totals', key, node, epoch, seq: 5 };
    await kysely
      .insertInto('quarantine')
      .values({ ...place, error: 'older', program: 0, waits_for: null })
      .execute();
    for (let time = 0; time < 2; time += 1) {
      let after: Awaited<ReturnType<typeof replayOlder>> = null;
      do after = await replayOlder(deps(), given.park, after);
      while (after);
      expect(await admittedNow()).toBe(1200);
    }
    const { events: left } = await quarantineOf(reader, given.park);
    expect(left).toMatchObject([{ readModel: 'all', type: 'TicketTeleported', seq: 602 }]);
  });

  it('H2, M1: sales that come in after their day was closed are told, each currency by itself', async () => {
    await busyPark();
    const { reader } = given.opened.database;
    const day = { park: given.park, businessDate: TODAY };
    const nowMs = given.server.clock.nowMs();
    expect(await lateSalesOf(reader, { ...day, closedMs: nowMs + 1 })).toEqual([]);
    expect(await lateSalesOf(reader, { ...day, closedMs: nowMs - 1 })).toMatchObject([
      { currency: 'KGS', count: 1, amountMinor: 400 },
      { currency: 'USD', count: 1, amountMinor: 7 },
    ]);
  });

  it('H2: HQ is shown which days of the last week late sales have restated', async () => {
    const today = { businessDate: addDays(TODAY, 2), timeZone: 'Asia/Bishkek', cutOffHour: 4 };
    given.server.clock.advance(2 * 24 * 60 * 60_000);
    await busyPark();
    const late = await lateDaysOf(given.opened.database.reader, given.park, today);
    expect(late).toEqual([
      { businessDate: TODAY, currency: 'KGS', count: 1, amountMinor: 400 },
      { businessDate: TODAY, currency: 'USD', count: 1, amountMinor: 7 },
    ]);
  });
});
