import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { draft } from '@skygate/shared/events/catalogue';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { bareEnvironment } from '../db/testing/bare-environment.ts';
import { DATABASES, type OpenedDatabase } from '../db/testing/databases.ts';
import { createTestServer, enrolKiosk, PARK, push, pushOf, type TestServer } from '../db/testing/test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';

// X5: what an operator sees of `npm run verify-log`: the program itself, its words and its exit code.

const MAIN = new URL('./verify-log-main.ts', import.meta.url).pathname;
let opened: OpenedDatabase;
let server: TestServer;

beforeAll(async () => {
  opened = await DATABASES.PostgreSQL();
  server = await createTestServer(opened.database);
  const kiosk = await enrolKiosk(server);
  await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(5)));
  const capacity = { date: '2026-11-21', slot: 'day', places: 10, reason: '' };
  await appendHqEvents(server.deps, PARK, [draft('CapacitySet', 'capacity', capacity, { actor: 'hq:a' })]);
}, 180_000);
afterAll(async () => {
  await server?.close();
  await opened?.close();
});

const sql = (text: string) => opened.database.kysely.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text));
/** The log as it was before each test. */
beforeEach(async () => {
  await sql('create table if not exists kept_events as select * from events');
  await sql('delete from events');
  await sql('insert into events select * from kept_events');
});

async function verify(
  args: readonly string[] = [],
  database = opened.url ?? '',
): Promise<{ code: number; said: string }> {
  const env = { ...bareEnvironment(), DATABASE_URL: database };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, said };
}

it('X5: a whole log is said to hold, and the exit code is 0', async () => {
  const { code, said } = await verify();
  expect(said).toContain('Everything holds.');
  expect(said).toMatch(new RegExp(`^${PARK}: \\d+ events of 2 streams`, 'm'));
  expect(code).toBe(0);
  expect(await verify(['--park', PARK])).toEqual({ code, said });
}, 120_000);

it('X5: a changed row is named with its place, and the exit code is 1', async () => {
  await sql(`update events set actor = 'staff:bakyt' where node like 'k-%' and seq = 3`);
  const { code, said } = await verify();
  expect(said).toMatch(/WRONG in park ala-archa, node k-[0-9A-Z]{16}, epoch 1, seq 3: /);
  expect(said).not.toContain('Everything holds.');
  expect(code).toBe(1);
}, 120_000);

it('X5: a missing row is named with its place, and the exit code is 1', async () => {
  await sql(`delete from events where node like 'k-%' and seq = 4`);
  const { code, said } = await verify();
  expect(said).toMatch(/WRONG in park ala-archa, /);
  expect(code).toBe(1);
}, 120_000);

it('X2: what cannot be done is one sentence and 2: a wrong flag, a park that is none, a database that is away', async () => {
  const flag = await verify(['--parks', PARK]);
  expect(flag.said).toContain("Unknown option '--parks'");
  expect(flag.said).toContain('npm run verify-log');
  const park = await verify(['--park', 'nowhere']);
  expect(park.said).toContain('nowhere');
  const away = await verify([], 'postgres://user:hunter2@127.0.0.1:1/nothing');
  expect(away.said).toMatch(/cannot be used/);
  expect(away.said).not.toContain('hunter2');
  expect([flag.code, park.code, away.code]).toEqual([2, 2, 2]);
}, 120_000);
