import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBirpc } from 'birpc';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { KioskApi, ScreenApi } from '../../rpc-contract/kiosk-api.ts';
import { RPC_MESSAGE_BYTES_MAX } from '../../rpc-contract/rpc-wire.ts';
import type { KioskStatus } from '../../rpc-contract/status-view.ts';
import { eventually } from '../testing/eventually.ts';
import { cookieName } from './loopback-guard.ts';
import { createScreenServer, type ScreenAddress, type ScreenServer } from './screen-server.ts';

const SECRET = { value: 'ab'.repeat(32) };

/** Fake: a kiosk that remembers what reached it. */
function fakeKiosk() {
  const calls: [string, unknown][] = [];
  const listeners = new Set<(status: KioskStatus) => void>();
  const api = new Proxy({} as KioskApi, {
    get: (_, method) => async (input: unknown) => {
      calls.push([String(method), input]);
      if (method === 'testContact') throw new Error('a bug with a secret path in it');
      return { ok: true, value: null };
    },
  });
  return { api, calls, listeners };
}

let folder: string;
let kiosk: ReturnType<typeof fakeKiosk>;
let server: ScreenServer;
let address: ScreenAddress;
const opened: WebSocket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skygate-screens-'));
  mkdirSync(join(folder, 'ui', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'ui', 'index.html'), '<!doctype html><title>screens</title>');
  writeFileSync(join(folder, 'ui', 'assets', 'reader-abc.wasm'), 'wasm');
  writeFileSync(join(folder, 'private.json'), '{}');
  kiosk = fakeKiosk();
  server = createScreenServer({
    uiFolder: join(folder, 'ui'),
    secret: SECRET,
    api: kiosk.api,
    log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() },
    onStatus: (listener) => {
      kiosk.listeners.add(listener);
      return () => kiosk.listeners.delete(listener);
    },
  });
  const listening = await server.listen(0);
  if (!listening.ok) throw new Error('no free port');
  address = listening.value;
});

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.terminate();
  await server.stop();
  rmSync(folder, { recursive: true });
});

const cookie = (value = SECRET.value) => `${cookieName(address.port)}=${value}`;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Plain http, so that Host can be forged and dots in a path stay as they are. */
function get(path: string, headers: Readonly<Record<string, string>> = { cookie: cookie() }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: address.port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject).end();
  });
}

interface Knock {
  readonly path?: string;
  readonly host?: string;
  readonly origin?: string | null;
  readonly cookie?: string;
}

/** Opens the rpc socket as our page would, save for what the test changes. Answers the status or the open socket. */
function knock(change: Knock = {}): Promise<number | WebSocket> {
  const headers: Record<string, string> = { cookie: change.cookie ?? cookie() };
  if (change.host !== undefined) headers['host'] = change.host;
  if (change.origin !== null) headers['origin'] = change.origin ?? address.url;
  const socket = new WebSocket(`${address.url.replace('http', 'ws')}${change.path ?? '/rpc'}`, { headers });
  opened.push(socket);
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

async function connected(screen: ScreenApi = { statusChanged: () => undefined }) {
  const socket = (await knock()) as WebSocket;
  socket.on('error', () => undefined);
  const rpc = createBirpc<KioskApi, ScreenApi>(screen, {
    post: (message) => socket.send(message),
    on: (listener) => void socket.on('message', (data) => listener(String(data))),
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  return { socket, rpc, closed };
}

describe('X1: the loopback rpc', () => {
  it('lets our own page in', async () => {
    expect(await knock()).toBeInstanceOf(WebSocket);
  });

  it.each([
    ['no secret', { cookie: '' }],
    ['a wrong secret', { cookie: 'skygate_0=x' }],
    ['the page of another site', { origin: 'https://evil.example' }],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a program that names no origin', { origin: null }],
  ])('refuses %s', async (_, change) => {
    expect(await knock(change)).toBe(403);
    expect(kiosk.listeners.size).toBe(0);
  });

  it('refuses a secret that is wrong in its last character', async () => {
    expect(await knock({ cookie: cookie(`${SECRET.value.slice(0, -1)}c`) })).toBe(403);
  });

  it('refuses a foreign name that was pointed at this machine, whatever else is right', async () => {
    const host = `evil.example:${address.port}`;
    expect(await knock({ host, origin: `http://${host}` })).toBe(421);
    expect((await get('/', { cookie: cookie(), host })).status).toBe(421);
  });

  it('has no other door', async () => {
    expect(await knock({ path: '/' })).toBe(404);
  });
});

describe('X1: the pages', () => {
  it('are swapped for the secret: cookie, clean address, and reloads work', async () => {
    const launched = await get(new URL(address.openUrl).pathname + new URL(address.openUrl).search, {});
    expect([launched.status, launched.headers['location']]).toEqual([303, '/']);
    const set = String(launched.headers['set-cookie']);
    expect(set).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    const page = await get('/', { cookie: set.split(';')[0] ?? '' });
    expect([page.status, page.body]).toEqual([200, '<!doctype html><title>screens</title>']);
  });

  it('are refused without it, and with a wrong one', async () => {
    expect((await get('/', {})).status).toBe(403);
    expect((await get(`/?launch=${'0'.repeat(64)}`, {})).status).toBe(403);
  });

  it('allow no foreign code, frames or connections, but workers and WASM of ours', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("worker-src 'self'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${address.port}`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval;');
  });

  it('are served with their type; hashed files are kept', async () => {
    const wasm = await get('/assets/reader-abc.wasm');
    expect(wasm.headers).toMatchObject({ 'content-type': 'application/wasm', 'x-content-type-options': 'nosniff' });
    expect(wasm.headers['cache-control']).toContain('immutable');
  });

  it.each(['/../private.json', '/%2e%2e/private.json', '/..%2fprivate.json', '/..%5cprivate.json', '/%00', '/%', '//'])(
    'stay in their folder: %s',
    async (path) => {
      expect([400, 404]).toContain((await get(path)).status);
    },
  );
});

describe('X2: calls', () => {
  it('reach the kiosk with their arguments, and get its answer', async () => {
    const { rpc } = await connected();
    expect(await rpc.scan({ text: 'SG1:A', source: 'wedge' })).toEqual({ ok: true, value: null });
    await rpc.getStatus();
    expect(kiosk.calls).toEqual([
      ['scan', { text: 'SG1:A', source: 'wedge' }],
      ['getStatus', undefined],
    ]);
  });

  it.each([
    ['scan', [{ text: 5, source: 'wedge' }]],
    ['scan', [{ text: 'A', source: 'telepathy' }]],
    ['scan', [{ text: 'A'.repeat(8193), source: 'wedge' }]],
    ['scan', [{ text: 'A', source: 'wedge', more: true }]],
    ['scan', []],
    ['scan', [{ text: 'A', source: 'wedge' }, 1]],
    ['getStatus', [{ surprise: true }]],
    ['completeSale', [{ commandId: 'x', lines: [], tenderedMinor: 1, expectedTotalMinor: 1 }]],
    ['completeSale', [{ commandId: '12345678', lines: [], tenderedMinor: 0.5, expectedTotalMinor: 1 }]],
    ['openShift', [{ floatMinor: -1, denominations: [] }]],
    ['editProduct', [{ productId: '__proto__', change: { field: 'price', unitId: 'a', priceMinor: 1 } }]],
  ])('of %s with bad arguments are answered and go no further: %j', async (method, args) => {
    const { rpc } = await connected();
    const answer = await rpc.$callRaw({ method, args });
    expect(answer).toMatchObject({ ok: false, problem: { code: 'bad_input', data: { method } } });
    expect(kiosk.calls).toEqual([]);
  });

  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'launchMissiles'])(
    'of what is no method fail: %s',
    async (method) => {
      const { rpc } = await connected();
      await expect(rpc.$callRaw({ method, args: [] })).rejects.toMatchObject({ message: expect.any(String) });
      expect(kiosk.calls).toEqual([]);
    },
  );

  it('that hit a bug say so without its insides', async () => {
    const { rpc } = await connected();
    const failure = await rpc.testContact().catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'testContact failed in the kiosk; its log says why' });
  });

  it('in an oversized frame end that connection alone', async () => {
    const other = await connected();
    const { socket, closed } = await connected();
    socket.send('x'.repeat(RPC_MESSAGE_BYTES_MAX + 1));
    expect(await closed).toBe(1009);
    expect(await other.rpc.logOut()).toMatchObject({ ok: true });
    expect(kiosk.calls).toEqual([['logOut', undefined]]);
  });

  it.each(['{', 'null', '[]', '"q"', '{"t":"q"}', '{"t":"q","m":"scan","a":{}}', '{"t":"s","i":"x","r":1}'])(
    'that are none do not reach the kiosk nor stop it: %s',
    async (text) => {
      const { socket } = await connected();
      socket.send(text);
      const other = await connected();
      expect(await other.rpc.logOut()).toMatchObject({ ok: true });
      expect(kiosk.calls).toEqual([['logOut', undefined]]);
    },
  );
});

describe('status', () => {
  it('is pushed to every screen, until it closes', async () => {
    const seen: unknown[] = [];
    const { socket } = await connected({ statusChanged: (status) => void seen.push(status) });
    for (const listener of kiosk.listeners) listener({ nowMs: 7 } as KioskStatus);
    await eventually(() => expect(seen).toEqual([{ nowMs: 7 }]));
    socket.close();
    await eventually(() => expect(kiosk.listeners.size).toBe(0));
  });
});

describe('a port', () => {
  it('in use is said, not thrown', async () => {
    const second = createScreenServer({ ...serverDeps(), uiFolder: folder });
    expect(await second.listen(address.port)).toEqual({
      ok: false,
      error: { kind: 'port_in_use', port: address.port },
    });
  });

  it('is free again after stop, even with screens open', async () => {
    const { closed } = await connected();
    await server.stop();
    expect(await closed).toBe(1001);
    const again = createScreenServer({ ...serverDeps(), uiFolder: folder });
    expect((await again.listen(address.port)).ok).toBe(true);
    await again.stop();
  });
});

function serverDeps() {
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  return { secret: SECRET, api: kiosk.api, log, onStatus: () => () => undefined };
}
