import { draft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, withTransaction } from './db/database.ts';
import { migrateUp } from './db/migrate.ts';
import { serverTarget } from './db/migrate-server.ts';
import { openPostgres } from './db/open-postgres.ts';
import { anyPostgres, type TestPostgres } from './db/testing/start-postgres.ts';
import {
  askToken,
  assertionOf,
  createTestServer,
  enrolBody,
  enrolKiosk,
  get,
  newKey,
  nonceFrom,
  post,
  push,
  pushOf,
  type TestServer,
} from './db/testing/test-server.ts';
import { appendHqEvents } from './hq-node/append-hq-events.ts';
import { createPark } from './hq-node/create-park.ts';
import { createEnrolmentCode } from './hq-node/enrolment.ts';
import { lockCursor } from './projections/page.ts';

// Two instances of the server on one PostgreSQL, as a load balancer would use them.

let postgres: TestPostgres;
let url: string;
const databases: Database[] = [];
const servers: TestServer[] = [];

async function open(address: string): Promise<Database> {
  const database = await openPostgres(address);
  databases.push(database);
  return database;
}

async function instance(address: string): Promise<TestServer> {
  const server = await createTestServer(await open(address));
  servers.push(server);
  return server;
}

beforeAll(async () => {
  postgres = await anyPostgres();
  url = await postgres.createDatabase();
  await migrateUp(serverTarget(await open(url)));
}, 180_000);
afterAll(async () => {
  for (const server of servers) await server.close();
  for (const database of databases) await database.close();
  await postgres?.stop();
});

it('instances that start at the same moment migrate once', async () => {
  for (let round = 0; round < 3; round += 1) {
    const fresh = await postgres.createDatabase();
    const targets = await Promise.all([open(fresh), open(fresh), open(fresh)]);
    const versions = await Promise.all(targets.map((database) => migrateUp(serverTarget(database))));
    expect(new Set(versions).size).toBe(1);
  }
}, 60_000);

it('a migration that another instance has done meanwhile is not done again', async () => {
  const database = await open(await postgres.createDatabase());
  const target = serverTarget(database);
  await target.apply('create table counted (n bigint); insert into counted values (1);', { from: 0, to: 1 });
  await target.apply('update counted set n = n + 1;', { from: 1, to: 2 });
  await target.apply('update counted set n = n + 1;', { from: 1, to: 2 });
  const { rows } = await database.kysely.executeQuery<{ n: number }>(CompiledQuery.raw('select n from counted'));
  expect([rows[0]?.n, await target.version()]).toEqual([2, 2]);
});

it('a database in another encoding is refused in a sentence: it could not store every fact', async () => {
  const latin = await postgres.createDatabase("encoding 'LATIN1' locale 'C' template template0");
  await expect(openPostgres(latin)).rejects.toThrow(/its encoding is LATIN1, and must be UTF8/);
});

it('S1: a nonce is good once among all instances, and so is an enrolment code', async () => {
  const [a, b] = await Promise.all([instance(url), instance(url)]);
  const kiosk = await enrolKiosk(a, { park: 'nonces' as ParkId });
  const { node, epoch } = kiosk.enrolled;
  const assertion = await assertionOf({ key: kiosk.key, node, epoch }, await nonceFrom(a));
  const tokens = await Promise.all([a, b, a, b].map((server) => askToken(server, assertion)));
  expect(tokens.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401, 401, 401]);
  const expected = { park: 'nonces' as ParkId, name: 'Gate 2', role: 'gate' as const, gateId: 'gate-2' };
  const { code } = await createEnrolmentCode(a.deps, expected);
  const enrolled = await Promise.all(
    [a, b, a, b].map((server) => post(server, '/sync/enrol', enrolBody(code, newKey()))),
  );
  expect(enrolled.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409, 409]);
});

it("E7: HQ's stream stays one chain and a park is opened once, whoever writes", async () => {
  const both = await Promise.all([instance(url), instance(url)]);
  const park = 'one-chain' as ParkId;
  await Promise.all([...both, ...both].map(({ deps }) => createPark(deps, park)));
  const kiosks = await Promise.all(
    Array.from({ length: 8 }, (_, gate) =>
      enrolKiosk(both[gate % 2] as TestServer, { park, name: `Gate ${gate}`, gateId: `gate-${gate}` }),
    ),
  );
  await Promise.all(
    kiosks.map((kiosk, index) => push(both[index % 2] as TestServer, kiosk.token, pushOf(kiosk.key, kiosk.write(3)))),
  );
  const rows = await both[0].deps.database.reader
    .selectFrom('events')
    .select(['position', 'node', 'seq', 'type'])
    .where('park', '=', park)
    .orderBy('position')
    .execute();
  expect(rows.map(({ position }) => position)).toEqual(rows.map((_row, index) => index + 1));
  const hq = rows.filter(({ node }) => node === `hq:${park}`);
  expect(hq.map(({ seq }) => seq)).toEqual(hq.map((_row, index) => index + 1));
  expect(hq.filter(({ type }) => type === 'SigningKeyPublished')).toHaveLength(1);
  expect(new Set(kiosks.map(({ enrolled }) => enrolled.number)).size).toBe(8);
});

it('a listening connection that broke is made again', async () => {
  const [a, b] = await Promise.all([instance(url), instance(url)]);
  await Promise.all([a.deps.bus.run(), b.deps.bus.run()]);
  const listening = "query like 'listen %' and datname = current_database()";
  const killed = `select pg_terminate_backend(pid) from pg_stat_activity where ${listening}`;
  await a.deps.database.kysely.executeQuery(CompiledQuery.raw(killed));
  const heard = new Promise<string>((resolve) => {
    b.deps.bus.subscribe('appended', resolve);
  });
  let isHeard = false;
  void heard.then(() => {
    isHeard = true;
  });
  while (!isHeard) {
    a.deps.bus.publish('appended', 'park');
    await Promise.race([heard, a.deps.timers.sleep(100, AbortSignal.timeout(1_000))]);
  }
  expect(await heard).toBe('park');
}, 20_000);

it('S7: a lock that was not to be had puts no event aside', async () => {
  const patient = await instance(url);
  const hasty = await instance(`${url}?options=-c%20lock_timeout%3D100ms`);
  const kiosk = await enrolKiosk(patient, { park: 'locked' as ParkId });
  await patient.deps.projections.projectNow('locked');
  await push(patient, kiosk.token, pushOf(kiosk.key, kiosk.write(1)));
  await withTransaction(patient.deps, { timeoutMs: 20_000 }, async (tx) => {
    await tx.executeQuery(CompiledQuery.raw('lock table shift_totals in access exclusive mode'));
    await expect(hasty.deps.projections.projectNow('locked')).rejects.toThrow('lock timeout');
  });
  await hasty.deps.projections.projectNow('locked');
  const { reader } = patient.deps.database;
  expect(await reader.selectFrom('quarantine').select('seq').where('park', '=', 'locked').execute()).toEqual([]);
  const totals = await reader.selectFrom('shift_totals').select('moved_minor').where('park', '=', 'locked').execute();
  expect(totals).toEqual([{ moved_minor: 1 }]);
});

it('a connection that the database ends in the middle of a transaction fails that transaction and nothing else', async () => {
  const [database, other] = [await open(url), await open(url)];
  const broken = withTransaction({ database }, { timeoutMs: 60_000 }, async (tx) => {
    const { rows } = await tx.executeQuery<{ pid: number }>(CompiledQuery.raw('select pg_backend_pid() as pid'));
    await other.kysely.executeQuery(CompiledQuery.raw('select pg_terminate_backend($1)', [rows[0]?.pid]));
    // The end is heard between two statements; without a listener it would end this process.
    await expect.poll(() => isGone(other, rows[0]?.pid ?? 0)).toBe(true);
    await new Promise((resolve) => setImmediate(resolve));
    await tx.executeQuery(CompiledQuery.raw('select 1'));
  });
  await expect(broken).rejects.toThrow();
  const { rows } = await database.kysely.executeQuery<{ one: number }>(CompiledQuery.raw('select 1 as one'));
  expect(rows[0]?.one).toBe(1);
});

async function isGone(database: Database, pid: number): Promise<boolean> {
  const sql = 'select 1 from pg_stat_activity where pid = $1';
  return (await database.kysely.executeQuery(CompiledQuery.raw(sql, [pid]))).rows.length === 0;
}

it('C5: a gate whose pulls go to one instance and then to another is seen to have what it was given', async () => {
  const [a, b] = await Promise.all([instance(url), instance(url)]);
  const park = 'alternating' as ParkId;
  const gate = await enrolKiosk(a, { park });
  const writer = await enrolKiosk(a, { park, name: 'Gate 2', gateId: 'gate-2' });
  const mark = async () => {
    const rows = a.deps.database.reader.selectFrom('nodes').select('pulled_position').where('park', '=', park);
    return (await rows.where('node', '=', gate.enrolled.node).executeTakeFirstOrThrow()).pulled_position;
  };
  // It never asks the instance that gave it a page for what comes after that page.
  let next = 0;
  for (let round = 0; round < 6; round += 1) {
    await push(a, writer.token, pushOf(writer.key, writer.write(1)));
    for (const server of [a, b]) server.clock.advance(1_500);
    const page = (await get(round % 2 === 0 ? a : b, `/sync/pull?after=${next}`, gate.token)).json();
    expect(page.next).toBeGreaterThan(next);
    next = page.next;
  }
  // What it asked after last but two was in the row with the contact after that.
  expect(await mark()).toBeGreaterThan(0);
  expect(await mark()).toBeLessThan(next);
});

it('S7: while a log is folded anew HQ waits for it, and no push does', async () => {
  const server = await instance(url);
  const park = 'rebuilt' as ParkId;
  const kiosk = await enrolKiosk(server, { park });
  await server.deps.projections.projectNow(park);
  const rebuilding = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const rebuild = withTransaction(server.deps, { timeoutMs: 60_000 }, async (tx) => {
    await lockCursor(tx, park);
    begun.resolve();
    await rebuilding.promise;
  });
  await begun.promise;
  let isWritten = false;
  const body = { date: '2026-11-21', slot: 'day', places: 1, reason: '' };
  const writing = appendHqEvents(server.deps, park, [draft('CapacitySet', 'capacity', body, { actor: 'hq:a' })]).then(
    () => {
      isWritten = true;
    },
    () => {
      isWritten = true;
    },
  );
  await waitsForLock(server.deps.database);
  expect((await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(1)))).statusCode).toBe(200);
  expect(isWritten).toBe(false);
  rebuilding.resolve();
  await Promise.all([rebuild, writing]);
  const { reader } = server.deps.database;
  const set = await reader.selectFrom('capacity').select('places').where('park', '=', park).execute();
  expect(set).toEqual([{ places: 1 }]);
  const cursor = reader.selectFrom('projection_cursors').select('timeouts').where('park', '=', park);
  expect(await cursor.executeTakeFirst()).toEqual({ timeouts: 0 });
});

async function waitsForLock({ kysely }: Database): Promise<void> {
  const sql = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
  while ((await kysely.executeQuery(CompiledQuery.raw(sql))).rows.length === 0);
}
