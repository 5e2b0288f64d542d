import { describe, expect, it } from 'vitest';
import type { CatalogueProduct, CatalogueUnit } from '../../documents/catalogue-document.ts';
import { msOfLocal } from '../../lib/local-time.ts';
import { unitPeople, unitPriceMinor } from './price.ts';
import { slotsOf, startTimeOf, ticketWindow, timedProductOf } from './slots.ts';

const words = { ru: '', ky: '', en: '' };
const family: CatalogueUnit = {
  name: words,
  hint: words,
  order: 1,
  party: { adult: 2, child: 3 },
  placesEach: 5,
  note: 'none',
  priceMinor: 110_000,
  prices: { '2026-12-31': 0 },
};
const timed = (over: Partial<CatalogueProduct> = {}): CatalogueProduct => ({
  name: words,
  kind: 'timed',
  active: true,
  order: 1,
  entriesAllowed: 1,
  gates: {},
  startTimes: { '14:00': true, '09:30': true, '18:00': false, '00:30': true },
  earlyMinutes: 10,
  lateMinutes: 20,
  whenGateSilent: 'provisional',
  units: { family },
  ...over,
});
const berlin = { timeZone: 'Europe/Berlin', cutOffHour: 4 };

describe('a price', () => {
  it('is the one of the date, also if that is nothing, else the usual one', () => {
    expect(unitPriceMinor(family, '2026-12-30')).toBe(110_000);
    expect(unitPriceMinor(family, '2026-12-31')).toBe(0);
    expect(unitPriceMinor(family, 'constructor')).toBe(110_000);
  });

  it('lets in the whole party', () => {
    expect(unitPeople(family)).toBe(5);
  });
});

describe('a slot', () => {
  it('is the day, or one of the starting times that are on, in order', () => {
    expect(slotsOf('rides', timed())).toEqual(['rides@00:30', 'rides@09:30', 'rides@14:00']);
    expect(slotsOf('rides', timed({ kind: 'day' }))).toEqual(['day']);
    expect(['day', 'rides@14:00'].map(startTimeOf)).toEqual([null, '14:00']);
    const products = { rides: timed(), day: timed() };
    expect(
      ['rides@14:00', 'day', 'gone@14:00', 'constructor@14:00'].map((slot) => timedProductOf(products, slot)),
    ).toEqual([products.rides, undefined, undefined, undefined]);
  });

  it('H2: of a starting time before the cut-off belongs to the night at the end of the business day', () => {
    const window = ticketWindow(timed(), { date: '2026-11-21', slot: 'rides@00:30' }, berlin);
    expect(window.notBeforeMs).toBe(msOfLocal('2026-11-22', '00:20', berlin.timeZone));
    expect(window.expiresMs).toBe(msOfLocal('2026-11-22', '00:50', berlin.timeZone));
  });

  it.each([
    ['2026-03-28', 23],
    ['2026-10-24', 25],
    ['2026-11-21', 24],
  ])('H2: a day ticket of %s admits for %i hours', (date, hours) => {
    const { notBeforeMs, expiresMs } = ticketWindow(timed({ kind: 'day' }), { date, slot: 'day' }, berlin);
    expect((expiresMs - notBeforeMs) / 3_600_000).toBe(hours);
  });

  it('admits in its starting minute even without tolerance', () => {
    const window = ticketWindow(
      timed({ earlyMinutes: 0, lateMinutes: 0 }),
      { date: '2026-11-21', slot: 'rides@14:00' },
      berlin,
    );
    expect(window.expiresMs - window.notBeforeMs).toBe(60_000);
  });
});
