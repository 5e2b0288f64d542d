import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BookingsAnswer } from '@skygate/shared/hq-api/bookings';
import type { KiosksAnswer, NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import type { HqNow } from '@skygate/shared/hq-api/now';
import type { IssuedTicketsAnswer } from '@skygate/shared/hq-api/tickets';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { DEMO_PARKS } from '../demo/demo-park.ts';
import { accepted } from '../demo/kiosk-client.ts';
import { until } from '../demo/until.ts';
import { openRestoredPark, PATIENT, type ParkKiosk, type RestoredPark } from './restored-park.ts';
import { personNamed } from './screens.ts';

// A real server over PostgreSQL whose database is put back from an older backup, and real kiosks over HTTP: every program
// is a process of its own.

const PORT_BASE = 5720;
const [DEMO] = DEMO_PARKS;
const [PRODUCT = '', product] = Object.entries(DEMO?.products ?? {}).find(([, { kind }]) => kind === 'day') ?? [];
const [UNIT = ''] = Object.keys(product?.units ?? {});
const BOOKING = '0123456789ABCDEF';
const LATER_BOOKING = '0123456789ABCDEG';

let running: RestoredPark;
let tillOne: ParkKiosk;
let tillTwo: ParkKiosk;
let gate: ParkKiosk;
let late: ParkKiosk;
let date: string;
let tickets: IssuedTicketsAnswer['tickets'];

const at = (path: string) => `/parks/${running.park}${path}`;
const setCapacity = (slot: string, places: number) =>
  running.hq().post(at('/capacity'), { date, slot, places, reason: '' });
const lend = ({ node }: ParkKiosk, places: number) =>
  running.hq().post(at('/leases'), { node, date, slot: 'day', places });
const book = (bookingId: string, quantity: number) =>
  running.hq().put(at(`/bookings/${bookingId}`), {
    channel: 'phone',
    holdMinutes: 60,
    lines: [{ productId: PRODUCT, unitId: UNIT, quantity, date, slot: 'day' }],
  });
const bookingsNow = async () => {
  const { bookings } = await running.hq().get<BookingsAnswer>(at(`/bookings?date=${date}`));
  return Object.fromEntries(bookings.map(({ bookingId, status }) => [bookingId, status]));
};
const salesNow = async () => (await running.hq().get<HqNow>('/now')).totals.sales.map(({ count }) => count);
const admittedNow = async () => {
  const now = await running.hq().get<HqNow>('/now');
  return now.parks.find(({ park }) => park === running.park)?.admittedToday;
};
async function logIn({ client }: ParkKiosk, staffId: 'aigul' | 'nurlan' | 'gulnara'): Promise<void> {
  const { api } = client();
  const { staff } = await api.getStatus();
  if (staff?.staffId === staffId) return;
  if (staff !== null) accepted('log out', await api.logOut());
  const isKnown = async () => (await api.listStaff()).some((person) => person.staffId === staffId);
  await until(`${staffId} to be known`, isKnown, PATIENT);
  accepted('log in', await api.logIn({ staffId, pin: personNamed(staffId).pin }));
}

/** What the till has of today's places; its own read models say so. */
const shareOf = async (till: ParkKiosk) => {
  await logIn(till, 'aigul');
  const { shares } = accepted('shares', await till.client().api.listShares());
  return shares.find((share) => share.date === date && share.slot === 'day')?.left ?? 0;
};
async function sellOne(till: ParkKiosk, commandId: string): Promise<void> {
  const { api } = till.client();
  const lines = [{ productId: PRODUCT, unitId: UNIT, quantity: 1, date, slot: 'day' }];
  const { totalMinor } = accepted('quote', await api.quoteSale({ lines }));
  const sale = { commandId, lines, tenderedMinor: totalMinor, expectedTotalMinor: totalMinor };
  accepted('sale', await api.completeSale(sale));
}

async function admit(kiosk: ParkKiosk, ticket: number): Promise<void> {
  const text = tickets[ticket]?.code ?? '';
  const { verdict } = accepted('scan', await kiosk.client().api.scan({ text, source: 'typed' }));
  expect(verdict).not.toBe('refuse');
}

const isSynced = ({ client, name }: ParkKiosk) =>
  until(
    `${name} to be in step with HQ`,
    () => {
      const sync = client().status()?.sync;
      return sync?.state === 'synced' && sync.waiting === 0;
    },
    PATIENT,
  );

beforeAll(async () => {
  running = await openRestoredPark(PORT_BASE);
  tillOne = await running.enrol({ name: 'till-1', role: 'till', gateId: 'till-1' }, PORT_BASE + 1);
  tillTwo = await running.enrol({ name: 'till-2', role: 'till', gateId: 'till-2' }, PORT_BASE + 2);
  gate = await running.enrol({ name: 'gate-1', role: 'gate', gateId: 'gate-1' }, PORT_BASE + 3);
  date = (await until('the day to be known', () => tillOne.client().status()?.businessDate, PATIENT)) ?? '';
  await setCapacity('day', 50);
  // Tills that ask for more by themselves get nothing: what they have is what HQ lent by hand.
  await running.hq().put(at('/capacity/reserve'), { places: 10_000 });
  const issued = {
    productId: PRODUCT,
    date,
    slot: 'day',
    tickets: [{ party: [{ unitId: UNIT, count: 1 }], count: 4 }],
  };
  ({ tickets } = await running.hq().post<IssuedTicketsAnswer>(at('/tickets'), issued));
}, 300_000);

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.log(await running.tell());
});
afterAll(() => running?.stop(), 60_000);

it('E8: kiosks give a restored server back what HQ and they had said; it sells when all have reported, or by name', async () => {
  await running.hasPulled(tillOne);
  const restore = await running.backUp();

  // The lost part: capacity, a share, a booking, a sale from the share, and another kiosk.
  await setCapacity('day', 100);
  await lend(tillOne, 7);
  await book(BOOKING, 2);
  await running.hq().post(at(`/bookings/${BOOKING}/confirm`), {});
  await until('the share to be there', async () => (await shareOf(tillOne)) === 7, PATIENT);
  accepted('shift', await tillOne.client().api.openShift({ floatMinor: 0, denominations: [] }));
  await sellOne(tillOne, 'sale-0001');
  await isSynced(tillOne);
  await until('HQ to have the sale', async () => (await salesNow()).includes(1), PATIENT);
  late = await running.enrol({ name: 'gate-2', role: 'gate', gateId: 'gate-1' }, PORT_BASE + 4);
  for (const kiosk of [tillOne, tillTwo, late]) await running.hasPulled(kiosk);
  const { kiosks: before } = await running.hq().get<KiosksAnswer>(at('/kiosks'));
  await gate.stop();
  await running.killServer();
  await restore();
  await running.startServer();

  // Its own note in the data folder says that something is missing. Only the gate that is off is waited for in the end.
  await until('the living to report', async () => (await running.missing())?.join() === 'gate-1', PATIENT);
  expect(await bookingsNow()).toEqual({ [BOOKING]: 'confirmed' });
  await until('the sale to be back', async () => (await salesNow()).includes(1), PATIENT);
  const { kiosks: after } = await running.hq().get<KiosksAnswer>(at('/kiosks'));
  const named = (kiosks: KiosksAnswer['kiosks']) => kiosks.map(({ node, name, epoch }) => ({ node, name, epoch }));
  expect(named(after)).toEqual(named(before));
  expect(await shareOf(tillOne)).toBe(6);

  await expect(book(LATER_BOOKING, 1)).rejects.toMatchObject({ status: 409 });
  await running.hq().post(at('/recovery/override'), { reason: 'gate-1 burnt down' });
  await book(LATER_BOOKING, 1);
  expect((await bookingsNow())[LATER_BOOKING]).toBe('held');
  await gate.start();
  await until('the last to report', async () => (await running.missing()) === null, PATIENT);
}, 900_000);

it('E8: what HQ wrote over its lost past is recorded again and reaches every kiosk; who alone knows of its enrolment comes back', async () => {
  await running.hasPulled(tillTwo);
  const restore = await running.backUp();

  // Lost with it: till 2's share, which it never heard of, and a gate of which nobody else has heard.
  await tillTwo.stop();
  await lend(tillTwo, 5);
  await running.hasPulled(tillOne);
  for (const kiosk of [tillOne, gate, late]) await kiosk.stop();
  const alone = await running.enrol({ name: 'gate-3', role: 'gate', gateId: 'gate-1' }, PORT_BASE + 5);
  await logIn(alone, 'nurlan');
  await admit(alone, 0);
  await isSynced(alone);
  await running.killServer();
  await restore();
  // The data folder went with the database: nothing tells the server, and HQ writes on.
  for (const file of ['heads.sqlite', 'heads.sqlite-wal', 'heads.sqlite-shm']) {
    await rm(join(running.folder, 'server', file), { force: true });
  }
  await running.startServer();
  await setCapacity('day', 110);

  // A kiosk that HQ does not know works on, and says so.
  const stateOf = () => alone.client().status()?.sync.state;
  await until('the gate to be told that HQ does not know it', () => stateOf() === 'unknown_at_hq', PATIENT);
  await admit(alone, 1);
  expect(await alone.client().api.stopToEnrolAnew()).toMatchObject({ problem: { code: 'not_permitted' } });
  expect(alone.client().status()?.stop).toBeNull();

  // What till 1 had pulled proves the restore, and HQ records it again beside what it wrote meanwhile.
  await tillOne.start();
  await tillTwo.start();
  await until('till 2 to have the share that only till 1 knew of', async () => (await shareOf(tillTwo)) === 5, PATIENT);
  expect(await shareOf(tillOne)).toBe(6);

  // A supervisor enrols the gate anew with a code for a new kiosk: HQ's list does not have it.
  await logIn(alone, 'gulnara');
  const { stop } = accepted('stop', await alone.client().api.stopToEnrolAnew());
  expect(stop).toMatchObject({ code: 'unknown_at_hq', mayEnrol: true });
  const place = { name: 'gate-3', role: 'gate', gateId: 'gate-1' };
  const { code } = await running.hq().post<NewKioskAnswer>(at('/kiosks'), place);
  accepted('enrol anew', await alone.client().api.enrol({ serverUrl: running.serverUrl, code }));
  await until(
    'its past to be at HQ',
    () => {
      const { recovery, stop: stopped } = alone.client().status() ?? {};
      return stopped === null && recovery?.pastPulled && recovery.toDeliver === 0 && recovery.toRecord === 0;
    },
    PATIENT,
  );
  await isSynced(alone);
  await until('both its admissions to be counted', async () => (await admittedNow()) === 2, PATIENT);
  const { kiosks } = await running.hq().get<KiosksAnswer>(at('/kiosks'));
  expect(kiosks.filter(({ name }) => name === 'gate-3')).toMatchObject([{ node: alone.node, ended: null }]);
  // Nothing was recorded a second time, and it works.
  expect(alone.client().status()?.recovery).toMatchObject({ recorded: 0 });
  await logIn(alone, 'nurlan');
  await admit(alone, 2);
  await until('the third admission to be counted', async () => (await admittedNow()) === 3, PATIENT);
  await gate.start();
  await late.start();
  await until('all to have reported', async () => (await running.missing()) === null, PATIENT);
}, 900_000);
