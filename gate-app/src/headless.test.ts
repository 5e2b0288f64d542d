import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createBirpc } from 'birpc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { KioskApi, ScreenApi } from './rpc-contract/kiosk-api.ts';

// The real process: real data folder, real port, real signals.

const PROGRAM = fileURLToPath(new URL('headless.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly firstLine: Promise<string>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

let folder: string;
const runs: Run[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skygate-headless-'));
  // The screens themselves are tested elsewhere: here one page stands in for them.
  mkdirSync(join(folder, 'ui'));
  writeFileSync(join(folder, 'ui', 'index.html'), '<!doctype html><title>screens</title>');
});

afterEach(async () => {
  for (const { child, ended } of runs.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function run(...args: readonly string[]): Run {
  const env = { ...process.env, SKYGATE_KIOSK_UI: join(folder, 'ui') };
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const started: Run = {
    child,
    firstLine: new Promise((resolve, reject) => {
      createInterface(child.stdout).once('line', resolve);
      child.once('exit', () => reject(new Error(`no address: ${stderr}`)));
    }),
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr }))),
  };
  started.firstLine.catch(() => undefined);
  runs.push(started);
  return started;
}

const data = (name = 'kiosk') => join(folder, name);

async function started(...args: readonly string[]) {
  const process = run('--port', '0', '--data', data(), ...args);
  const { listening, open } = JSON.parse(await process.firstLine) as { listening: string; open: string };
  return { ...process, listening, open };
}

async function cookieFrom(open: string): Promise<string> {
  const answer = await fetch(open, { redirect: 'manual' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('headless kiosk', () => {
  it('says its address, serves the screens and answers the rpc', async () => {
    const { listening, open } = await started();
    const cookie = await cookieFrom(open);
    const page = await fetch(listening, { headers: { cookie } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);

    const socket = new WebSocket(`${listening.replace('http', 'ws')}/rpc`, { headers: { cookie, origin: listening } });
    const rpc = createBirpc<KioskApi, ScreenApi>(
      { statusChanged: () => undefined },
      {
        post: (message) => socket.send(message),
        on: (listener) => void socket.on('message', (text) => listener(String(text))),
        serialize: JSON.stringify,
        deserialize: JSON.parse,
      },
    );
    await new Promise((resolve) => socket.once('open', resolve));
    expect(await rpc.getStatus()).toMatchObject({ identity: null, sync: { state: 'not_enrolled' } });
    expect(await rpc.$callRaw({ method: 'scan', args: [{ text: 1 }] })).toMatchObject({
      problem: { code: 'bad_input' },
    });
    socket.terminate();
  });

  it('stops when asked, with screens open, and starts again on the same data', async () => {
    const first = await started();
    const cookie = await cookieFrom(first.open);
    const socket = new WebSocket(`${first.listening.replace('http', 'ws')}/rpc`, {
      headers: { cookie, origin: first.listening },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0 });
    const second = await started();
    expect(second.open).not.toBe(first.open);
  });

  it('refuses a data folder that another kiosk uses', async () => {
    await started();
    const { code, stderr } = await run('--port', '0', '--data', data()).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(data());
    expect(stderr).not.toContain('    at ');
  });

  it('refuses a port that is in use, and frees the data folder', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run('--port', String(port), '--data', data()).ended;
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`port ${port} is in use`)]);
    expect((await started()).listening).toContain('http://127.0.0.1:');
  });

  it('says how to build the screens where they are missing', async () => {
    rmSync(join(folder, 'ui', 'index.html'));
    const { code, stderr } = await run('--port', '0', '--data', data()).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm run build')]);
  });

  it('refuses a flag it does not know, and says which ones it knows', async () => {
    const { code, stderr } = await run('--prot', '1').ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/--prot[\s\S]*--port N/);
  });
});
