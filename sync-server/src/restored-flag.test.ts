import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bareEnvironment } from './db/testing/bare-environment.ts';
import { DATABASES, type OpenedDatabase } from './db/testing/databases.ts';
import { createTestServer, enrolKiosk, PARK, type TestServer } from './db/testing/test-server.ts';
import { createPark } from './hq-node/create-park.ts';

// What an operator does after putting a database back: the real program with its flag.

const INDEX = new URL('./index.ts', import.meta.url).pathname;
const OTHER = 'issyk-kul' as typeof PARK;
let folder: string;
let opened: OpenedDatabase;
let server: TestServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skygate-restored-'));
  opened = await DATABASES.PostgreSQL();
  server = await createTestServer(opened.database);
  await enrolKiosk(server);
  await createPark(server.deps, OTHER);
}, 180_000);
afterAll(async () => {
  await server?.close();
  await opened?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the server, waits until it listens, and stops it. */
async function runOnce(args: readonly string[]): Promise<{ code: number; output: string }> {
  const env = {
    ...bareEnvironment(),
    DATABASE_URL: opened.url ?? '',
    SKYGATE_MASTER_KEY: '07'.repeat(32),
    SKYGATE_LOG: 'warn',
  };
  const child = spawn(process.execPath, [INDEX, '--port', '0', '--data', folder, ...args], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (/http:\/\//.test(output)) child.kill('SIGTERM');
    });
  }
  const [code] = await once(child, 'close');
  return { code, output };
}

const logIds = async () => {
  const rows = await opened.database.reader.selectFrom('parks').select(['park', 'log_id']).orderBy('park').execute();
  return rows.map(({ log_id }) => log_id);
};
const recoveries = () =>
  opened.database.reader
    .selectFrom('park_recovery')
    .select(['park', 'hq_epoch', 'noticed_by', 'ended_ms'])
    .orderBy('park')
    .execute();
const warnings = (output: string) =>
  output.split('\n').filter((line) => line.includes('restored from a backup')).length;

it('E8: --restored begins every park anew and says so; a start without it does nothing of the kind', async () => {
  const before = await logIds();
  const plain = await runOnce([]);
  expect([plain.code, warnings(plain.output)]).toEqual([0, 0]);
  expect(await logIds()).toEqual(before);
  expect(await recoveries()).toEqual([]);

  const restored = await runOnce(['--restored']);
  expect([restored.code, warnings(restored.output)]).toEqual([0, 2]);
  const after = await logIds();
  for (const [index, logId] of after.entries()) expect(logId).not.toBe(before[index]);
  const begun = await recoveries();
  expect(begun).toMatchObject([
    { park: PARK, noticed_by: 'operator', ended_ms: null },
    { park: OTHER, noticed_by: 'operator' },
  ]);
  for (const { hq_epoch } of begun) expect(hq_epoch).toBeGreaterThan(1);
  const closings = await opened.database.reader.selectFrom('epoch_closings').select(['park', 'reason']).execute();
  expect(closings.map(({ reason }) => reason)).toEqual(['server_restored', 'server_restored']);

  const later = await runOnce([]);
  expect([later.code, warnings(later.output)]).toEqual([0, 0]);
  expect(await logIds()).toEqual(after);
  expect(await recoveries()).toEqual(begun);
}, 240_000);

it('X2: --restored takes no value, and a wrong one starts nothing', async () => {
  const before = await logIds();
  const { code, output } = await runOnce(['--restored=yes']);
  expect(code).toBe(1);
  expect(output).toContain('--restored');
  expect(await logIds()).toEqual(before);
}, 60_000);
