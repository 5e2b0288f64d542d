import Fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DATABASES, type OpenedDatabase } from '../db/testing/databases.ts';
import { createTestServer, enrolBody, enrolKiosk, get, newKey, post, START_MS } from '../db/testing/test-server.ts';
import { createKeyring } from '../hq-node/keyring.ts';
import { SILENT_LOG } from '../ports.ts';
import { Problem, registerProblems } from './problem.ts';

let opened: OpenedDatabase;
beforeAll(async () => {
  opened = await DATABASES.PGlite();
}, 180_000);
afterAll(() => opened?.close());

const answerTo = async (error: unknown) => {
  const app = Fastify();
  registerProblems(app, { log: SILENT_LOG });
  app.get('/', async () => {
    throw error;
  });
  return app.inject('/');
};

it('guessing enrolment codes is slowed down by address, and told when to come back', async () => {
  const server = await createTestServer(opened.database, { perMinute: 3 });
  const statuses: number[] = [];
  for (let guess = 0; guess < 4; guess += 1) {
    const answer = await post(server, '/sync/enrol', enrolBody('00000000', newKey()));
    statuses.push(answer.statusCode);
    if (answer.statusCode === 429) {
      expect(answer.json().code).toBe('too_many_requests');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
  }
  expect(statuses).toEqual([404, 404, 404, 429]);
  await server.close();
});

it.each(['40P01', '57P01', '53300', '25P04', 'ECONNREFUSED'])(
  'a passing trouble of the database (%s) is 503, to be tried again',
  async (code) => {
    const answer = await answerTo(Object.assign(new Error('trouble'), { code }));
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'unavailable', '1']);
  },
);

it('an error of ours is 500 and tells nothing of its inside', async () => {
  const answer = await answerTo(Object.assign(new Error('column "secret" of Aigul'), { code: '42703' }));
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('Aigul');
});

it('a problem keeps its status, code and further members', async () => {
  const answer = await answerTo(new Problem(409, 'gap', { detail: 'Missing.', extra: { needFrom: 3 } }));
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({ status: 409, title: 'Conflict', code: 'gap', detail: 'Missing.', needFrom: 3 });
});

it('the keys in the database open with their own master key only', async () => {
  const server = await createTestServer(opened.database);
  const { kid } = await server.deps.keyring.keyPair('tickets');
  const other = createKeyring({ ...server.deps, masterKey: new Uint8Array(32).fill(8) });
  await expect(other.keyPair('tickets')).rejects.toThrow('SKYGATE_MASTER_KEY');
  const again = createKeyring({ ...server.deps, masterKey: new Uint8Array(32).fill(7) });
  expect((await again.keyPair('tickets')).kid).toBe(kid);
  await server.close();
});

it('a waiting pull answers at once when the server stops', async () => {
  const server = await createTestServer(opened.database);
  const kiosk = await enrolKiosk(server);
  const { head } = (await get(server, '/sync/pull?after=0', kiosk.token)).json();
  const waiting = get(server, `/sync/pull?after=${head}&waitMs=25000`, kiosk.token);
  // Answered after the wait began: the pull before it in line is done.
  await get(server, '/sync/pull?after=0', kiosk.token);
  await server.close();
  expect((await waiting).json()).toMatchObject({ runs: [], next: head });
  expect(server.clock.nowMs()).toBe(START_MS);
}, 10_000);
