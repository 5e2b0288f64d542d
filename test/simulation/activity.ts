import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Knows when the program under test has come to rest: nothing runs any more, everything waits for a simulated port.
 * Some work really is asynchronous (the database, signature checks of tokens, PIN hashing); it is waited for, so that a
 * step runs to completion before the next one and a seed repeats exactly.
 */
export interface Activity {
  /** Work that counts as running, save while it waits at a port. */
  track<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Called by a port around its wait. */
  park<Value>(wait: Promise<Value>): Promise<Value>;
  /** Resolves when nothing runs; what never comes to rest is given up some time after the signal. */
  settle(): Promise<void>;
}

/** Turns of the event loop without any sign of life that count as rest. */
const QUIET_TURNS = 3;
/** So many turns may what runs still take when nobody waits for it any more: a second or two. */
const TURNS_LEFT = 200_000;

/** @param signal nobody waits for any of it any more */
export function createActivity(signal?: AbortSignal): Activity {
  const current = new AsyncLocalStorage<{ parked: number; over: boolean }>();
  let running = 0;
  let changes = 0;
  const change = (by: number): void => {
    running += by;
    changes += 1;
  };

  return {
    track: (work) => {
      const tracked = { parked: 0, over: false };
      return current.run(tracked, async () => {
        change(1);
        try {
          return await work();
        } finally {
          // Work that died at a port was counted out there.
          if (tracked.parked === 0) change(-1);
          tracked.over = true;
        }
      });
    },
    park: async (wait) => {
      const tracked = current.getStore();
      changes += 1;
      if (tracked === undefined || tracked.over) return wait;
      tracked.parked += 1;
      if (tracked.parked === 1) change(-1);
      try {
        return await wait;
      } finally {
        tracked.parked -= 1;
        if (tracked.parked === 0 && !tracked.over) change(1);
      }
    },
    settle: async () => {
      let quiet = 0;
      let left = TURNS_LEFT;
      while (quiet < QUIET_TURNS) {
        if (signal?.aborted) left -= 1;
        if (left === 0) signal?.throwIfAborted();
        const before = changes;
        await new Promise((turn) => setImmediate(turn));
        quiet = running === 0 && changes === before ? quiet + 1 : 0;
      }
    },
  };
}
