import type { NodeId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { sealHead } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { expect, it } from 'vitest';
import { enrolKiosk, push, pushOf, START_MS, streamOf, type TestKiosk } from '../db/testing/test-server.ts';
import { describeHq, type HqGiven, openPark } from '../hq/testing/describe-hq.ts';
import { TODAY } from '../hq/testing/hq-test-server.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { lateSalesOf } from './late-sales.ts';

const crypto = createNodeCrypto();
const line = { productId: 'day', unitId: 'adult', quantity: 1, unitPriceMinor: 400, totalMinor: 400, date: TODAY };
const saleOf = (fill: number): JsonObject => ({
  saleId: String(fill).padStart(16, '0'),
  number: `1-${fill}`,
  shiftId: '0000000000000000',
  businessDate: TODAY,
  currency: 'KGS',
  lines: [{ ...line, slot: 'day', placesEach: 1 }],
  totalMinor: 400,
  payments: [{ method: 'cash', amountMinor: 400, tenderedMinor: 400, changeMinor: 0 }],
  leaseUses: [],
});
const SALE = { type: 'SaleCompleted', subject: 'sale:0000000000000000' };
const MINUTE_MS = 60_000;
const VERSION_2 = { [PROTOCOL_HEADER]: '2' };

describeHq('H2: a closed day that sales restate', (eachTest) => {
  let given: HqGiven;
  let till: TestKiosk;
  eachTest(async (one) => {
    given = one;
    await openPark(given.hq, given.park);
    till = await enrolKiosk(given.hq.server, { park: given.park, role: 'till' });
  });

  const sends = async (events: Parameters<typeof pushOf>[1]): Promise<void> => {
    expect((await push(given.hq.server, till.token, pushOf(till.key, events), VERSION_2)).statusCode).toBe(200);
    await given.hq.server.deps.projections.projectNow(given.park);
  };
  const lateAfter = async (closedMs: number): Promise<number> => {
    const day = { park: given.park, businessDate: TODAY, closedMs };
    const sums = await lateSalesOf(given.opened.database.reader, day);
    return sums.reduce((count, sum) => count + sum.count, 0);
  };

  it('by what is recorded again, wherever it stood, and not once more when it comes itself', async () => {
    const { clock } = given.hq.server;
    // In its own stream two other things stand at the places of the lost sales: a sale, and none.
    await sends([...till.write(1, () => saleOf(1), SALE), ...till.write(1)]);
    clock.advance(MINUTE_MS);
    const closedMs = clock.nowMs();
    const { write } = streamOf(till.enrolled);
    const lost = [...write(1, () => saleOf(2), SALE), ...write(1, () => saleOf(3), SALE)];
    const [first, last] = lost;
    if (!first || !last) throw new Error('they were written');
    const seal = { ...sealHead(crypto, till.key, last), node: till.enrolled.node as NodeId };
    const [draft] = recoveryDrafts({ events: lost, seal }, { from: 1, hash: first.hash });
    const words = { type: 'EventRecovered', subject: `stream:${till.enrolled.node}/${till.enrolled.epoch}` };
    clock.advance(MINUTE_MS);
    await sends(till.write(1, () => draft?.body as unknown as JsonObject, words));
    expect(await lateAfter(closedMs)).toBe(2);
    expect(await lateAfter(closedMs - MINUTE_MS)).toBe(3);
    expect(await lateAfter(clock.nowMs() + 1)).toBe(0);
  });

  it('X4: by what waited for a person, once that is accepted', async () => {
    const { clock } = given.hq.server;
    const { node } = till.enrolled;
    const revoked = await given.hq.call('POST', `/parks/${given.park}/kiosks/${node}/revoke`, {
      body: { reason: 'stolen' },
    });
    expect(revoked.statusCode).toBe(200);
    await sends(till.write(2, (seq) => saleOf(seq), { ...SALE, hlc: hlcOf(START_MS + 60_000_000, 0) }));
    clock.advance(MINUTE_MS);
    const closedMs = clock.nowMs();
    clock.advance(MINUTE_MS);
    expect(await lateAfter(0)).toBe(0);
    const { facts } = (await given.hq.call('GET', `/parks/${given.park}/kiosks/${node}/facts`)).json();
    expect(facts).toHaveLength(2);
    const body = { epoch: 1, hashes: [], accepted: true, reason: 'counted' };
    const decided = await given.hq.call('POST', `/parks/${given.park}/kiosks/${node}/facts`, { body });
    expect(decided.json()).toMatchObject({ decided: 2 });
    await given.hq.server.deps.projections.projectNow(given.park);
    expect(await lateAfter(closedMs)).toBe(2);
  });
});
