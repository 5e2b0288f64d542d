import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { describe, expect, it } from 'vitest';
import type { Timers } from '../ports.ts';
import { eventually } from '../testing/eventually.ts';
import { createLane, type Lane, type LaneWork, type Outcome, STEP_THREW } from './lane.ts';

type Script = Partial<Record<'getToken' | 'getState' | 'exchange', (Outcome | Error)[]>>;

const GOOD = { getToken: 'token_given', getState: 'state_known', exchange: 'exchanged' } as const;

/** A fake: answers from a script, then well; work is there until `exchanges` have ended well. */
function scriptedLane(script: Script, exchanges: number, rests: number[] = []) {
  const steps: string[] = [];
  const slept: number[] = [];
  const shown: (string | null)[] = [];
  const told: string[] = [];
  let left = exchanges;
  const answer = (step: keyof typeof GOOD) => async (): Promise<Outcome> => {
    steps.push(step);
    const outcome = script[step]?.shift() ?? { input: GOOD[step] };
    if (outcome instanceof Error) throw outcome;
    if (outcome.input === 'exchanged') left -= 1;
    return outcome;
  };
  let atRest: () => void = () => {};
  const rest = new Promise<void>((done) => {
    atRest = done;
  });
  const work: LaneWork = {
    name: 'upload',
    getToken: answer('getToken'),
    getState: answer('getState'),
    hasWork: () => {
      if (left <= 0) atRest();
      return left > 0;
    },
    restMs: () => rests.shift() ?? null,
    exchange: answer('exchange'),
  };
  const timers: Timers = {
    sleep: async (ms) => {
      slept.push(ms);
      shown.push(lane.lastError());
    },
  };
  const log = { info: () => {}, warn: () => {}, error: (_fields: object, message: string) => void told.push(message) };
  const lane: Lane = createLane({ work, random: seededRandom(1), timers, log, onChange: () => {} });
  const run = async (): Promise<void> => {
    const running = lane.run();
    await rest;
    lane.stop();
    await running;
  };
  return { lane, run, rest, steps, slept, shown, told };
}

describe('sync lane', () => {
  it('K3: gets a token, asks for the state, then exchanges until there is nothing left', async () => {
    const { run, steps, slept } = scriptedLane({}, 3);
    await run();
    expect(steps).toEqual(['getToken', 'getState', 'exchange', 'exchange', 'exchange']);
    expect(slept).toEqual([]);
  });

  it('K5: a fault of the program itself ends no lane: it is told once and shown, and the step is tried again, ever later', async () => {
    const fault = new RangeError('Maximum call stack size exceeded');
    const { lane, run, steps, slept, shown, told } = scriptedLane({ getState: [fault], exchange: [fault, fault] }, 1);
    await run();
    expect(steps.filter((step) => step === 'exchange')).toHaveLength(3);
    expect(told).toEqual([STEP_THREW]);
    expect(slept).toHaveLength(3);
    expect(shown).toContain('a fault of this program: Maximum call stack size exceeded');
    expect(lane.lastError()).toBeNull();
  });

  it('S5: waits longer after each failure and asks for the state again', async () => {
    const failed: Outcome = { input: 'failed', why: 'no line' };
    const { run, steps, slept } = scriptedLane({ exchange: [failed, failed, failed] }, 1);
    await run();
    expect(steps.filter((step) => step === 'getState')).toHaveLength(4);
    expect(slept).toHaveLength(3);
    expect(slept[0]).toBeLessThan(500);
    expect(slept[1]).toBeLessThan(1000);
    expect(slept[2]).toBeLessThan(2000);
  });

  it('waits at least as long as the server says', async () => {
    const { run, slept } = scriptedLane({ exchange: [{ input: 'failed', why: 'busy', retryAfterMs: 9000 }] }, 1);
    await run();
    expect(slept[0]).toBeGreaterThanOrEqual(9000);
  });

  it('renews a refused token at once, but does not spin when it is refused again and again', async () => {
    const refused: Outcome = { input: 'token_refused' };
    const { run, steps, slept } = scriptedLane({ exchange: [refused, refused, refused] }, 1);
    await run();
    expect(steps.filter((step) => step === 'getToken')).toHaveLength(4);
    expect(slept).toHaveLength(1);
  });

  it('E8: asks for the state again, within the session, when its rest without work is over', async () => {
    const { lane, steps, slept } = scriptedLane({}, 0, [4_000, 8_000]);
    const running = lane.run();
    await eventually(() => expect(steps).toEqual(['getToken', 'getState', 'getState', 'getState']));
    expect(slept).toHaveLength(2);
    for (const [index, rest] of [4_000, 8_000].entries()) {
      expect(slept[index]).toBeGreaterThanOrEqual(rest / 2);
      expect(slept[index]).toBeLessThanOrEqual(rest);
    }
    expect(lane.status()).toBe('idle');
    lane.stop();
    await running;
  });

  it('E6: rests when refused for good, and starts anew after a new enrolment', async () => {
    const { lane, rest, steps } = scriptedLane({ getToken: [{ input: 'refused_for_good', why: 'closed' }] }, 1);
    const running = lane.run();
    await eventually(() => expect(lane.status()).toBe('refused'));
    expect(lane.lastError()).toBe('closed');
    expect(lane.inContact()).toBe(false);
    lane.wake();
    await Promise.resolve();
    expect(steps).toEqual(['getToken']);
    lane.reEnrolled();
    await rest;
    expect(lane.inContact()).toBe(true);
    expect(lane.lastError()).toBeNull();
    lane.stop();
    await running;
    expect(lane.status()).toBe('closed');
  });

  it('E6: a new enrolment does not wait for what the earlier epoch had asked', async () => {
    const signals: AbortSignal[] = [];
    let asked: () => void = () => {};
    const questionIsOut = new Promise<void>((done) => {
      asked = done;
    });
    const work: LaneWork = {
      name: 'upload',
      getToken: async () => ({ input: 'token_given' }),
      getState: async () => ({ input: 'state_known' }),
      hasWork: () => signals.length < 2,
      // The first question is never answered, only given up.
      exchange: (signal) => {
        signals.push(signal);
        asked();
        if (signals.length > 1) return Promise.resolve({ input: 'exchanged' });
        return new Promise((done) => {
          signal.addEventListener('abort', () => done({ input: 'failed', why: 'given up' }));
        });
      },
    };
    const timers: Timers = { sleep: async () => {} };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const lane = createLane({ work, random: seededRandom(3), timers, log, onChange: () => {} });
    const running = lane.run();
    await questionIsOut;
    lane.reEnrolled();
    await eventually(() => expect(lane.status()).toBe('idle'));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(lane.lastError()).toBeNull();
    lane.stop();
    await running;
  });

  it('an append wakes an idle lane and leaves one that backs off to its wait', async () => {
    const { lane, rest } = scriptedLane({}, 1);
    const running = lane.run();
    await rest;
    lane.workArrived();
    lane.stop();
    await running;

    let woken = 0;
    const waiting = fakeClock();
    const timers: Timers = {
      sleep: (_ms, signal) =>
        new Promise((done) => {
          signal.addEventListener('abort', () => {
            woken += 1;
            waiting.advance(1);
            done();
          });
        }),
    };
    const work: LaneWork = {
      name: 'upload',
      getToken: async () => ({ input: 'failed', why: 'no line' }),
      getState: async () => ({ input: 'failed' }),
      hasWork: () => true,
      exchange: async () => ({ input: 'failed' }),
    };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const offline = createLane({ work, random: seededRandom(2), timers, log, onChange: () => {} });
    const offlineRun = offline.run();
    await eventually(() => expect(offline.lastError()).toBe('no line'));
    offline.workArrived();
    expect(woken).toBe(0);
    offline.wake();
    expect(woken).toBe(1);
    offline.stop();
    await offlineRun;
  });
});
