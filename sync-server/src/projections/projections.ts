import type { Database } from '../db/database.ts';
import type { ParkBus } from '../db/park-bus.ts';
import type { Log, Timers } from '../ports.ts';
import { type Caught, type FoldDeps, foldNextPage } from './catch-up.ts';
import { createPageQueue } from './page-queue.ts';
import { type PartToTry, parksToTry } from './quarantined-parts.ts';
import { refoldSomeFacts } from './refold-facts.ts';
import { refoldSomeTickets } from './refold-tickets.ts';
import { foldReleased, replayOlder } from './replay-quarantine.ts';

/** Brings the read models after the log. */
export interface Projections {
  /** Projects all there is, of one park or of all, and returns when it is done. */
  projectNow(park?: string): Promise<void>;
  /** Follows the log until `stop`, and tries again what an older program put aside (S7). */
  run(): Promise<void>;
  stop(): Promise<void>;
  /**
   * A push has come in: the followed read models give way to it where they would stand in its way (one connection).
   * @returns what to call when it is done; more calls than one change nothing
   */
  pushBegins(): () => void;
}

/** PGlite has one connection: a push would wait out a page before each of its queries. So long a page waits instead. */
const GIVE_WAY_MS_MAX = 200;
/** So many parks are folded side by side on PostgreSQL: one whose pages take long holds up no other. */
const PARKS_AT_ONCE = 4;

export interface ProjectionsDeps extends FoldDeps {
  readonly database: Database;
  readonly bus: ParkBus;
  readonly timers: Timers;
  readonly log: Log;
}

/** A page a transaction, with a durable cursor a park. Any number of instances may run it: the cursor row is the lock. */
export function createProjections(deps: ProjectionsDeps): Projections {
  const { database, bus, timers } = deps;
  const stopping = new AbortController();
  /** Where the look through each park's older quarantine is; no entry where that is done. */
  const replaying = new Map<string, PartToTry | null>();
  let following: Promise<void> = Promise.resolve();
  let isReplayed = false;
  let pushes = 0;
  let calm = new AbortController();

  /** PGlite runs in this thread: page upon page without a pause, requests and signals would not even be heard. */
  async function giveWay(): Promise<void> {
    if (database.kind === 'postgres') return;
    await timers.sleep(0, stopping.signal);
    if (pushes === 0) return;
    calm = new AbortController();
    await timers.sleep(GIVE_WAY_MS_MAX, AbortSignal.any([calm.signal, stopping.signal]));
  }

  /** A little work on a park: a page of its log; where that is done, a few of the parts, tickets and facts that are due anew. */
  async function foldSome(park: string): Promise<Caught> {
    const page = await foldNextPage(deps, park);
    const caught = page.more ? page : joined(page, ...(await foldDue(park)));
    if (caught.moved) bus.publish('projected', park);
    return caught;
  }

  const foldDue = async (park: string): Promise<readonly Caught[]> => [
    await foldReleased(deps, park),
    await refoldSomeTickets(deps, park),
    await refoldSomeFacts(deps, park),
  ];

  async function replaySome(park: string): Promise<boolean> {
    const after = replaying.get(park);
    if (after === undefined) return false;
    const next = await replayOlder(deps, park, after);
    if (next) replaying.set(park, next);
    else replaying.delete(park);
    return next !== null;
  }

  const queue = createPageQueue({
    ...deps,
    atOnce: database.kind === 'postgres' ? PARKS_AT_ONCE : 1,
    looksByItself: database.kind === 'postgres',
    stopping: stopping.signal,
    look: async () => {
      if (!isReplayed) for (const park of await parksToTry(database.reader)) replaying.set(park, null);
      isReplayed = true;
      return [...(await parksBehind(database)), ...replaying.keys()];
    },
    step: async (park) => {
      await giveWay();
      return (await foldSome(park)).more || replaySome(park);
    },
  });

  return {
    async projectNow(park) {
      for (const one of park === undefined ? await parksBehind(database) : [park]) {
        while (!stopping.signal.aborted && (await foldSome(one)).more);
      }
    },
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
      const unsubscribe = bus.subscribe('appended', queue.add);
      following = queue.run().finally(unsubscribe);
      await following;
    },
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

const joined = (...some: readonly Caught[]): Caught => ({
  moved: some.some(({ moved }) => moved),
  more: some.some(({ more }) => more),
});

/** In one statement, as it is asked each second on PostgreSQL, however many parks there are. */
async function parksBehind(database: Database): Promise<readonly string[]> {
  const rows = await database.reader
    .selectFrom('parks as p')
    .innerJoin('projection_cursors as c', 'c.park', 'p.park')
    .select('p.park')
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('c.position', '<', eb.ref('p.head')),
        exists(selectFrom('entry_limit_refolds as r').select('r.park').whereRef('r.park', '=', 'p.park')),
        exists(selectFrom('late_fact_refolds as f').select('f.park').whereRef('f.park', '=', 'p.park')),
      ]),
    )
    .orderBy('p.park')
    .execute();
  return rows.map(({ park }) => park);
}
