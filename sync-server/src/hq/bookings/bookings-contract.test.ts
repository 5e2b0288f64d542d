import { placesLeft } from '@skygate/shared/domain/capacity/decide';
import { parseTicketCode, ticketCodeVerifies } from '@skygate/shared/domain/ticket/ticket-code';
import type { BookingItem } from '@skygate/shared/hq-api/bookings';
import type { SlotItem } from '@skygate/shared/hq-api/capacity';
import { idFromBytes, type ParkId } from '@skygate/shared/lib/ids';
import { expect, it } from 'vitest';
import type { OpenedDatabase } from '../../db/testing/databases.ts';
import { enrolKiosk } from '../../db/testing/test-server.ts';
import { keyInUse } from '../../hq-node/signing-key-in-use.ts';
import { declareRestored } from '../../restore/begin-recovery.ts';
import { dayPlacesOf } from '../capacity/capacity-state.ts';
import { describeHq, openSellingPark } from '../testing/describe-hq.ts';
import { type HqTestServer, TODAY } from '../testing/hq-test-server.ts';
import { createBookingExpiry } from './booking-expiry.ts';

const LINE = { productId: 'day', unitId: 'adult', quantity: 1, date: TODAY, slot: 'day' };
let ids = 0;
const newId = (): string => {
  ids += 1;
  return idFromBytes(new Uint8Array([9, 9, 9, 9, 9, 9, 9, 9, ids >> 8, ids & 255]));
};

describeHq('bookings', (eachTest) => {
  let opened: OpenedDatabase;
  let hq: HqTestServer;
  let park: ParkId;

  eachTest(async (given) => {
    ({ opened, hq, park } = given);
    await openSellingPark(hq, park);
    await hq.call('POST', `/parks/${park}/capacity`, {
      body: { date: TODAY, slot: 'day', places: 10, reason: 'season' },
    });
  });

  const at = (bookingId: string) => `/parks/${park}/bookings/${bookingId}`;
  const hold = (bookingId: string, quantity = 1, more: object = {}) =>
    hq.call('PUT', at(bookingId), {
      body: { channel: 'phone', lines: [{ ...LINE, quantity }], holdMinutes: 15, ...more },
    });
  const confirm = (bookingId: string) => hq.call('POST', `${at(bookingId)}/confirm`);
  const cancel = (bookingId: string, reason = 'the guest called') =>
    hq.call('POST', `${at(bookingId)}/cancel`, { body: { reason } });
  const slot = async (): Promise<SlotItem> =>
    (await hq.call('GET', `/parks/${park}/capacity?date=${TODAY}`)).json().slots[0];
  const listed = async (): Promise<BookingItem[]> =>
    (await hq.call('GET', `/parks/${park}/bookings?date=${TODAY}`)).json().bookings;
  const expiry = () => createBookingExpiry(hq.server.deps);
  const eventCount = async (type: string): Promise<number> =>
    (
      await opened.database.reader
        .selectFrom('events')
        .select('seq')
        .where('park', '=', park)
        .where('type', '=', type)
        .execute()
    ).length;

  it('C1: of any number of callers for the last places as many are served as there are places', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => hold(newId())));
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(10);
    const refused = answers.filter(({ statusCode }) => statusCode !== 200).map((answer) => answer.json());
    expect(new Set(refused.map(({ code, left }) => `${code} ${left}`))).toEqual(new Set(['no_places 0']));
    expect(await slot()).toMatchObject({ held: 10, confirmed: 0, sold: 0, left: 0, oversold: 0 });
  });

  it('asking again by the same id holds, confirms and cancels once', async () => {
    const bookingId = newId();
    for (let time = 0; time < 2; time += 1) expect((await hold(bookingId, 3)).statusCode).toBe(200);
    expect((await hold(bookingId, 4)).json()).toMatchObject({ status: 409, code: 'exists_already' });
    const answers = await Promise.all([confirm(bookingId), confirm(bookingId)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await hold(bookingId, 3)).statusCode).toBe(200);
    expect(await slot()).toMatchObject({ held: 0, confirmed: 3, sold: 3, left: 7 });
    for (let time = 0; time < 2; time += 1) expect((await cancel(bookingId)).statusCode).toBe(200);
    const counts = ['BookingHeld', 'BookingConfirmed', 'TicketIssued', 'BookingCancelled', 'TicketVoided'];
    expect(await Promise.all(counts.map(eventCount))).toEqual([1, 1, 3, 1, 3]);
    expect((await confirm(bookingId)).json()).toMatchObject({ status: 409, code: 'booking_over' });
  });

  it('T1: a confirmed booking has tickets that HQ’s key signed, in the same transaction', async () => {
    const bookingId = newId();
    await hold(bookingId, 2);
    expect((await listed())[0]).toMatchObject({ bookingId, status: 'held', tickets: [] });
    const answer = (await confirm(bookingId)).json();
    expect(answer.tickets).toHaveLength(2);
    const used = await keyInUse(hq.server.deps, opened.database.reader, park);
    if (!used) throw new Error('HQ has a key');
    const rows = await opened.database.reader
      .selectFrom('events')
      .select('body')
      .where('park', '=', park)
      .where('type', '=', 'TicketIssued')
      .execute();
    for (const row of rows) {
      const body = JSON.parse(row.body);
      const parsed = parseTicketCode(body.code);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
      expect(ticketCodeVerifies(hq.server.deps.crypto, parsed.value, used.key.publicKey)).toBe(true);
      expect(body.saleId).toBe(bookingId);
    }
    expect((await listed())[0]).toMatchObject({ status: 'confirmed' });
  });

  it('T1: without a key that may sign a held booking stays held, and one that is confirmed is told again', async () => {
    const [told, held] = [newId(), newId()];
    for (const bookingId of [told, held]) await hold(bookingId, 1);
    await confirm(told);
    const ends = opened.database.kysely.updateTable('signing_keys').set({ not_after_ms: hq.server.clock.nowMs() });
    await ends.where('park', '=', park).execute();
    expect((await confirm(held)).json()).toMatchObject({ status: 409, code: 'no_ticket_key' });
    expect((await confirm(told)).json().tickets).toHaveLength(1);
    expect(await slot()).toMatchObject({ held: 1, confirmed: 1 });
  });

  it('E8: a booking that was held before a restore is not confirmed before all have reported', async () => {
    await enrolKiosk(hq.server, { park, role: 'gate' });
    const bookingId = newId();
    await hold(bookingId, 1);
    await declareRestored(hq.server.deps, park, 'operator');
    expect((await confirm(bookingId)).json()).toMatchObject({ status: 409, code: 'recovering' });
    expect(await eventCount('TicketIssued')).toBe(0);
    const reason = { reason: 'the gate burnt down' };
    expect((await hq.call('POST', `/parks/${park}/recovery/override`, { body: reason })).statusCode).toBe(201);
    expect((await confirm(bookingId)).json().tickets).toHaveLength(1);
  });

  it('a hold ends by itself, after a restart too, and frees its places; a confirmed one stays', async () => {
    const [left, kept] = [newId(), newId()];
    await hold(left, 4);
    await hold(kept, 3);
    await confirm(kept);
    await expiry().expireNow();
    expect(await slot()).toMatchObject({ held: 4, left: 3 });
    hq.server.clock.advance(15 * 60_000);
    // As a server that starts finds it.
    await expiry().expireNow();
    await expiry().expireNow();
    expect(await slot()).toMatchObject({ held: 0, confirmed: 3, left: 7 });
    expect(await eventCount('BookingExpired')).toBe(1);
    expect((await confirm(left)).json()).toMatchObject({ code: 'booking_over' });
    expect((await hold(left, 4)).json()).toMatchObject({ code: 'booking_over' });
  });

  it('C1, S5: the holds of a park end though another park is in trouble', async () => {
    const stuck = `a-${park}` as ParkId;
    await openSellingPark(hq, stuck);
    await hq.call('POST', `/parks/${stuck}/capacity`, { body: { date: TODAY, slot: 'day', places: 10, reason: '' } });
    const inTrouble = hq.call('PUT', `/parks/${stuck}/bookings/${newId()}`, {
      body: { channel: 'phone', lines: [LINE], holdMinutes: 15 },
    });
    expect((await inTrouble).statusCode).toBe(200);
    await hold(newId(), 4);
    hq.server.clock.advance(15 * 60_000);
    const { deps } = hq.server;
    const keyring = {
      ...deps.keyring,
      keyPair: async (name: string) => {
        if (name.includes(stuck)) throw new Error('the key of this park does not open');
        return deps.keyring.keyPair(name);
      },
    };
    await createBookingExpiry({ ...deps, keyring }).expireNow();
    expect(await slot()).toMatchObject({ held: 0, left: 10 });
  });

  it('C5: places of a cancelled booking are idle until every gate knows, and come back once', async () => {
    const gate = await enrolKiosk(hq.server, { park, role: 'gate' });
    const bookingId = newId();
    await hold(bookingId, 4);
    await confirm(bookingId);
    await cancel(bookingId);
    expect(await slot()).toMatchObject({ idle: 4, left: 6 });
    const { reader } = opened.database;
    const { head } = await reader.selectFrom('parks').select('head').where('park', '=', park).executeTakeFirstOrThrow();
    const known = async (pulledTo: number) => {
      const day = await dayPlacesOf(reader, { park, date: TODAY, nowMs: hq.server.clock.nowMs(), pulledTo });
      return { idle: day.stateOf('day').idle, left: placesLeft(day.stateOf('day')) };
    };
    expect(await known(head - 4)).toEqual({ idle: 4, left: 6 });
    // The voids are the last four of the log: each comes back as the gates have passed it.
    expect(await known(head - 2)).toEqual({ idle: 2, left: 8 });
    expect(await known(head)).toEqual({ idle: 0, left: 10 });
    await hq.call('POST', `/parks/${park}/tickets/${(await listed())[0]?.tickets[0]?.ticketId}/void`, {
      body: { reason: 'again' },
    });
    expect(await known(head)).toEqual({ idle: 0, left: 10 });
    // A gate that pulled as far, of this log.
    const pulled = (log: string) =>
      opened.database.kysely
        .updateTable('nodes')
        .set({ pulled_position: head, pulled_log_id: log })
        .where('park', '=', park)
        .where('node', '=', gate.enrolled.node)
        .execute();
    await pulled('another');
    expect(await slot()).toMatchObject({ idle: 4, left: 6 });
    await pulled(gate.enrolled.logId);
    expect(await slot()).toMatchObject({ idle: 0, left: 10 });
  });

  it('X2: what cannot be booked is named and leaves nothing', async () => {
    const bookingId = newId();
    expect((await hold(bookingId, 0)).json()).toMatchObject({ status: 400 });
    expect((await hold('not-an-id')).json()).toMatchObject({ status: 400 });
    expect((await hold(bookingId, 1, { holdMinutes: 100_000 })).json()).toMatchObject({ status: 400 });
    expect((await hold(bookingId, 1, { lines: [{ ...LINE, unitId: 'nobody' }] })).json()).toMatchObject({
      status: 422,
    });
    expect((await hold(bookingId, 1, { lines: [{ ...LINE, date: '2026-11-25' }] })).json()).toMatchObject({
      code: 'no_places',
      left: 0,
    });
    expect((await confirm(bookingId)).json()).toMatchObject({ status: 404 });
    expect((await cancel(bookingId, '')).json()).toMatchObject({ status: 400 });
    expect(await listed()).toEqual([]);
  });
});
