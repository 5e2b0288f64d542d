import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HLC_MAX_LEAD_MS, HLC_PATTERN, HLC_ZERO, hlcMs, hlcOf, hlcReceive, hlcTick } from './hlc.ts';

const NOW = 1_795_262_400_000;
const YEAR_2099 = 4_070_908_800_000;
const wallArbitrary = fc.oneof(
  fc.integer({ min: NOW - 10_000, max: NOW + 10_000 }),
  fc.constantFrom(0, -1, 1, YEAR_2099),
);

describe('H1: hybrid logical clock', () => {
  it('is text whose order is time order', () => {
    const times = fc.tuple(fc.integer({ min: 0, max: YEAR_2099 }), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(times, times, ([ms, counter], [otherMs, otherCounter]) => {
        const [one, other] = [hlcOf(ms, counter), hlcOf(otherMs, otherCounter)];
        expect(one).toMatch(new RegExp(HLC_PATTERN));
        expect(hlcMs(one)).toBe(ms);
        expect(one < other).toBe(ms < otherMs || (ms === otherMs && counter < otherCounter));
      }),
    );
  });

  it('stands still at the end of its numbers, and goes not back', () => {
    expect(hlcTick('fffffffffffeffff', 0)).toBe('ffffffffffff0000');
    expect(hlcTick('ffffffffffffffff', NOW)).toBe('ffffffffffffffff');
  });

  it('never goes back or stands still, wherever the wall clock jumps: to 1970, before it, or to 2099', () => {
    fc.assert(
      fc.property(fc.array(wallArbitrary, { maxLength: 50 }), (walls) => {
        let last = HLC_ZERO;
        for (const wallMs of walls) {
          const next = hlcTick(last, wallMs);
          expect(next > last).toBe(true);
          expect(next).toMatch(new RegExp(HLC_PATTERN));
          expect(hlcMs(next)).toBeGreaterThanOrEqual(wallMs);
          last = next;
        }
      }),
    );
  });

  it('follows the wall clock where it runs ahead', () => {
    expect(hlcTick(hlcOf(NOW, 7), NOW + 1)).toBe(hlcOf(NOW + 1, 0));
  });

  it('counts while the wall clock stands at 1970 after a flat battery', () => {
    expect(hlcTick(hlcOf(NOW, 7), 0)).toBe(hlcOf(NOW, 8));
  });

  it('borrows a millisecond when its counter is full', () => {
    expect(hlcTick(hlcOf(NOW, 0xffff), NOW)).toBe(hlcOf(NOW + 1, 0));
    expect(hlcTick(hlcOf(NOW, 0xffff), NOW) > hlcOf(NOW, 0xffff)).toBe(true);
  });

  it('takes over a received clock that is ahead, up to five minutes', () => {
    expect(hlcReceive(hlcOf(NOW, 0), hlcOf(NOW + 900, 3), NOW)).toBe(hlcOf(NOW + 900, 3));
    const limit = hlcOf(NOW + HLC_MAX_LEAD_MS, 0);
    expect(hlcReceive(hlcOf(NOW, 0), limit, NOW)).toBe(limit);
  });

  it('is not dragged to 2099 by one bad clock, and not held back by a slow one', () => {
    const own = hlcOf(NOW, 5);
    expect(hlcReceive(own, hlcOf(YEAR_2099, 0), NOW)).toBe(own);
    expect(hlcReceive(own, hlcOf(NOW + HLC_MAX_LEAD_MS + 1, 0), NOW)).toBe(own);
    expect(hlcReceive(own, hlcOf(0, 9), NOW)).toBe(own);
  });

  it('stays within its sixteen digits at both ends', () => {
    expect(hlcOf(-1, 0)).toBe(HLC_ZERO);
    expect(hlcOf(Number.MAX_SAFE_INTEGER, 0)).toBe('ffffffffffff0000');
  });
});
