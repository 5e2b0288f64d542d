import { draft } from '@skygate/shared/events/catalogue';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { addDays, businessDateOf, businessDayEndMs } from '@skygate/shared/lib/local-time';
import { logRootOf } from '@skygate/shared/sync/log-root';
import { sql } from 'kysely';
import type { Reader, Writer } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, type HqWork } from '../hq-node/append-hq-events.ts';
import type { Log, Timers } from '../ports.ts';

export interface RooterDeps extends HqNodeDeps {
  readonly timers: Timers;
  readonly log: Log;
}

/** Roots each park's log once a business day, at its cut-off (X5). Any number of instances may run it. */
export interface LogRooter {
  /** Roots every park whose last business day is over and has no root yet; days on which no server ran have none. */
  rootNow(): Promise<void>;
  run(): Promise<void>;
  stop(): Promise<void>;
}

/** Parks come, documents and clocks change: nobody waits for a cut-off longer than this without looking. */
const LOOK_AGAIN_MS = 60_000;

export function createLogRooter(deps: RooterDeps): LogRooter {
  const { clock, timers, log, documents } = deps;
  const stopping = new AbortController();
  /** The day that each park was last seen rooted for: most looks read nothing else. */
  const rooted = new Map<string, string>();
  let running: Promise<void> = Promise.resolve();

  /** @returns when the park's present business day ends; null while it has no document and so no cut-off */
  const rootPark = async (park: ParkId, createdMs: number): Promise<number | null> => {
    const { value } = await documents.load(deps.database.reader, park, 'park');
    if (!value) return null;
    const { timeZone, cutOffHour } = value;
    const today = businessDateOf(clock.nowMs(), timeZone, cutOffHour);
    const over = addDays(today, -1);
    const hasBegun = createdMs < businessDayEndMs(over, timeZone, cutOffHour);
    if (hasBegun && rooted.get(park) !== over) {
      await appendHqEvents(deps, park, (tx) => decideRoot(deps, tx, park, over));
      rooted.set(park, over);
    }
    return businessDayEndMs(today, timeZone, cutOffHour);
  };

  const rootAll = async (): Promise<number> => {
    const parks = await deps.database.reader.selectFrom('parks').select(['park', 'created_ms']).execute();
    let nextMs = clock.nowMs() + LOOK_AGAIN_MS;
    for (const { park, created_ms } of parks) {
      if (stopping.signal.aborted) break;
      try {
        const endsMs = await rootPark(park as ParkId, created_ms);
        if (endsMs !== null) nextMs = Math.min(nextMs, endsMs);
      } catch (error) {
        log.warn({ park, error: String(error) }, 'the log of a park was not rooted; trying again');
      }
    }
    return nextMs;
  };

  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      let nextMs = clock.nowMs() + LOOK_AGAIN_MS;
      try {
        nextMs = await rootAll();
      } catch (error) {
        log.warn({ error: String(error) }, 'logs were not rooted; trying again');
      }
      await timers.sleep(Math.max(1, nextMs - clock.nowMs()), stopping.signal);
    }
  };

  return {
    rootNow: async () => {
      await rootAll();
    },
    run: async () => {
      running = follow();
      await running;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** The root of a day, unless it has one: under the park's lock, so that the heads are those of one position. */
async function decideRoot(deps: HqNodeDeps, tx: Writer, park: ParkId, businessDate: string): Promise<HqWork> {
  if (await hasRoot(tx, park, businessDate)) return { drafts: [] };
  const { head: position } = await tx
    .selectFrom('parks')
    .select('head')
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  const streams = await tx
    .selectFrom('nodes')
    .select(['node', 'epoch', 'head_seq as seq', 'head_hash as hash'])
    .where('park', '=', park)
    .where('head_seq', '>', 0)
    .execute();
  const events = streams.reduce((sum, { seq }) => sum + seq, 0);
  const body = { businessDate, position, events, streams: streams.length, root: logRootOf(deps.crypto, streams) };
  return { drafts: [draft('LogRooted', `log:${businessDate}`, body, { actor: 'system' })] };
}

/** The type as a literal: the index is of these events alone. */
async function hasRoot(reader: Reader, park: ParkId, businessDate: string): Promise<boolean> {
  const row = await reader
    .selectFrom('events')
    .select('position')
    .where('park', '=', park)
    .where(sql<boolean>`type = 'LogRooted'`)
    .where('subject', '=', `log:${businessDate}`)
    .where('node', '=', hqNodeOf(park))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
