import { describe, expect, it } from 'vitest';
import { dateAfter, durationOf, timeWriter } from './time.ts';

const AT = Date.UTC(2026, 10, 21, 19, 5, 6); // 01:05:06 on the 22nd in Bishkek

describe("times in the park's zone", () => {
  it('writes the hour and the day of the park, whatever zone the machine is in', () => {
    const park = timeWriter('ru', 'Asia/Bishkek');
    expect(park.clock(AT)).toBe('01:05');
    expect(park.clockWithSeconds(AT)).toBe('01:05:06');
    expect(park.dateOf(AT)).toBe('2026-11-22');
    expect(park.day(AT)).toBe('22 ноября');
    expect(timeWriter('ru', 'UTC').dateOf(AT)).toBe('2026-11-21');
  });

  it('writes midnight as 00:00', () => {
    expect(timeWriter('en', 'UTC').clock(Date.UTC(2026, 0, 1))).toBe('00:00');
  });

  it('does not move a calendar date between zones', () => {
    for (const zone of ['Asia/Bishkek', 'America/New_York', 'Pacific/Kiritimati']) {
      expect(timeWriter('ru', zone).date('2026-11-23')).toBe('пн, 23 ноября');
    }
  });

  it('counts days over the end of a month and through a clock change', () => {
    expect(dateAfter('2026-11-30', 1)).toBe('2026-12-01');
    expect(dateAfter('2026-03-28', 2)).toBe('2026-03-30');
  });

  it('tells lengths of time in the unit a person would use', () => {
    expect(durationOf(59_999)).toEqual({ key: 'time.seconds', values: { n: 59 } });
    expect(durationOf(14 * 60_000)).toEqual({ key: 'time.minutes', values: { n: 14 } });
    expect(durationOf(90 * 60_000)).toEqual({ key: 'time.hours', values: { n: 1, minutes: 30 } });
    expect(durationOf(120 * 60_000)).toEqual({ key: 'time.wholeHours', values: { n: 2 } });
    expect(durationOf(3 * 86_400_000)).toEqual({ key: 'time.days', values: { n: 3 } });
    expect(durationOf(-5)).toEqual({ key: 'time.seconds', values: { n: 0 } });
  });
});
