import type { Activity } from './activity.ts';

/** Simulated time: it stands still while code runs and jumps to the next due thing when all is at rest. */
export interface Scheduler {
  /** Milliseconds since the start of the run. */
  nowMs(): number;
  /**
   * @param forgotten called instead where the run ends before it is due
   * @returns how to call it off
   */
  after(delayMs: number, run: () => void, forgotten?: () => void): () => void;
  /**
   * Time goes on while everything sleeps, as machines do at night: what fell due meanwhile is late, and runs one after the
   * other when `runUntil` is called next.
   */
  leap(byMs: number): void;
  /** Runs what is due, one thing at a time, until the time comes or the condition holds at rest. */
  runUntil(endMs: number, done?: () => boolean): Promise<void>;
  steps(): number;
  /**
   * Nothing more will be due. What still waits is told that it is forgotten: the runtime holds a signal that somebody
   * listens to, and with it all that waited, for as long as the process lives.
   */
  end(): void;
}

interface Due {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  readonly forgotten: (() => void) | undefined;
}

/** @param signal calls the run off: `runUntil` throws */
export function createScheduler(activity: Activity, signal?: AbortSignal): Scheduler {
  const queue: Due[] = [];
  let now = 0;
  let orders = 0;
  let steps = 0;
  let isOver = false;

  const insert = (due: Due): void => {
    let index = queue.length;
    // Nearly everything is due after what is queued already, so the end is the place to look from.
    while (index > 0 && isLater(queue[index - 1] as Due, due)) index -= 1;
    queue.splice(index, 0, due);
  };

  return {
    nowMs: () => now,
    after: (delayMs, run, forgotten) => {
      orders += 1;
      if (isOver) return () => {};
      const due = { dueMs: now + Math.max(0, Math.trunc(delayMs)), order: orders, run, forgotten };
      insert(due);
      return () => {
        const index = queue.indexOf(due);
        if (index >= 0) queue.splice(index, 1);
      };
    },
    leap: (byMs) => {
      now += byMs;
    },
    runUntil: async (endMs, done) => {
      await activity.settle();
      while (!done?.()) {
        signal?.throwIfAborted();
        const next = queue[0];
        if (next === undefined || next.dueMs > endMs) {
          now = Math.max(now, endMs);
          return;
        }
        queue.shift();
        now = Math.max(now, next.dueMs);
        steps += 1;
        next.run();
        await activity.settle();
      }
    },
    steps: () => steps,
    end: () => {
      isOver = true;
      for (const { forgotten } of queue.splice(0)) forgotten?.();
    },
  };
}

const isLater = (a: Due, b: Due): boolean => a.dueMs > b.dueMs || (a.dueMs === b.dueMs && a.order > b.order);
