import { hlcMs, hlcOf } from '@skygate/shared/sync/hlc';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ClockMemory, forgetfulMemory } from './clock-memory.ts';
import { createKioskClock, type KioskClock } from './kiosk-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;

let fake: FakeClock;
let memory: ClockMemory;
let clock: KioskClock;
let trueMs: number;

/** The kiosk starts again: memory and durable clock stay, the process and its monotonic clock do not. */
function restart(durableMs: number): void {
  clock.remember();
  const before = fake.nowMs();
  fake = fakeClock(before);
  clock = createKioskClock(fake, memory);
  clock.durableHlcIs(hlcOf(durableMs, 0));
}

beforeEach(() => {
  fake = fakeClock();
  trueMs = fake.nowMs();
  memory = forgetfulMemory();
  clock = createKioskClock(fake, memory);
  clock.durableHlcIs(hlcOf(trueMs, 0));
});

describe('H2: how far the clock is trusted', () => {
  it('H2: is rtc alone, server after its answer, and rtc again ten minutes later, the correction kept', () => {
    expect(clock.trust()).toBe('rtc');
    clock.serverAnswered({ serverMs: trueMs + 30_000, roundTripMs: 100 });
    expect(clock.trust()).toBe('server');
    fake.advance(10 * MINUTE_MS);
    expect(clock.trust()).toBe('rtc');
    expect(clock.nowMs()).toBe(trueMs + 30_050 + 10 * MINUTE_MS);
  });

  it('H2: is none where the wall clock is behind the durable one, until the server says the time', () => {
    fake.jumpTo(0);
    expect(clock.trust()).toBe('none');
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
    expect(clock.trust()).toBe('server');
    expect(clock.nowMs()).toBe(trueMs);
    expect(clock.skewMs()).toBe(-trueMs);
  });

  it('H2: an answer that was asked for before the machine slept says nothing of the time', () => {
    const asked = clock.moment();
    fake.jumpTo(trueMs + HOUR_MS);
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0, asked });
    expect(clock.trust()).toBe('rtc');
    expect(clock.nowMs()).toBe(trueMs + HOUR_MS);
    clock.serverAnswered({ serverMs: trueMs + HOUR_MS + 100, roundTripMs: 0, asked: clock.moment() });
    expect(clock.trust()).toBe('server');
  });

  it('H2: a wall clock set by five seconds drops to rtc at once, and is corrected by the old answer no more', () => {
    clock.serverAnswered({ serverMs: trueMs + 30_000, roundTripMs: 0 });
    fake.jumpTo(fake.nowMs() + 4_999);
    expect(clock.trust()).toBe('server');
    fake.jumpTo(trueMs + 30_000);
    expect(clock.trust()).toBe('rtc');
    expect(clock.nowMs()).toBe(trueMs + 30_000);
    expect(clock.skewMs()).toBeNull();
  });

  it('H2: a clock set back behind what the server said is none, also where nothing was written since', () => {
    clock.durableHlcIs(hlcOf(trueMs - HOUR_MS, 0));
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
    fake.advance(2 * MINUTE_MS);
    fake.jumpTo(trueMs + MINUTE_MS);
    expect(clock.trust()).toBe('none');
    fake.advance(2 * MINUTE_MS);
    expect(clock.trust()).toBe('none'); // it is still a minute behind
  });

  it('H2: a machine that slept is at rtc: its wall clock went on alone', () => {
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
    fake.jumpTo(trueMs + 8 * HOUR_MS);
    expect(clock.trust()).toBe('rtc');
    expect(clock.nowMs()).toBe(trueMs + 8 * HOUR_MS);
  });

  it('H2: a peer counts where no server was heard, and does not overrule one', () => {
    clock.peerAnswered({ serverMs: trueMs + HOUR_MS, roundTripMs: 0 });
    expect(clock.trust()).toBe('peer');
    expect(clock.nowMs()).toBe(trueMs + HOUR_MS);
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
    clock.peerAnswered({ serverMs: trueMs + HOUR_MS, roundTripMs: 0 });
    expect(clock.trust()).toBe('server');
    expect(clock.nowMs()).toBe(trueMs);
  });

  it('H1: another kiosk whose clock leads by less than five minutes costs no trust, after a restart either', () => {
    restart(trueMs + 4 * MINUTE_MS);
    expect(clock.trust()).toBe('rtc');
    restart(trueMs + 6 * MINUTE_MS);
    expect(clock.trust()).toBe('none');
  });
});

describe('H2: what a supervisor confirmed', () => {
  it('H2: holds as supervisor until a better source, and is taken back where it was not put on record', () => {
    fake.jumpTo(0);
    const { offsetMs, takeBack } = clock.supervisorConfirmed(trueMs);
    expect(offsetMs).toBe(trueMs);
    expect(clock.trust()).toBe('supervisor');
    expect(clock.nowMs()).toBe(trueMs);
    takeBack();
    expect(clock.trust()).toBe('none');
    clock.supervisorConfirmed(trueMs);
    fake.advance(24 * HOUR_MS);
    expect(clock.trust()).toBe('supervisor');
    clock.serverAnswered({ serverMs: trueMs + 24 * HOUR_MS + 40_000, roundTripMs: 0 });
    expect(clock.trust()).toBe('server');
  });

  it('H2: ends with a jump of the wall clock', () => {
    fake.jumpTo(0);
    clock.supervisorConfirmed(trueMs);
    fake.jumpTo(HOUR_MS);
    expect(clock.trust()).toBe('none');
    clock.supervisorConfirmed(trueMs);
    fake.jumpTo(trueMs + YEAR_MS);
    expect(clock.trust()).toBe('rtc');
  });

  it('H2: holds over a restart of a clock that went on, and not of one that went back', () => {
    fake.jumpTo(HOUR_MS);
    clock.supervisorConfirmed(trueMs);
    restart(trueMs);
    fake.advance(MINUTE_MS);
    expect(clock.trust()).toBe('supervisor');
    expect(clock.nowMs()).toBe(trueMs + MINUTE_MS);
    clock.remember();
    fake = fakeClock(0); // the battery is empty: back in 1970
    clock = createKioskClock(fake, memory);
    clock.durableHlcIs(hlcOf(trueMs, 0));
    expect(clock.trust()).toBe('none');
  });

  it('H2: a clock that was put right while the kiosk was off is not corrected a second time', () => {
    fake.jumpTo(trueMs + HOUR_MS); // an hour fast
    clock.supervisorConfirmed(trueMs);
    clock.remember();
    fake = fakeClock(trueMs + MINUTE_MS);
    clock = createKioskClock(fake, memory);
    clock.durableHlcIs(hlcOf(trueMs, 0));
    expect(clock.trust()).toBe('rtc');
    expect(clock.nowMs()).toBe(trueMs + MINUTE_MS);
  });

  it('H2: what it wrote last before it was switched off bounds the time from below', () => {
    clock.durableHlcIs(hlcOf(trueMs, 0));
    clock.lastWroteAt({ wallMs: trueMs + MINUTE_MS, trust: 'rtc' });
    expect(clock.trust()).toBe('none');
    clock = createKioskClock(fake, forgetfulMemory());
    clock.lastWroteAt({ wallMs: trueMs + YEAR_MS, trust: 'none' });
    expect(clock.trust()).toBe('rtc');
  });
});

describe('H1: a hybrid clock that ran away', () => {
  it('H1: a year of 2099 that was put right is said for as long as the hybrid clock leads, and costs no trust', () => {
    const year2099 = Date.UTC(2099, 0, 1);
    fake.jumpTo(year2099);
    expect(clock.trust()).toBe('rtc'); // nothing here can know better
    clock.durableHlcIs(hlcOf(year2099, 3));
    clock.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
    expect(clock.trust()).toBe('server');
    expect(clock.skewMs()).toBe(year2099 - trueMs);
    expect(clock.hlcLeadMs()).toBe(year2099 - trueMs);
    fake.advance(HOUR_MS);
    expect(clock.trust()).toBe('rtc');
    restart(hlcMs(hlcOf(year2099, 3)));
    clock.lastWroteAt({ wallMs: year2099, trust: 'rtc' });
    expect(clock.trust()).toBe('rtc');
    expect(clock.nowMs()).toBe(trueMs + HOUR_MS);
    expect(clock.hlcLeadMs()).toBeGreaterThan(YEAR_MS);
  });
});
