import { createHttpTransport } from '@skygate/gate-app/kiosk/sync/http-transport';
import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { VECTOR_STREAMS_MAX } from '@skygate/shared/protocol/state';
import { DATABASES, type OpenedDatabase } from '@skygate/sync-server/db/testing/databases';
import {
  assertionOf,
  createTestServer,
  enrolBody,
  enrolKiosk,
  newKey,
  nonceFrom,
  pushOf,
  type TestKiosk,
  type TestServer,
} from '@skygate/sync-server/db/testing/test-server';
import { createPark } from '@skygate/sync-server/hq-node/create-park';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The simulator's network hands bodies over as they are; a real kiosk packs what is large.

const park = 'packed' as ParkId;
/** Larger than what the transport sends plain, and no other message. */
const LARGE = ' '.repeat(1_500);

let opened: OpenedDatabase;
let server: TestServer;
let kiosk: TestKiosk;
let url: string;
const encodings = new Map<string, unknown>();

beforeAll(async () => {
  opened = await DATABASES.PGlite();
  server = await createTestServer(opened.database);
  server.app.addHook('onRequest', async (request) => {
    encodings.set(request.url, request.headers['content-encoding']);
  });
  kiosk = await enrolKiosk(server, { park, role: 'till', name: 'Till 1', gateId: 'till-1' });
  url = await server.app.listen({ host: '127.0.0.1', port: 0 });
}, 180_000);
afterAll(async () => {
  await server?.close();
  await opened?.close();
});

const never = new AbortController().signal;
const ask = async (path: string, body: string, type = 'application/json') => {
  const headers = {
    [PROTOCOL_HEADER]: '2',
    'content-type': type,
    authorization: `Bearer ${kiosk.token}`,
  };
  const request = { method: 'POST', path, headers, body, timeoutMs: 60_000 } as const;
  const { status, body: text } = await createHttpTransport().request(url, request, never);
  return { status, code: JSON.parse(text).code };
};
const telemetry = { waiting: 0, oldestWaitingMs: null, skewMs: 0, appVersion: '1', problem: null };
const code = async () => {
  await createPark(server.deps, park);
  const wanted = { name: 'Gate 1', role: 'gate', gateId: 'gate-1', park } as const;
  return (await createEnrolmentCode(server.deps, wanted)).code;
};

/** Each route with a message that it takes, or refuses for what it says. */
const ROUTES: Readonly<Record<string, () => Promise<readonly [object | URLSearchParams, number, string?]>>> = {
  '/sync/nonce': async () => [{}, 200],
  '/sync/enrol': async () => [enrolBody(await code(), newKey()), 200],
  '/sync/token': async () => {
    const { node, epoch } = kiosk.enrolled;
    const assertion = await assertionOf({ key: kiosk.key, node, epoch }, await nonceFrom(server));
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
    return [new URLSearchParams(form), 200];
  },
  '/sync/push': async () => [pushOf(kiosk.key, kiosk.write(30)), 200],
  '/sync/state': async () => [{ streams: [] }, 200],
  '/sync/texts': async () => {
    const name = 'A'.repeat(43);
    const { node, epoch } = kiosk.enrolled;
    return [{ texts: [{ node, epoch, seq: 1, name, salt: 'A'.repeat(22), text: 'ү' }] }, 200];
  },
  '/sync/telemetry': async () => [telemetry, 200],
  '/sync/leases': async () => [{ wants: [{ date: '2026-11-21', slot: 'day', places: 5 }] }, 200],
  '/sync/signing-key': async () => [
    { signingPublicKey: 'A'.repeat(43), proof: 'A'.repeat(86) },
    401,
    'unauthenticated',
  ],
  '/sync/wiped': async () => [{ streams: [], texts: 0 }, 403, 'wrong_stream'],
};

it('S2: every route of a real server takes what a real kiosk packs', async () => {
  for (const [path, message] of Object.entries(ROUTES)) {
    const [said, status, problem] = await message();
    const isForm = said instanceof URLSearchParams;
    const text = isForm ? `${said}&padding=${'x'.repeat(LARGE.length)}` : JSON.stringify(said) + LARGE;
    const answer = await ask(path, text, isForm ? 'application/x-www-form-urlencoded' : 'application/json');
    expect([path, answer]).toEqual([path, { status, code: problem }]);
    expect(encodings.get(path), path).toBe('gzip');
  }
});

it('X4, X2: the last word of a kiosk may be as large as what it holds, and no larger', async () => {
  const word = JSON.stringify({ streams: [], texts: 0 });
  const said = (bytes: number) => ask('/sync/wiped', word.padEnd(bytes));
  expect(await said(VECTOR_STREAMS_MAX * 768)).toEqual({ status: 403, code: 'wrong_stream' });
  expect(await said(VECTOR_STREAMS_MAX * 768 + 1)).toEqual({ status: 413, code: 'too_large' });
});

it('S2: and no route is left out here', () => {
  const table = server.app.printRoutes({ commonPrefix: false, method: 'POST' });
  const paths = [...table.matchAll(/(\/sync\/[a-z-]+) \(POST/g)].map(([, path]) => path);
  expect(new Set(paths)).toEqual(new Set(Object.keys(ROUTES)));
});
