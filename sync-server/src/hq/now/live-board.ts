import type { HqDeps } from '../hq-deps.ts';
import { hqNowOf } from './hq-now.ts';

/** At most four updates a second, however fast the log grows. */
const COALESCE_MS = 250;
/** Contact ages move without any event. */
const REFRESH_MS = 2_000;

/** One reading of the board, as JSON, for every open stream: ten screens cost the database no more than one. */
export interface LiveBoard {
  /** The first snapshot comes at once. @returns how to stop */
  subscribe(onSnapshot: (json: string) => void): () => void;
}

type LiveBoardDeps = Pick<HqDeps, 'database' | 'documents' | 'clock' | 'timers' | 'bus' | 'log' | 'stopping'>;

export function createLiveBoard(deps: LiveBoardDeps): LiveBoard {
  const listeners = new Set<(json: string) => void>();
  let following: AbortController | null = null;
  let wake = new AbortController();

  const read = async (): Promise<void> => {
    try {
      const json = JSON.stringify(await hqNowOf(deps));
      for (const listener of [...listeners]) listener(json);
    } catch (error) {
      // The board then says that it is not live; the next round tries again.
      deps.log.warn({ error: String(error) }, 'the board could not be read');
    }
  };

  const follow = async (signal: AbortSignal): Promise<void> => {
    const unsubscribe = deps.bus.subscribe('projected', () => wake.abort());
    while (!signal.aborted) {
      wake = new AbortController();
      await read();
      await deps.timers.sleep(COALESCE_MS, signal);
      await deps.timers.sleep(REFRESH_MS, AbortSignal.any([signal, wake.signal]));
    }
    unsubscribe();
  };

  return {
    subscribe(onSnapshot) {
      listeners.add(onSnapshot);
      if (following) {
        wake.abort();
      } else {
        following = new AbortController();
        void follow(AbortSignal.any([following.signal, deps.stopping]));
      }
      return () => {
        listeners.delete(onSnapshot);
        if (listeners.size > 0) return;
        following?.abort();
        following = null;
      };
    },
  };
}
