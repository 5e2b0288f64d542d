import type { Log, Timers } from '../ports.ts';

/** Parks that have something to be folded, each in its turn: one step of a park, then one of the next. */
export interface PageQueue {
  /** Something has come in for this park. */
  add(park: string): void;
  /** Works until `stopping`; begins with a look at all parks. Never rejects. */
  run(): Promise<void>;
}

export interface PageQueueDeps {
  readonly timers: Timers;
  readonly log: Log;
  readonly stopping: AbortSignal;
  /** So many parks are worked on side by side. */
  readonly atOnce: number;
  /** Whether all parks are looked at once a second, also while there is other work: hints of other instances are lost. */
  readonly looksByItself: boolean;
  /** All parks that are behind. */
  look(): Promise<readonly string[]>;
  /** A step of one park's work, bounded in time. @returns whether there is more of it */
  step(park: string): Promise<boolean>;
}

/** After a failure (the database is away), and where hints may be lost. */
const LOOK_AGAIN_MS = 1_000;

export function createPageQueue(deps: PageQueueDeps): PageQueue {
  const { timers, log, stopping } = deps;
  /** In the order in which they came, or came again. */
  const waiting = new Set<string>();
  const working = new Map<string, Promise<void>>();
  let isLookDue = false;
  let isLookAhead = false;
  let looking: Promise<void> | null = null;

  /** The one place that decides what is done next. */
  const goOn = (): void => {
    if (stopping.aborted) return;
    if (isLookDue && looking === null) looking = lookAround();
    for (const park of [...waiting]) {
      if (working.size >= deps.atOnce) return;
      if (working.has(park)) continue;
      waiting.delete(park);
      working.set(park, work(park));
    }
  };

  const work = async (park: string): Promise<void> => {
    let more = false;
    try {
      more = await deps.step(park);
    } catch (error) {
      // The park's own trouble, or the database's: no other waits for it, and it is behind at the next look.
      log.warn({ park, error: String(error) }, 'the read models of a park fell behind; trying again');
      lookLater();
    }
    working.delete(park);
    if (more) waiting.add(park);
    goOn();
  };

  const lookAround = async (): Promise<void> => {
    isLookDue = false;
    if (deps.looksByItself) lookLater();
    try {
      for (const park of await deps.look()) waiting.add(park);
    } catch (error) {
      log.warn({ error: String(error) }, 'the parks could not be looked at; trying again');
      lookLater();
    }
    looking = null;
    goOn();
  };

  const lookLater = (): void => {
    if (isLookAhead) return;
    isLookAhead = true;
    void timers.sleep(LOOK_AGAIN_MS, stopping).then(() => {
      isLookAhead = false;
      isLookDue = true;
      goOn();
    });
  };

  return {
    add: (park) => {
      waiting.add(park);
      goOn();
    },
    run: async () => {
      isLookDue = true;
      goOn();
      if (!stopping.aborted) {
        await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
      }
      while (working.size > 0 || looking !== null) await Promise.all([...working.values(), looking]);
    },
  };
}
