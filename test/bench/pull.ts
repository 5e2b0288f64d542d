import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { migrateUp } from '@skygate/sync-server/db/migrate';
import { serverTarget } from '@skygate/sync-server/db/migrate-server';
import { openPostgres } from '@skygate/sync-server/db/open-postgres';
import { startPostgres } from '@skygate/sync-server/db/testing/start-postgres';
import { createTestServer, PARK, type TestServer } from '@skygate/sync-server/db/testing/test-server';
import { createPark } from '@skygate/sync-server/hq-node/create-park';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import { removeFolder } from './bench-kiosk.ts';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { startCrowd } from './kiosk-crowd.ts';
import { EVENTS_A_BATCH } from './push-events.ts';

// A new kiosk catches up with what eight others did, over real HTTP from a server on PostgreSQL: page by page, every
// chain recomputed, every run's seal verified, every event stored and projected, cursor and page in one FULL commit.
// Then, in the same process, the floor: the very rows that came of it, inserted bare into the same tables, a transaction
// for as many events as a page has. A kiosk of its own process a round (pull-kiosk.ts).

const EVENTS = Number(process.env['SKYGATE_BENCH_EVENTS'] ?? 100_000);
const ROUNDS = 3;
const SHARE_OF_FLOOR_MIN = 0.5;
const ROLES = ['till', 'till', 'gate', 'gate', 'gate', 'gate', 'gate', 'gate'] as const;

/** What one kiosk's process prints. */
export interface PullRound {
  readonly events: number;
  readonly pullMs: number;
  readonly floorMs: number;
  readonly rows: number;
  readonly rssMiB: number;
}

export async function pull(): Promise<BenchResult> {
  const postgres = await startPostgres();
  const database = await openPostgres(await postgres.createDatabase());
  const folder = mkdtempSync(join(tmpdir(), 'skygate-pull-'));
  try {
    await migrateUp(serverTarget(database));
    const server = await createTestServer(database);
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
    try {
      await createPark(server.deps, PARK);
      await fill(server, url);
      const rounds: PullRound[] = [];
      for (let turn = 0; turn < ROUNDS; turn += 1) rounds.push(await catchUp(server, url, join(folder, `${turn}`)));
      return resultOf(rounds);
    } finally {
      await server.close();
    }
  } finally {
    await database.close();
    await postgres.stop();
    removeFolder(folder);
  }
}

async function fill(server: TestServer, url: string): Promise<void> {
  const crowd = startCrowd(server, url);
  try {
    const aTurn = ROLES.reduce((sum, role) => sum + EVENTS_A_BATCH[role], 0);
    const batches = Math.max(1, Math.round(EVENTS / aTurn));
    await crowd.enrol(ROLES, batches);
    await crowd.push(batches);
  } finally {
    crowd.end();
  }
}

async function catchUp(server: TestServer, url: string, folder: string): Promise<PullRound> {
  const { code } = await createEnrolmentCode(server.deps, { park: PARK, name: 'new', role: 'gate', gateId: 'new' });
  const program = fileURLToPath(new URL('pull-kiosk.ts', import.meta.url));
  const { head } = await server.deps.database.reader
    .selectFrom('parks')
    .select('head')
    .where('park', '=', PARK)
    .executeTakeFirstOrThrow();
  const { stdout } = await promisify(execFile)(process.execPath, [program, folder, url, code, `${head}`]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as PullRound;
}

function resultOf(rounds: readonly PullRound[]): BenchResult {
  const median = (of: (one: PullRound) => number): number => quantile(rounds.map(of), 0.5);
  const oursPerSecond = median(({ events, pullMs }) => (events * 1000) / pullMs);
  const floorPerSecond = median(({ events, floorMs }) => (events * 1000) / floorMs);
  const ratio = oursPerSecond / floorPerSecond;
  return {
    name: 'pull',
    figures: {
      eventsPerSecond: round(oursPerSecond, 0),
      seconds: round(median(({ pullMs }) => pullMs / 1000)),
      events: median(({ events }) => events),
      rows: median(({ rows }) => rows),
      rssMiB: round(
        median(({ rssMiB }) => rssMiB),
        0,
      ),
    },
    floor: { eventsPerSecond: round(floorPerSecond, 0) },
    ratio: round(ratio),
    target: `>= ${SHARE_OF_FLOOR_MIN} of the floor`,
    met: ratio >= SHARE_OF_FLOOR_MIN,
  };
}
