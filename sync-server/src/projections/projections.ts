import { type Database, withTransaction } from '../db/database.ts';
import type { ParkBus } from '../db/park-bus.ts';
import type { Log, Timers } from '../ports.ts';
import { catchUpOnePage, type FoldDeps } from './catch-up.ts';
import { replayQuarantine } from './replay-quarantine.ts';

/** Brings the read models after the log. */
export interface Projections {
  /** Projects all there is, of one park or of all, and returns when it is done. */
  projectNow(park?: string): Promise<void>;
  /** Follows the log until `stop`; first of all it tries again what an older program put aside (S7). */
  run(): Promise<void>;
  stop(): Promise<void>;
  /**
   * A push has come in: the followed read models give way to it where they would stand in its way (one connection).
   * @returns what to call when it is done; more calls than one change nothing
   */
  pushBegins(): () => void;
}

const TIMEOUT_MS = 30_000;
/** After a failure (the database is away), and on PostgreSQL for hints of other instances that were lost. */
const LOOK_AGAIN_MS = 1_000;
/** PGlite has one connection: a push would wait out a page before each of its queries. So long a page waits instead. */
const GIVE_WAY_MS_MAX = 200;

export interface ProjectionsDeps extends FoldDeps {
  readonly database: Database;
  readonly bus: ParkBus;
  readonly timers: Timers;
  readonly log: Log;
}

/** A page a transaction, with a durable cursor a park. Any number of instances may run it: the cursor row is the lock. */
export function createProjections(deps: ProjectionsDeps): Projections {
  const { database, bus, timers, log } = deps;
  const stopping = new AbortController();
  const waiting = new Set<string>();
  let wake = new AbortController();
  let following: Promise<void> = Promise.resolve();
  let pushes = 0;
  let isReplayed = false;
  let calm = new AbortController();

  /** PGlite runs in this thread: page upon page without a pause, requests and signals would not even be heard. */
  async function giveWay(): Promise<void> {
    if (database.kind === 'postgres') return;
    await timers.sleep(0, stopping.signal);
    if (pushes === 0) return;
    calm = new AbortController();
    await timers.sleep(GIVE_WAY_MS_MAX, AbortSignal.any([calm.signal, stopping.signal]));
  }

  async function projectPark(park: string, beforePage?: () => Promise<void>): Promise<void> {
    const page = () => withTransaction(deps, { timeoutMs: TIMEOUT_MS }, (tx) => catchUpOnePage(deps, tx, park));
    let more = true;
    while (more && !stopping.signal.aborted) {
      await beforePage?.();
      const caught = await page();
      if (caught.moved) bus.publish('projected', park);
      more = caught.more;
    }
  }

  async function projectNow(park?: string): Promise<void> {
    for (const one of park === undefined ? await parksBehind(database) : [park]) await projectPark(one);
  }

  async function projectAll(): Promise<void> {
    if (!isReplayed) await replayQuarantine(deps, { beforePage: giveWay, stopping: stopping.signal });
    isReplayed = true;
    for (const park of await parksBehind(database)) await projectPark(park, giveWay);
  }

  async function projectWaiting(): Promise<void> {
    for (const park of [...waiting]) {
      waiting.delete(park);
      await projectPark(park, giveWay);
    }
  }

  async function follow(): Promise<void> {
    let all = true;
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      try {
        await (all ? projectAll() : projectWaiting());
        all = false;
        if (waiting.size > 0) continue;
      } catch (error) {
        all = true;
        log.warn({ error: String(error) }, 'the read models fell behind; trying again');
      }
      all = (await pause(all)) || all;
    }
  }

  /** @returns whether it is time to look at every park */
  async function pause(failed: boolean): Promise<boolean> {
    const lookAgain = failed || database.kind === 'postgres';
    const signal = AbortSignal.any([stopping.signal, wake.signal]);
    if (lookAgain) await timers.sleep(LOOK_AGAIN_MS, signal);
    else if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return lookAgain && !wake.signal.aborted;
  }

  return {
    projectNow,
    pushBegins() {
      let isDone = false;
      pushes += 1;
      return () => {
        if (isDone) return;
        isDone = true;
        pushes -= 1;
        if (pushes === 0) calm.abort();
      };
    },
    async run() {
      const unsubscribe = bus.subscribe('appended', (park) => {
        waiting.add(park);
        wake.abort();
      });
      following = follow().finally(unsubscribe);
      await following;
    },
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

/** In one statement, as it is asked each second on PostgreSQL, however many parks there are. */
async function parksBehind(database: Database): Promise<readonly string[]> {
  const rows = await database.reader
    .selectFrom('parks as p')
    .innerJoin('projection_cursors as c', 'c.park', 'p.park')
    .select('p.park')
    .whereRef('c.position', '<', 'p.head')
    .orderBy('p.park')
    .execute();
  return rows.map(({ park }) => park);
}
