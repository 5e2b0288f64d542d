import { setTimeout as sleep } from 'node:timers/promises';
import { migrateUp } from '@skygate/sync-server/db/migrate';
import { serverTarget } from '@skygate/sync-server/db/migrate-server';
import { openPostgres } from '@skygate/sync-server/db/open-postgres';
import { startPostgres } from '@skygate/sync-server/db/testing/start-postgres';
import { createTestServer, PARK, type TestServer } from '@skygate/sync-server/db/testing/test-server';
import { createPark } from '@skygate/sync-server/hq-node/create-park';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { type KioskCrowd, startCrowd } from './kiosk-crowd.ts';
import { EVENTS_A_BATCH } from './push-events.ts';

// The line to the park comes back after a day, and every kiosk with it, at the same moment: token, state and 500 events
// each, on a PostgreSQL server that holds events already and has its read models to follow. Nobody may starve, and twice
// the kiosks may cost twice the time and no more. Most of the time goes into what has to be there before: events to hold,
// kiosks to enrol, and after each storm the read models, which the next one must not find behind.

/** The full size is 1,000,000 held and 3 rounds. */
const HELD = Number(process.env['SKYGATE_BENCH_HELD'] ?? 100_000);
const CROWDS = [50, 100, 200];
/** Each size this often, the sizes in turn, so that the machine's moods fall on all alike. */
const ROUNDS = Number(process.env['SKYGATE_BENCH_ROUNDS'] ?? 1);
const FILLERS = 8;
const SLOWEST_TO_MEDIAN_MAX = 2;
/** Linear: an event of the largest crowd may cost this much more than one of the smallest. */
const GROWTH_MAX = 1.2;
const RSS_GROWTH_MAX = 1.2;

interface Round {
  readonly eventsPerSecond: number;
  readonly slowestToMedian: number;
}

export async function storm(): Promise<BenchResult> {
  const postgres = await startPostgres();
  const database = await openPostgres(await postgres.createDatabase());
  try {
    await migrateUp(serverTarget(database));
    const server = await createTestServer(database);
    const crowd = startCrowd(server, await server.app.listen({ host: '127.0.0.1', port: 0 }));
    try {
      await createPark(server.deps, PARK);
      return await measure(server, crowd);
    } finally {
      crowd.end();
      await server.deps.projections.stop();
      await server.close();
    }
  } finally {
    await database.close();
    await postgres.stop();
  }
}

async function measure(server: TestServer, crowd: KioskCrowd): Promise<BenchResult> {
  const batches = Math.max(1, Math.round(HELD / FILLERS / EVENTS_A_BATCH.gate));
  await crowd.enrol(
    Array.from({ length: FILLERS }, () => 'gate' as const),
    batches,
  );
  const floorPerSecond = await crowd.push(batches);
  await server.deps.projections.projectNow();
  const running = server.deps.projections.run();
  // One of the largest is not counted: everything is warm then, and memory as large as so many at once ask for.
  await oneStorm(server, crowd, CROWDS.at(-1) ?? 1);
  const rssBeforeMiB = rssMiB();
  const rounds = CROWDS.map((): Round[] => []);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [which, kiosks] of CROWDS.entries()) rounds[which]?.push(await oneStorm(server, crowd, kiosks));
  }
  const rssAfterMiB = rssMiB();
  await server.deps.projections.stop();
  await running;
  return resultOf({
    rounds,
    floorPerSecond,
    rssBeforeMiB,
    rssAfterMiB,
    heldBefore: batches * FILLERS * EVENTS_A_BATCH.gate,
  });
}

async function oneStorm(server: TestServer, crowd: KioskCrowd, kiosks: number): Promise<Round> {
  await crowd.enrol(
    Array.from({ length: kiosks }, () => 'gate' as const),
    1,
  );
  await readModelsCaughtUp(server);
  const { ms, each, events } = await crowd.storm(kiosks);
  return { eventsPerSecond: (events * 1000) / ms, slowestToMedian: Math.max(...each) / quantile(each, 0.5) };
}

async function readModelsCaughtUp(server: TestServer): Promise<void> {
  const { reader } = server.deps.database;
  const isBehind = async (): Promise<boolean> => {
    const row = await reader
      .selectFrom('parks as p')
      .innerJoin('projection_cursors as c', 'c.park', 'p.park')
      .select('p.park')
      .whereRef('c.position', '<', 'p.head')
      .executeTakeFirst();
    return row !== undefined;
  };
  while (await isBehind()) await sleep(50);
}

const rssMiB = (): number => process.memoryUsage.rss() / 2 ** 20;

interface Measured {
  readonly rounds: readonly (readonly Round[])[];
  readonly floorPerSecond: number;
  readonly rssBeforeMiB: number;
  readonly rssAfterMiB: number;
  readonly heldBefore: number;
}

function resultOf({ rounds, floorPerSecond, rssBeforeMiB, rssAfterMiB, heldBefore }: Measured): BenchResult {
  const median = (of: (one: Round) => number) => rounds.map((own) => quantile(own.map(of), 0.5));
  const rates = median(({ eventsPerSecond }) => eventsPerSecond);
  const spreads = median(({ slowestToMedian }) => slowestToMedian);
  const growth = (rates[0] ?? Number.NaN) / (rates.at(-1) ?? Number.NaN);
  const each = CROWDS.flatMap((kiosks, which): [string, number][] => [
    [`eventsPerSecond_${kiosks}`, round(rates[which] ?? Number.NaN, 0)],
    [`slowestToMedian_${kiosks}`, round(spreads[which] ?? Number.NaN, 2)],
  ]);
  const rssGrowth = rssAfterMiB / rssBeforeMiB;
  const ratio = (rates.at(-1) ?? Number.NaN) / floorPerSecond;
  return {
    name: 'storm',
    figures: {
      ...Object.fromEntries(each),
      costGrowth: round(growth, 2),
      rssMiB_before: round(rssBeforeMiB, 0),
      rssMiB_after: round(rssAfterMiB, 0),
      eventsHeldBefore: heldBefore,
    },
    floor: { eventsPerSecond_eightKiosksPushing: round(floorPerSecond, 0) },
    ratio: round(ratio),
    target: `an event of ${CROWDS.at(-1)} kiosks <= ${GROWTH_MAX}x one of ${CROWDS[0]}, slowest kiosk <= ${SLOWEST_TO_MEDIAN_MAX}x the median, server RSS <= ${RSS_GROWTH_MAX}x`,
    met:
      growth <= GROWTH_MAX && spreads.every((spread) => spread <= SLOWEST_TO_MEDIAN_MAX) && rssGrowth <= RSS_GROWTH_MAX,
  };
}
