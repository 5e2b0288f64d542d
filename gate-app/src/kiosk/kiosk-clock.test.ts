import { hlcOf } from '@skygate/shared/sync/hlc';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock, type KioskClock } from './kiosk-clock.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;

describe('H2: how far the clock is trusted', () => {
  let fake: FakeClock;
  let clock: KioskClock;
  let trueMs: number;

  beforeEach(() => {
    fake = fakeClock();
    trueMs = fake.nowMs();
    clock = createKioskClock(fake);
    clock.durableHlcIs(hlcOf(trueMs, 0));
  });

  it('is rtc alone, server after its answer, and rtc again ten minutes later', () => {
    expect(clock.trust()).toBe('rtc');
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 100 });
    expect(clock.trust()).toBe('server');
    fake.advance(10 * 60_000);
    expect(clock.trust()).toBe('rtc');
  });

  it('is none where the wall clock is behind the durable one, until the server says the time', () => {
    fake.jumpTo(0);
    expect(clock.trust()).toBe('none');
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
    expect(clock.trust()).toBe('rtc');
    expect(clock.trustedMs()).toBe(trueMs);
    expect(clock.skewMs()).toBe(-trueMs);
  });

  it('drops with a wall clock that is set by hand, and corrects by that answer no more', () => {
    clock.serverAnswered({ serverMs: trueMs + 30_000, roundTripMs: 0 });
    expect(clock.trustedMs()).toBe(trueMs + 30_000);
    fake.jumpTo(trueMs + YEAR_MS);
    expect(clock.trust()).toBe('rtc');
    expect(clock.trustedMs()).toBe(trueMs + YEAR_MS);
    fake.jumpTo(trueMs - YEAR_MS);
    expect(clock.trust()).toBe('none');
  });
});
