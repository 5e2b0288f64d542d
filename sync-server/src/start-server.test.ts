import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bareEnvironment } from './db/testing/bare-environment.ts';
import { layPglite } from './db/testing/test-pglite.ts';

// The real program as its own process: what an operator sees.

const INDEX = new URL('./index.ts', import.meta.url).pathname;
const MIGRATE = new URL('./db/migrate-command.ts', import.meta.url).pathname;
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skygate-server-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  output(): string;
  errors(): string;
}

function start(script: string, args: readonly string[], env: Record<string, string> = {}): Started {
  const settings = { ...bareEnvironment(), SKYGATE_LOG: 'silent', ...env };
  const child = spawn(process.execPath, [script, ...args], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  return { child, output: () => output, errors: () => errors };
}

async function ended(started: Started): Promise<{ code: number; output: string; errors: string }> {
  const [code] = await once(started.child, 'close');
  return { code, output: started.output(), errors: started.errors() };
}

async function urlOf({ child, output, errors }: Started): Promise<string> {
  while (true) {
    const match = /http:\/\/\S+/.exec(output());
    if (match) return match[0];
    if (child.exitCode !== null) throw new Error(`the server ended: ${errors()}`);
    await Promise.race([once(child.stdout as NodeJS.EventEmitter, 'data'), once(child, 'exit')]);
  }
}

const server = (env: Record<string, string> = {}): Started => start(INDEX, ['--port', '0', '--data', folder], env);

it('starts in a folder that is empty, as a user’s first start does: makes PGlite, is healthy, keeps its key to itself, and stops on SIGTERM', async () => {
  const started = server();
  const url = await urlOf(started);
  const ready = await (await fetch(`${url}/health/ready`)).json();
  expect(ready).toEqual({ status: 'ok', database: { kind: 'pglite', durable: false, reachable: true } });
  expect((await stat(join(folder, 'master.key'))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(folder, 'master.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  started.child.kill('SIGTERM');
  expect((await ended(started)).code).toBe(0);
}, 120_000);

it('one data folder has one server: the second says so and ends with 1', async () => {
  await layPglite(folder);
  await urlOf(server());
  const second = await ended(server());
  expect(second.code).toBe(1);
  expect(second.errors).toBe(`Another server is already running on the data folder ${folder}.\n`);
}, 120_000);

it('a port in use, an unreachable database and an unknown flag are one sentence and 1', async () => {
  await layPglite(folder);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const inUse = await ended(start(INDEX, ['--port', port, '--data', folder]));
  taken.close();
  const away = await ended(server({ DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/nothing' }));
  const unknown = await ended(start(INDEX, ['--prot', '1']));
  expect([inUse.code, away.code, unknown.code]).toEqual([1, 1, 1]);
  expect(inUse.errors).toBe(`Port ${port} on 127.0.0.1 is in use by another program.\n`);
  expect(away.errors).toMatch(/^The database of DATABASE_URL \(127\.0\.0\.1:1\/nothing\) cannot be used: .*\n$/);
  expect(unknown.errors).toContain("Unknown option '--prot'");
}, 120_000);

it('migrate goes up, says the version, goes down, and names a wrong command', async () => {
  const run = (...args: string[]) => ended(start(MIGRATE, args));
  expect((await run('up', '--database', 'gate', '--data', folder)).output).toMatch(/gate schema is at version [1-9]/);
  const versionOf = ({ output }: { output: string }) => Number(/server schema is at version (\d+)/.exec(output)?.[1]);
  expect(versionOf(await run('version', '--data', folder))).toBe(0);
  const newest = versionOf(await run('up', '--data', folder));
  expect(newest).toBeGreaterThan(1);
  expect(versionOf(await run('down', '--data', folder))).toBe(newest - 1);
  const wrong = [await run('sideways'), await run('up', '--fast'), await run('up', '--database', 'cloud'), await run()];
  expect(wrong.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
  expect(wrong[0]?.errors).toContain('There is no command "sideways"');
}, 120_000);
