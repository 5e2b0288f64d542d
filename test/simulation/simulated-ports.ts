import type { Clock, Log, Random, Timers } from '@skygate/gate-app/kiosk/ports';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import type { Activity } from './activity.ts';
import type { Scheduler } from './scheduler.ts';
import type { Life, YieldPoint } from './yield-points.ts';

/** A wall clock that can be set; the monotonic one does not notice. */
export interface SimulatedClock extends Clock {
  jump(byMs: number): void;
  /** How wrong it was set. */
  offsetMs(): number;
  /** The monotonic one did not count this time: the machine slept. */
  standStill(forMs: number): void;
}

export function createSimulatedClock(scheduler: Scheduler, startMs: number): SimulatedClock {
  let offsetMs = 0;
  let stoodMs = 0;
  return {
    nowMs: () => startMs + scheduler.nowMs() + offsetMs,
    monotonicMs: () => 1_000_000 + scheduler.nowMs() - stoodMs,
    jump: (byMs) => {
      offsetMs += byMs;
    },
    offsetMs: () => offsetMs,
    standStill: (forMs) => {
      stoodMs += forMs;
    },
  };
}

/** Timers of one life: a sleeper whose machine died is never woken. */
export function createSimulatedTimers(scheduler: Scheduler, activity: Activity, life: Life | null): Timers {
  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((wake) => {
      if (life !== null && !life.survives('sleep')) return;
      if (signal.aborted) {
        wake();
        return;
      }
      const finish = (): void => {
        signal.removeEventListener('abort', abort);
        if (life === null || !life.isOver()) wake();
      };
      const abort = (): void => {
        cancel();
        finish();
      };
      const cancel = scheduler.after(ms, finish, () => signal.removeEventListener('abort', abort));
      signal.addEventListener('abort', abort, { once: true });
    });
  return { sleep: (ms, signal) => activity.park(sleep(ms, signal)) };
}

export function mortalClock(clock: Clock, life: Life, point: YieldPoint = 'clock'): Clock {
  return {
    nowMs: () => {
      life.pass(point);
      return clock.nowMs();
    },
    monotonicMs: () => {
      life.pass(point);
      return clock.monotonicMs();
    },
  };
}

export function mortalRandom(random: SeededRandom, life: Life, point: YieldPoint = 'random'): Random {
  return {
    bytes: (count) => {
      life.pass(point);
      return random.bytes(count);
    },
    fraction: () => {
      life.pass(point);
      return random.fraction();
    },
  };
}

/** Signing stands between the decision and the commit: the most telling place for a power cut. */
export function mortalCrypto(crypto: Crypto, life: Life): Crypto {
  return {
    ...crypto,
    sign: (privateKey, data) => {
      life.pass('sign');
      return crypto.sign(privateKey, data);
    },
  };
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
