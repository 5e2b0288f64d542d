import { placesLeft } from '@skygate/shared/domain/capacity/decide';
import { draft } from '@skygate/shared/events/catalogue';
import type { CapacityAnswer } from '@skygate/shared/hq-api/capacity';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { LeasesResponse } from '@skygate/shared/protocol/leases';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import type { OpenedDatabase } from '../../db/testing/databases.ts';
import { enrolKiosk, push, pushOf, type TestKiosk } from '../../db/testing/test-server.ts';
import { appendHqEvents } from '../../hq-node/append-hq-events.ts';
import { describeHq, openSellingPark } from '../testing/describe-hq.ts';
import { type HqTestServer, TODAY } from '../testing/hq-test-server.ts';
import { dayPlacesOf } from './capacity-state.ts';

const DAY = { date: TODAY, slot: 'day' };
/** The end of the business day in Bishkek. */
const ENDS_MS = Date.parse('2026-11-21T22:00:00Z');
const TICKET = '0123456789ABCDEF';

describeHq('leases', (eachTest) => {
  let opened: OpenedDatabase;
  let hq: HqTestServer;
  let park: ParkId;

  eachTest(async (given) => {
    ({ opened, hq, park } = given);
    await openSellingPark(hq, park);
    await setCapacity(100);
  });

  const setCapacity = (places: number) =>
    hq.call('POST', `/parks/${park}/capacity`, { body: { ...DAY, places, reason: 'season' } });
  const till = (name: string) => enrolKiosk(hq.server, { park, role: 'till', name });
  const answerOf = (asker: TestKiosk, wants: readonly object[]) =>
    hq.app.inject({
      method: 'POST',
      url: '/sync/leases',
      headers: { [PROTOCOL_HEADER]: '2', authorization: `Bearer ${asker.token}` },
      payload: { wants },
    });
  const ask = async (asker: TestKiosk, places: number, more: object = {}): Promise<LeasesResponse['granted']> =>
    (await answerOf(asker, [{ ...DAY, places, ...more }])).json().granted;
  const seen = async (): Promise<CapacityAnswer> =>
    (await hq.call('GET', `/parks/${park}/capacity?date=${TODAY}`)).json();
  const daySlot = async () => (await seen()).slots[0];
  const tell = async (kiosk: TestKiosk, type: string, body: JsonObject, hlc?: string) => {
    kiosk.write(1, () => body, hlc === undefined ? { type } : { type, hlc });
    const sent = await push(hq.server, kiosk.token, pushOf(kiosk.key, kiosk.log.slice(-1)));
    expect(sent.statusCode).toBe(200);
    await hq.server.deps.projections.projectNow(park);
  };
  const ticketOf = ({ saleId }: JsonObject): JsonObject => ({
    ticketId: TICKET,
    saleId: saleId ?? null,
    productId: 'day',
    party: [{ unitId: 'adult', count: 1 }],
    parks: [park],
    ...DAY,
    issuedMs: 0,
    notBeforeMs: 0,
    expiresMs: 1,
    kid: '0123456789abcdef',
    flags: 0,
    code: 'x'.repeat(20),
  });
  const sold = (leaseId: string, places: number): JsonObject => ({
    saleId: leaseId,
    number: '1-0001',
    shiftId: '0000000000000000',
    businessDate: TODAY,
    currency: 'KGS',
    lines: [
      {
        productId: 'day',
        unitId: 'adult',
        quantity: places,
        unitPriceMinor: 0,
        totalMinor: 0,
        ...DAY,
        placesEach: 1,
      },
    ],
    totalMinor: 0,
    payments: [],
    leaseUses: [{ leaseId, ...DAY, places }],
  });

  it('C4: a till that asks is lent its part, and asking again after a lost answer brings nothing twice', async () => {
    const first = await till('Till 1');
    await till('Till 2');
    expect(await ask(first, 40)).toEqual([{ ...DAY, places: 40, left: 60 }]);
    expect(await ask(first, 40)).toEqual([{ ...DAY, places: 0, left: 60 }]);
    const [lease] = (await seen()).leases;
    await tell(first, 'SaleCompleted', sold(lease?.leaseId ?? '', 30));
    expect(await ask(first, 40)).toEqual([{ ...DAY, places: 30, left: 30 }]);
    // Of what is left half is for the other till.
    expect(await ask(first, 1_000)).toEqual([{ ...DAY, places: 15, left: 15 }]);
    expect(await daySlot()).toMatchObject({ capacity: 100, leased: 85, sold: 30, left: 15, oversold: 0 });
  });

  it('C4: HQ’s reserve is never lent by itself, and a person may still lend it', async () => {
    const asker = await till('Till 1');
    const reserve = await hq.call('PUT', `/parks/${park}/capacity/reserve`, { body: { places: 90 } });
    expect(reserve.json()).toEqual({ places: 90 });
    expect((await seen()).reserve).toBe(90);
    expect(await ask(asker, 40)).toEqual([{ ...DAY, places: 10, left: 90 }]);
    expect(await ask(asker, 40)).toEqual([{ ...DAY, places: 0, left: 90 }]);
    const body = { node: asker.enrolled.node, ...DAY, places: 5 };
    expect((await hq.call('POST', `/parks/${park}/leases`, { body })).statusCode).toBe(201);
    expect((await hq.call('PUT', `/parks/${park}/capacity/reserve`, { body: { places: -1 } })).statusCode).toBe(400);
  });

  it('C1: of many tills that ask at once, no place is lent twice', async () => {
    const tills = await Promise.all(Array.from({ length: 5 }, (_, index) => till(`Till ${index}`)));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => ask(tills[index % 5] as TestKiosk, 10 + 3 * index)),
    );
    const lent = answers.flat().reduce((sum, { places }) => sum + places, 0);
    expect(lent).toBeLessThanOrEqual(100);
    expect(await daySlot()).toMatchObject({ leased: lent, left: 100 - lent });
  });

  it('X2: a wish that is none is refused or brings nothing, and a gate is lent nothing', async () => {
    const asker = await till('Till 1');
    for (const wants of [[], [{ ...DAY, places: 0 }], [{ ...DAY, places: 1.5 }], [{ ...DAY, slot: 'sky' }], 'all']) {
      expect((await answerOf(asker, wants as object[])).json()).toMatchObject({ status: 400, code: 'malformed' });
    }
    expect(await ask(asker, 5, { date: '2026-02-30' })).toMatchObject([{ places: 0 }]);
    expect(await ask(asker, 5, { date: '9999-12-31' })).toMatchObject([{ places: 0, left: 0 }]);
    const gate = await enrolKiosk(hq.server, { park, role: 'gate' });
    expect(await ask(gate, 5)).toMatchObject([{ places: 0 }]);
    const refused = await hq.app.inject({
      method: 'POST',
      url: '/sync/leases',
      headers: { [PROTOCOL_HEADER]: '2' },
      payload: { wants: [{ ...DAY, places: 1 }] },
    });
    expect(refused.json()).toMatchObject({ status: 401 });
  });

  it('C4: returned places are lent anew once HQ holds the event; C1: a lowered capacity lends nothing', async () => {
    const asker = await till('Till 1');
    await ask(asker, 100);
    const [lease] = (await seen()).leases;
    await setCapacity(80);
    expect(await daySlot()).toMatchObject({ capacity: 80, left: 0, oversold: 20 });
    const leaseId = lease?.leaseId ?? '';
    await tell(asker, 'LeaseReturned', { leaseId, ...DAY, places: 60, reason: 'capacity_lowered' });
    expect(await daySlot()).toMatchObject({ returned: 60, left: 40, oversold: 0 });
    expect(await ask(asker, 60)).toEqual([{ ...DAY, places: 20, left: 20 }]);
  });

  it('C4: a transfer moves places between tills and HQ’s total stays', async () => {
    const [giver, taker] = [await till('Till 1'), await till('Till 2')];
    await ask(giver, 40);
    const [lease] = (await seen()).leases;
    const given = {
      leaseId: lease?.leaseId ?? '',
      newLeaseId: '00000000000000T1',
      to: taker.enrolled.node,
      toEpoch: 1,
      ...DAY,
      places: 15,
      endsHlc: hlcOf(ENDS_MS, 0),
    };
    await tell(giver, 'LeaseTransferred', given);
    expect(await daySlot()).toMatchObject({ leased: 40, given: 15, left: 60 });
    expect((await seen()).leases).toMatchObject([
      { kioskName: 'Till 1', places: 40, given: 15, fromName: null },
      { kioskName: 'Till 2', places: 15, given: 0, fromName: 'Till 1' },
    ]);
    // What it has by transfer is its own: a wish of as many brings nothing.
    expect(await ask(taker, 15)).toMatchObject([{ places: 0 }]);
    await tell(giver, 'LeaseTransferred', { ...given, newLeaseId: '00000000000000T2', places: 1_000_000 });
    expect(await daySlot()).toMatchObject({ leased: 40, left: 60 });
    const findings = (await seen()).findings.map(({ kind, kioskName }) => `${kind} ${kioskName}`);
    expect(findings.sort()).toEqual(['overdrawn Till 1', 'worthless_transfer Till 2', 'worthless_transfer Till 2']);
  });

  it('C2: only its holder’s own seal past the end, by a clock the server’s does not contradict, frees a lease', async () => {
    const asker = await till('Till 1');
    await ask(asker, 40);
    const [lease] = (await seen()).leases;
    await tell(asker, 'SaleCompleted', sold(lease?.leaseId ?? '', 3));
    // A clock half a day ahead: what it says of the time ends nothing.
    await tell(asker, 'CashMoved', { shiftId: '0000000000000000', amountMinor: 1, reason: 'x' }, hlcOf(ENDS_MS, 0));
    expect(await daySlot()).toMatchObject({ left: 60 });
    expect((await seen()).leases).toMatchObject([{ state: 'open' }]);
    const later = await dayPlacesOf(opened.database.reader, { park, date: TODAY, nowMs: ENDS_MS });
    expect(placesLeft(later.stateOf('day'))).toBe(97);
  });

  it('C2, E6: the lease of a revoked till is not free before its fence or a named override', async () => {
    const asker = await till('Till 1');
    await ask(asker, 40);
    const { node, epoch } = asker.enrolled;
    const revoked = { kiosk: node, kioskEpoch: epoch, reason: 'stolen' };
    await appendHqEvents(hq.server.deps, park, [
      draft('KioskRevoked', `kiosk:${node}`, revoked as never, { actor: 'hq:anna' }),
    ]);
    expect(await daySlot()).toMatchObject({ left: 60 });
    const [lease] = (await seen()).leases;
    const path = `/parks/${park}/leases/${lease?.leaseId}/take-back`;
    for (const reason of ['', ' ']) expect((await hq.call('POST', path, { body: { reason } })).statusCode).toBe(400);
    for (let time = 0; time < 2; time += 1) {
      expect((await hq.call('POST', path, { body: { reason: 'stolen' } })).statusCode).toBe(200);
    }
    expect(await daySlot()).toMatchObject({ left: 100 });
    expect((await seen()).leases).toMatchObject([{ state: 'taken_back' }]);
    const overrides = await opened.database.reader
      .selectFrom('capacity_overrides')
      .select(['kind', 'places', 'reason'])
      .where('park', '=', park)
      .execute();
    expect(overrides).toEqual([{ kind: 'lease_taken_back', places: 40, reason: expect.stringMatching(/^text:/) }]);
    // What it sold all the same comes to light, by way of another kiosk, and is counted and named.
    const relay = await till('Till 2');
    await tell({ ...asker, token: relay.token }, 'SaleCompleted', sold(lease?.leaseId ?? '', 45));
    expect(await daySlot()).toMatchObject({ left: 55 });
    expect((await seen()).findings).toMatchObject([{ kind: 'overdrawn', places: 40, out: 45, kioskName: 'Till 1' }]);
    const unknown = await hq.call('POST', `/parks/${park}/leases/00000000000000ZZ/take-back`, {
      body: { reason: 'x' },
    });
    expect(unknown.statusCode).toBe(404);
  });

  it('C5, X4: a voided ticket of a sale that waits for a person gives its places back like any other', async () => {
    const asker = await till('Till 1');
    await ask(asker, 40);
    const { node, epoch } = asker.enrolled;
    const [lease] = (await seen()).leases;
    const revoked = { kiosk: node, kioskEpoch: epoch, reason: 'stolen' };
    await appendHqEvents(hq.server.deps, park, [
      draft('KioskRevoked', `kiosk:${node}`, revoked as never, { actor: 'hq:anna' }),
    ]);
    // It had not heard of that: what it sold then comes by way of another kiosk, dated later.
    const later = { ...asker, token: (await till('Till 2')).token };
    const sale = sold(lease?.leaseId ?? '', 3);
    const hlc = hlcOf(hq.server.clock.nowMs() + 60_000, 0);
    asker.write(1, () => sale, { type: 'SaleCompleted', subject: `sale:${sale['saleId']}`, hlc });
    asker.write(1, () => ticketOf(sale), { type: 'TicketIssued', hlc: hlcOf(hq.server.clock.nowMs() + 60_000, 1) });
    expect((await push(hq.server, later.token, pushOf(asker.key, asker.log))).statusCode).toBe(200);
    await hq.server.deps.projections.projectNow(park);
    const { reader } = opened.database;
    const waiting = await reader.selectFrom('withheld_facts').select('type').where('park', '=', park).execute();
    expect(waiting).toEqual([{ type: 'SaleCompleted' }]);
    const before = await daySlot();
    const path = `/parks/${park}/tickets/${TICKET}/void`;
    expect((await hq.call('POST', path, { body: { reason: 'sold by a thief' } })).statusCode).toBe(200);
    expect(await daySlot()).toMatchObject({ sold: 2, idle: 0, left: (before?.left ?? 0) + 1 });
  });

  it.each([
    ['its lines are no numbers', { lines: [{ quantity: 1, placesEach: 'x' }] }],
    ['its lines are a word', { lines: 'x' }],
    ['it has a character that no text holds', { lines: [{ quantity: 1, placesEach: 50 }], note: '\u0000' }],
    ['it is another sale than it is called', { ...sold('00000000000000XX', 40) }],
  ])('C1, C5, X2: a voided ticket of a sale that is none frees nothing and breaks nothing: %s', async (_how, sale) => {
    const asker = await till('Till 1');
    await ask(asker, 40);
    const [lease] = (await seen()).leases;
    const saleId = '00000000000000S1';
    asker.write(1, () => sale as JsonObject, { type: 'SaleCompleted', subject: `sale:${saleId}` });
    expect((await push(hq.server, asker.token, pushOf(asker.key, asker.log))).statusCode).toBe(200);
    await tell(asker, 'TicketIssued', ticketOf({ saleId }));
    await tell(asker, 'SaleCompleted', { ...sold(lease?.leaseId ?? '', 20), saleId: '00000000000000S2' });
    await tell(asker, 'TicketVoided', { ticketId: TICKET, reason: 'x' });
    expect(await daySlot()).toMatchObject({ capacity: 100, leased: 40, left: 60, idle: 0 });
    const day = await dayPlacesOf(opened.database.reader, { park, date: TODAY, nowMs: hq.server.clock.nowMs() });
    expect(Number.isSafeInteger(placesLeft(day.stateOf('day')))).toBe(true);
    expect(await ask(asker, 1_000)).toMatchObject([{ places: expect.any(Number) }]);
    expect((await daySlot())?.left).toBeGreaterThanOrEqual(0);
  });

  it('C3: a share that is taken back gives HQ what its till has not sold, and no place more', async () => {
    const asker = await till('Till 1');
    await ask(asker, 40);
    const [lease] = (await seen()).leases;
    await tell(asker, 'SaleCompleted', sold(lease?.leaseId ?? '', 15));
    const path = `/parks/${park}/leases/${lease?.leaseId}/take-back`;
    expect((await hq.call('POST', path, { body: { reason: 'the till is broken' } })).statusCode).toBe(200);
    expect(await daySlot()).toMatchObject({ left: 85 });
    const overrides = opened.database.reader.selectFrom('capacity_overrides').select('places').where('park', '=', park);
    expect(await overrides.execute()).toEqual([{ places: 25 }]);
  });

  it('C3: what a till sold past its share by name counts on top', async () => {
    const asker = await till('Till 1');
    await ask(asker, 100);
    const [lease] = (await seen()).leases;
    await tell(asker, 'SaleCompleted', sold(lease?.leaseId ?? '', 100));
    const past = { kind: 'sold_past_share', ...DAY, places: 4, leaseId: null, reason: 'school class' };
    await tell(asker, 'CapacityOverridden', past);
    expect(await daySlot()).toMatchObject({ sold: 104, overridden: 4, oversold: 0, left: 0 });
    await setCapacity(110);
    expect(await daySlot()).toMatchObject({ left: 6 });
  });
});
