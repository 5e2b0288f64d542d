import type { CatalogueDocument, CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import { ticketWindow } from '@skygate/shared/domain/pricing/slots';
import { parseTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { addDays, businessDayEndMs, businessDayStartMs, localTimeOf, msOfLocal } from '@skygate/shared/lib/local-time';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import { catalogue, openTestKiosk, PIN, park, type TestKiosk, ticketCode } from '../testing/test-park.ts';

const ZONE = 'Europe/Berlin';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const berlin = { ...park, timeZone: ZONE };

const granted = <Value>(reply: Reply<Value>): Value => {
  if (!reply.ok) throw new Error(`${reply.problem.code} ${JSON.stringify(reply.problem.data)}`);
  return reply.value;
};

const dayTicket = catalogue.products['day-ticket'] as CatalogueProduct;

/** Adults cost 100 on this date alone. */
function cheapOn(date: string): CatalogueDocument {
  const changed = structuredClone(catalogue);
  const adult = changed.products['day-ticket']?.units['adult'];
  if (adult) adult.prices[date] = 10_000;
  return changed;
}

// The clocks of Berlin go forward in the night after 28 March and back in the night after 24 October, within the
// business day that began at four the morning before.
describe.each([
  ['forward', '2026-03-28', 23, '2026-03-29T01:30:00Z'],
  ['back', '2026-10-24', 25, '2026-10-25T00:30:00Z'],
])('H2: in the night in which the clocks go %s', (_way, date, hours, halfPastTwo) => {
  const next = addDays(date, 1);
  const startMs = businessDayStartMs(date, ZONE, park.cutOffHour);
  const endMs = businessDayEndMs(date, ZONE, park.cutOffHour);
  let clock: FakeClock;
  let test: TestKiosk;

  beforeEach(() => {
    clock = fakeClock(msOfLocal(date, '22:00', ZONE));
  });
  afterEach(() => test.remove());
  const until = (ms: number): void => clock.advance(ms - clock.nowMs());
  const businessDate = async () => (await test.kiosk.api.getStatus()).businessDate;

  it('a till sells tickets of that day, at its price, until the cut-off hour and no minute longer', async () => {
    test = await openTestKiosk('till', { clock, park: berlin, catalogue: cheapOn(date), leaseDates: [date, next] });
    const { api } = test.kiosk;
    const adult = (day: string) => ({ productId: 'day-ticket', unitId: 'adult', quantity: 1, date: day, slot: 'day' });
    const sale = (commandId: string, day: string, priceMinor: number) =>
      api.completeSale({ commandId, lines: [adult(day)], tenderedMinor: priceMinor, expectedTotalMinor: priceMinor });
    granted(await api.logIn({ staffId: 'c1', pin: PIN }));
    granted(await api.openShift({ floatMinor: 0, denominations: [] }));

    const receipt = granted(await sale('evening', date, 10_000));
    const code = parseTicketCode(receipt.tickets[0]?.code ?? '');
    if (!code.ok) throw new Error('the till sold what no gate can read');
    expect(code.value.claims).toMatchObject({ date, notBeforeMs: startMs, expiresMs: endMs });
    expect(endMs - startMs).toBe(hours * HOUR_MS);

    // Through the hour that is skipped or comes twice, in steps of ten minutes.
    while (clock.nowMs() < endMs - 10 * MINUTE_MS) {
      clock.advance(10 * MINUTE_MS);
      expect([localTimeOf(clock.nowMs(), ZONE), await businessDate()]).toEqual([expect.any(String), date]);
      expect(granted(await api.quoteSale({ lines: [adult(date)] })).totalMinor).toBe(10_000);
    }
    until(endMs - 1);
    expect(localTimeOf(clock.nowMs(), ZONE)).toBe('03:59');
    granted(await sale('last', date, 10_000));

    until(endMs);
    expect(await businessDate()).toBe(next);
    granted(await api.logIn({ staffId: 'c1', pin: PIN }));
    expect(granted(await api.getSaleCatalogue({ date: null }))).toMatchObject({ date: next });
    expect((await sale('too-late', date, 10_000)).ok).toBe(false);
    expect(granted(await sale('morning', next, 50_000)).quote.totalMinor).toBe(50_000);
  });

  it('a gate admits all that day, and counts it as one', async () => {
    test = await openTestKiosk('gate', { clock, park: berlin });
    const { api } = test.kiosk;
    const ticket = (digit: number) =>
      ticketCode({ ticketId: `000000000000000${digit}`, date, notBeforeMs: startMs, expiresMs: endMs });
    const scan = async (text: string) => granted(await api.scan({ text, source: 'camera' }));
    granted(await api.logIn({ staffId: 'g1', pin: PIN }));
    // Half past two as it is first read off the clock, an hour later, and the last moment.
    for (const [index, atMs] of [Date.parse(halfPastTwo), Date.parse(halfPastTwo) + HOUR_MS, endMs - 1].entries()) {
      until(Math.min(atMs, endMs - 1));
      expect(await scan(ticket(index + 1)), localTimeOf(clock.nowMs(), ZONE)).toMatchObject({ verdict: 'admit' });
    }
    expect((await api.getStatus()).occupancy).toMatchObject({ admittedToday: 15 });
    expect(await scan(ticket(1))).toMatchObject({ verdict: 'refuse', reasons: ['already_admitted'] });
    until(endMs);
    granted(await api.logIn({ staffId: 'g1', pin: PIN }));
    expect(await scan(ticket(4))).toMatchObject({ verdict: 'refuse', reasons: ['expired'] });
    expect((await api.getStatus()).occupancy).toMatchObject({ admittedToday: 0 });
  });

  it('a timed entry of half past two is once: behind the gap, or the first of the two', async () => {
    test = await openTestKiosk('gate', { clock, park: berlin });
    const { api } = test.kiosk;
    const product: CatalogueProduct = { ...dayTicket, kind: 'timed', earlyMinutes: 10, lateMinutes: 20 };
    const slot = { date, slot: 'night@02:30' };
    const window = ticketWindow(product, slot, berlin);
    const meantMs = Date.parse(halfPastTwo);
    const ticket = (digit: number) => ticketCode({ ticketId: `000000000000000${digit}`, ...slot, ...window });
    const scan = async (text: string) => granted(await api.scan({ text, source: 'camera' }));
    granted(await api.logIn({ staffId: 'g1', pin: PIN }));
    until(meantMs - 11 * MINUTE_MS);
    expect(await scan(ticket(1))).toMatchObject({ reasons: ['not_yet_valid'] });
    until(meantMs - 10 * MINUTE_MS);
    expect(await scan(ticket(1))).toMatchObject({ verdict: 'admit' });
    until(meantMs + 19 * MINUTE_MS);
    expect(await scan(ticket(2))).toMatchObject({ verdict: 'admit' });
    until(meantMs + 21 * MINUTE_MS);
    expect(await scan(ticket(3))).toMatchObject({ reasons: ['expired'] });
    // An hour later the autumn clock shows half past two again: that is another moment.
    until(Math.min(meantMs + HOUR_MS, endMs - 1));
    expect(await scan(ticket(4))).toMatchObject({ reasons: ['expired'] });
  });
});
