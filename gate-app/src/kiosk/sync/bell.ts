import type { Timers } from '../ports.ts';

/** Lets one waiter sleep until a time passes or somebody rings. A ring while nobody waits ends the next wait. */
export interface Bell {
  ring(): void;
  /** @param ms null to wait for a ring alone. @returns whether somebody rang */
  wait(ms: number | null): Promise<boolean>;
}

/** A reason made once: without one, each ring would make an error and collect its stack. */
const RUNG = 'rung';

export function createBell(timers: Timers): Bell {
  let rung = false;
  let wakeWaiter: (() => void) | null = null;

  const nextRing = (): Promise<void> =>
    new Promise((done) => {
      wakeWaiter = done;
    });

  const sleepUntilRing = async (ms: number): Promise<void> => {
    const alarm = new AbortController();
    wakeWaiter = () => alarm.abort(RUNG);
    await timers.sleep(ms, alarm.signal);
  };

  return {
    ring: () => {
      rung = true;
      wakeWaiter?.();
    },
    wait: async (ms) => {
      if (!rung) await (ms === null ? nextRing() : sleepUntilRing(ms));
      const hasRung = rung;
      wakeWaiter = null;
      rung = false;
      return hasRung;
    },
  };
}
