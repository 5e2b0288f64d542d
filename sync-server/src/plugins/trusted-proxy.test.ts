import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { DATABASES, type OpenedDatabase } from '../db/testing/databases.ts';
import { createTestServer, type TestServer } from '../db/testing/test-server.ts';
import { HQ_PREFIX, hqFeature } from '../hq/hq-feature.ts';
import { cookieOf, PARK_DOCUMENT, USER } from '../hq/testing/hq-test-server.ts';
import { SILENT_LOG } from '../ports.ts';

// Who asks, where a proxy that ends TLS stands before the server (S5).

const PROXY = '10.1.0.7';
const KIOSK = '203.0.113.1';
const STRANGER = '203.0.113.9';

let opened: OpenedDatabase;
let server: TestServer;
beforeAll(async () => {
  opened = await DATABASES.PGlite();
}, 180_000);
afterEach(() => server?.close());
afterAll(() => opened?.close());

async function open(trustedProxies: readonly string[] = ['10.1.0.0/16']) {
  server = await createTestServer(opened.database, { perMinute: 3, trustedProxies });
  const warnings: string[] = [];
  const log = { ...SILENT_LOG, warn: (_fields: unknown, message: string) => warnings.push(message) };
  const app = await buildApp({ ...server.deps, log }, [hqFeature({ firstUser: USER, publicUrl: null })]);
  const ask = (url: string, by: { readonly from: string; readonly for?: string }, payload: object = {}, cookie = '') =>
    app.inject({
      method: 'POST',
      url,
      remoteAddress: by.from,
      headers: {
        [PROTOCOL_HEADER]: '2',
        host: 'hq.example.org',
        'x-forwarded-proto': 'https',
        cookie,
        ...(by.for === undefined ? {} : { 'x-forwarded-for': by.for }),
      },
      payload,
    });
  const nonces = async (count: number, by: { readonly from: string; readonly for?: string }) => {
    const statuses: number[] = [];
    for (let time = 0; time < count; time += 1) statuses.push((await ask('/sync/nonce', by)).statusCode);
    return statuses;
  };
  return { app, ask, nonces, warnings };
}

it('S5: behind a proxy that is named who asks too much uses up the limit of nobody else', async () => {
  const { app, nonces, warnings } = await open();
  expect(await nonces(4, { from: PROXY, for: STRANGER })).toEqual([200, 200, 200, 429]);
  // What comes before the address that the proxy saw is the asker's own word.
  expect(await nonces(1, { from: PROXY, for: `${KIOSK}, ${STRANGER}` })).toEqual([429]);
  expect(await nonces(1, { from: PROXY, for: KIOSK })).toEqual([200]);
  expect(warnings).toEqual([]);
  await app.close();
});

it('S5: nobody else is believed for whom he asks, and a proxy that is not named is told of in the log, once', async () => {
  const { app, nonces, warnings } = await open();
  expect(await nonces(2, { from: STRANGER, for: '203.0.113.2' })).toEqual([200, 200]);
  expect(await nonces(2, { from: STRANGER, for: '203.0.113.3' })).toEqual([200, 429]);
  expect(warnings).toEqual([expect.stringContaining('SKYGATE_TRUST_PROXY')]);
  await app.close();
});

it('S5: wrong passwords lock out the address that they come from, and not the proxy', async () => {
  const { app, ask } = await open();
  const logIn = (by: string, email: string, password: string) =>
    ask(`${HQ_PREFIX}/session`, { from: PROXY, for: by }, { email, password });
  for (const [index, address] of [1, 1, 1, 2, 2, 2].entries()) {
    // The limit of requests is three; the lock-out by person is of a name that nobody has.
    await logIn(`198.51.100.${address}`, `nobody-${index}@example.org`, 'wrong password');
  }
  expect((await logIn(KIOSK, USER.email, USER.password)).statusCode).toBe(200);
  await app.close();
});

it('X2: over TLS that a named proxy ended the cookie is for TLS alone, and a code names the address kiosks reach', async () => {
  const { app, ask } = await open(['loopback']);
  const by = { from: '127.0.0.1', for: KIOSK };
  const { email, password } = USER;
  const logIn = await ask(`${HQ_PREFIX}/session`, by, { email, password });
  expect(String(logIn.headers['set-cookie'])).toContain('Secure');
  const cookie = cookieOf(logIn);
  await ask(`${HQ_PREFIX}/parks`, by, { park: 'ala-archa', document: PARK_DOCUMENT }, cookie);
  const kiosk = { name: 'Gate 1', role: 'gate', gateId: 'gate-1' };
  const code = (await ask(`${HQ_PREFIX}/parks/ala-archa/kiosks`, by, kiosk, cookie)).json();
  expect(code.qrText).toBe(`skygate-enrol:${code.code}@https://hq.example.org`);
  const plain = await ask(`${HQ_PREFIX}/session`, { from: STRANGER, for: KIOSK }, { email, password });
  expect(String(plain.headers['set-cookie'])).not.toContain('Secure');
  await app.close();
});
