import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@skygate/sync-server/db/database';
import { migrateUp } from '@skygate/sync-server/db/migrate';
import { serverTarget } from '@skygate/sync-server/db/migrate-server';
import { openPglite } from '@skygate/sync-server/db/open-pglite';
import { openPostgres } from '@skygate/sync-server/db/open-postgres';
import { startPostgres } from '@skygate/sync-server/db/testing/start-postgres';
import { createTestServer, PARK, type TestServer } from '@skygate/sync-server/db/testing/test-server';
import { createPark } from '@skygate/sync-server/hq-node/create-park';
import { type HqJournal, openHqJournal } from '@skygate/sync-server/hq-node/hq-journal';
import { removeFolder } from './bench-kiosk.ts';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { createInsertFloor } from './insert-floor.ts';
import { type KioskCrowd, startCrowd } from './kiosk-crowd.ts';
import { EVENTS_A_BATCH } from './push-events.ts';

// Eight kiosks (six gates, two tills) come back after a day offline and push what they have, all at once: real HTTP
// over loopback, token, body limits and schema, gzip, chain recomputed, seal verified, one statement a batch. Then the
// floor inserts the very rows that came in. Rounds of both alternate on one database. A park's events go in one batch
// after the other by design (S3: positions in commit order), so the floor that the target counts does too; what the
// machine takes with all eight inserting at once, which no order is asked of, stands beside it.
// The read models stand still in these rounds, as the floor has none; one more round measures with them following.

/** 200 is the full size: 100,000 events a gate. */
const BATCHES_A_KIOSK = Number(process.env['SKYGATE_BENCH_BATCHES'] ?? 40);
const ROUNDS = 5;
const KIOSKS = 8;
const TILLS = 2;
const ROLES = Array.from({ length: KIOSKS }, (_, index) => (index < TILLS ? ('till' as const) : ('gate' as const)));
/** One round more than is counted: with the read models following. */
const BATCHES_A_ROUND = Math.floor(BATCHES_A_KIOSK / (ROUNDS + 1));
const SHARE_OF_FLOOR_MIN = 0.6;

interface Measured {
  readonly oursPerSecond: number;
  readonly projectingPerSecond: number;
  readonly floorPerSecond: number;
  readonly floorAtOncePerSecond: number;
  readonly wireBytes: Readonly<Record<'gate' | 'till', number>>;
  readonly rssMiB: number;
}

export async function ingest(): Promise<BenchResult> {
  const postgres = await onPostgres();
  const pglite = await onPglite();
  const events = { gate: (KIOSKS - TILLS) * EVENTS_A_BATCH.gate, till: TILLS * EVENTS_A_BATCH.till };
  const bytes = postgres.wireBytes.gate * events.gate + postgres.wireBytes.till * events.till;
  const ratio = postgres.oursPerSecond / postgres.floorPerSecond;
  return {
    name: 'ingest',
    figures: {
      eventsPerSecond_postgres: round(postgres.oursPerSecond, 0),
      eventsPerSecond_pglite: round(pglite.oursPerSecond, 0),
      eventsPerSecond_postgres_projecting: round(postgres.projectingPerSecond, 0),
      eventsPerSecond_pglite_projecting: round(pglite.projectingPerSecond, 0),
      shareOfFloor_postgres_eightAtOnce: round(postgres.oursPerSecond / postgres.floorAtOncePerSecond),
      shareOfFloor_pglite: round(pglite.oursPerSecond / pglite.floorPerSecond),
      wireBytesPerEvent: round(bytes / (events.gate + events.till), 1),
      wireBytesPerEvent_gates: round(postgres.wireBytes.gate, 1),
      wireBytesPerEvent_tills: round(postgres.wireBytes.till, 1),
      events: BATCHES_A_KIOSK * (events.gate + events.till),
      rssMiB_postgres: round(postgres.rssMiB, 0),
    },
    floor: {
      eventsPerSecond_postgres: round(postgres.floorPerSecond, 0),
      eventsPerSecond_pglite: round(pglite.floorPerSecond, 0),
      eventsPerSecond_postgres_eightAtOnce: round(postgres.floorAtOncePerSecond, 0),
    },
    ratio: round(ratio),
    target: `>= ${SHARE_OF_FLOOR_MIN} of the floor on PostgreSQL`,
    met: ratio >= SHARE_OF_FLOOR_MIN,
  };
}

async function onPostgres(): Promise<Measured> {
  const postgres = await startPostgres();
  try {
    return await measure(await openPostgres(await postgres.createDatabase()), null);
  } finally {
    await postgres.stop();
  }
}

async function onPglite(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'skygate-ingest-'));
  const journal = openHqJournal(folder);
  try {
    return await measure(await openPglite(folder), journal);
  } finally {
    journal.close();
    removeFolder(folder);
  }
}

async function measure(database: Database, journal: HqJournal | null): Promise<Measured> {
  await migrateUp(serverTarget(database));
  const server = await createTestServer(database, journal ? { journal } : {});
  const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  const crowd = startCrowd(server, url);
  try {
    await createPark(server.deps, PARK);
    const wireBytes = await crowd.enrol(ROLES, BATCHES_A_KIOSK);
    const rates = await alternate(server, crowd);
    const projectingPerSecond = await pushWhileProjecting(server, crowd);
    return { ...rates, projectingPerSecond, wireBytes, rssMiB: process.memoryUsage.rss() / 2 ** 20 };
  } finally {
    crowd.end();
    await server.close();
    await database.close();
  }
}

type Rates = Pick<Measured, 'oursPerSecond' | 'floorPerSecond' | 'floorAtOncePerSecond'>;

/** Medians of the rounds: one that the machine disturbed counts for nothing. */
async function alternate(server: TestServer, crowd: KioskCrowd): Promise<Rates> {
  const floor = await createInsertFloor(server.deps.database, 1);
  const floorAtOnce = await createInsertFloor(server.deps.database, KIOSKS);
  const ours: number[] = [];
  const bare: number[] = [];
  const bareAtOnce: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    ours.push(await crowd.push(BATCHES_A_ROUND));
    bare.push(await floor.insertWhatCame());
    bareAtOnce.push(await floorAtOnce.insertWhatCame());
  }
  // The first round warmed all of them up.
  const median = (rates: readonly number[]): number => quantile(rates.slice(1), 0.5);
  return { oursPerSecond: median(ours), floorPerSecond: median(bare), floorAtOncePerSecond: median(bareAtOnce) };
}

async function pushWhileProjecting(server: TestServer, crowd: KioskCrowd): Promise<number> {
  const running = server.deps.projections.run();
  const perSecond = await crowd.push(BATCHES_A_ROUND);
  await server.deps.projections.stop();
  await running;
  return perSecond;
}
