import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  businessDateOf,
  businessDayEndMs,
  businessDayStartMs,
  isDate,
  localDateOf,
  localTimeOf,
  msOfLocal,
  parseTimeZone,
  weekdayOf,
} from './local-time.ts';

const BERLIN = 'Europe/Berlin';
const BISHKEK = 'Asia/Bishkek';
const ZONES = [BERLIN, BISHKEK, 'UTC', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];
const utc = (iso: string): number => Temporal.Instant.from(iso).epochMilliseconds;

describe('park-local time', () => {
  it('tells the date and time of a moment', () => {
    const ms = utc('2026-11-21T19:30:59Z');
    expect([localDateOf(ms, BISHKEK), localTimeOf(ms, BISHKEK)]).toEqual(['2026-11-22', '01:30']);
    expect([localDateOf(ms, BERLIN), localTimeOf(ms, BERLIN)]).toEqual(['2026-11-21', '20:30']);
  });

  it('agrees with an independent calendar at any moment of 130 years', () => {
    const anyMoment = fc.integer({ min: utc('1972-02-01T00:00:00Z'), max: utc('2099-12-31T00:00:00Z') });
    fc.assert(
      fc.property(anyMoment, fc.constantFrom(...ZONES), (ms, timeZone) => {
        const there = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
        expect(localDateOf(ms, timeZone)).toBe(there.toPlainDate().toString());
        expect(localTimeOf(ms, timeZone)).toBe(there.toPlainTime().toString({ smallestUnit: 'minute' }));
      }),
      { numRuns: 500 },
    );
  });

  it('H2: finds the moment of a wall time as an independent calendar does, gaps and overlaps included', () => {
    const date = fc
      .integer({ min: 0, max: 365 * 60 })
      .map((days) => addDays('1990-01-01', days))
      .chain((day) => fc.constantFrom(day, '2026-03-29', '2026-10-25', '2026-04-05', '2026-10-04'));
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${`${hour}`.padStart(2, '0')}:${`${minute}`.padStart(2, '0')}`);
    fc.assert(
      fc.property(date, time, fc.constantFrom(...ZONES.filter((zone) => zone !== 'Pacific/Apia')), (day, at, zone) => {
        const expected = Temporal.PlainDateTime.from(`${day}T${at}`).toZonedDateTime(zone, {
          disambiguation: 'compatible',
        });
        expect(msOfLocal(day, at, zone)).toBe(expected.epochMilliseconds);
      }),
      { numRuns: 1000 },
    );
  });

  it('moves a time that a spring night skips to as far behind the gap', () => {
    expect(msOfLocal('2026-03-29', '02:30', BERLIN)).toBe(utc('2026-03-29T01:30:00Z'));
    expect(localTimeOf(msOfLocal('2026-03-29', '02:30', BERLIN), BERLIN)).toBe('03:30');
  });

  it('takes the first of two equal times of an autumn night', () => {
    expect(msOfLocal('2026-10-25', '02:30', BERLIN)).toBe(utc('2026-10-25T00:30:00Z'));
    expect(localTimeOf(utc('2026-10-25T01:30:00Z'), BERLIN)).toBe('02:30');
  });

  it('answers for far dates', () => {
    expect(msOfLocal('9998-12-31', '12:00', BISHKEK)).toBe(utc('9998-12-31T06:00:00Z'));
    expect(localDateOf(-1, 'UTC')).toBe('1969-12-31');
    expect(localDateOf(8_640_000_000_000_000, 'UTC')).toBe('275760-09-13');
  });

  it('says what is no time zone, no date and no time', () => {
    expect(parseTimeZone(BISHKEK)).toEqual({ ok: true, value: BISHKEK });
    expect(parseTimeZone('Asia/Nowhere')).toEqual({ ok: false, error: '"Asia/Nowhere" is no time zone' });
    expect(() => msOfLocal('2026-11', '10:00', BISHKEK)).toThrow('no date');
    expect(() => msOfLocal('2026-11-21', '24:00', BISHKEK)).toThrow('no time');
  });
});

describe('the business day', () => {
  it('H2: lasts until the cut-off hour of the next calendar day', () => {
    const date = '2026-11-21';
    const end = businessDayEndMs(date, BISHKEK, 4);
    expect(end).toBe(utc('2026-11-21T22:00:00Z'));
    expect(businessDateOf(end - 1, BISHKEK, 4)).toBe(date);
    expect(businessDateOf(end, BISHKEK, 4)).toBe('2026-11-22');
    expect(businessDayStartMs('2026-11-22', BISHKEK, 4)).toBe(end);
  });

  it.each([
    ['2026-03-28', 23],
    ['2026-03-29', 24],
    ['2026-10-24', 25],
  ])('H2: the business day of %s has %i hours in Berlin with a cut-off at four', (date, hours) => {
    expect((businessDayEndMs(date, BERLIN, 4) - businessDayStartMs(date, BERLIN, 4)) / 3_600_000).toBe(hours);
  });

  const ZONES = [
    [BERLIN, '2026-03-28T18:00:00Z', '2026-10-24T18:00:00Z'],
    // Put back from 3:45 to 2:45.
    ['Pacific/Chatham', '2027-04-03T06:00:00Z', '2026-09-26T06:00:00Z'],
    // Put back by half an hour.
    ['Australia/Lord_Howe', '2027-04-03T06:00:00Z', '2026-10-03T06:00:00Z'],
    // Put back at midnight into yesterday.
    ['America/Santiago', '2026-04-04T18:00:00Z', '2026-09-05T18:00:00Z'],
  ] as const;
  it.each([0, 1, 2, 3, 4, 12])('H2: never runs backwards and fits its own bounds with a cut-off at %i', (cutOff) => {
    for (const [zone, ...nights] of ZONES) {
      for (const night of nights) {
        let before = '';
        for (let ms = utc(night); ms < utc(night) + 20 * 3_600_000; ms += 5 * 60_000) {
          const date = businessDateOf(ms, zone, cutOff);
          expect(date >= before, `${zone} ${new Date(ms).toISOString()}`).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(businessDayStartMs(date, zone, cutOff));
          expect(ms).toBeLessThan(businessDayEndMs(date, zone, cutOff));
          before = date;
        }
      }
    }
  });
});

describe('calendar dates', () => {
  it('adds days over months, years and leap days', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
  });

  it('knows the day of the week', () => {
    expect(['1970-01-01', '2026-11-21', '1969-12-31', '2000-02-29'].map(weekdayOf)).toEqual([
      'thu',
      'sat',
      'wed',
      'tue',
    ]);
  });

  it('tells a date from what only looks like one', () => {
    expect(['2026-02-28', '2028-02-29', '9999-12-31'].every(isDate)).toBe(true);
    expect(['2026-02-29', '2026-13-01', '2026-00-10', '2026-11-31', '0000-01-01', 'x'].some(isDate)).toBe(false);
  });
});
