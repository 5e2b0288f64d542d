import { draft } from '@skygate/shared/events/catalogue';
import { hqNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  createTestServer,
  enrolKiosk,
  get,
  push,
  pushOf,
  START_MS,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { HQ_PREFIX, hqFeature } from '../hq/hq-feature.ts';
import { kiosksOf } from '../hq/kiosks/kiosks-of.ts';
import { requireReports } from '../hq/recovery/require-reports.ts';
import { cookieOf, USER } from '../hq/testing/hq-test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { declareRestored } from './begin-recovery.ts';
import { maySellOnline } from './may-sell-online.ts';
import { backUp } from './testing/backup.ts';
import { keeperOf } from './testing/keeper.ts';

const setCapacity = (server: TestServer, park: ParkId, slot: string, places = 100) =>
  appendHqEvents(server.deps, park, [
    draft('CapacitySet', 'capacity', { date: '2026-11-21', slot, places, reason: '' }, { actor: 'hq:a@example.org' }),
  ]);

const lend = (server: TestServer, park: ParkId, kiosk: TestKiosk, leaseId: string) =>
  appendHqEvents(server.deps, park, [
    draft(
      'LeaseGranted',
      `lease:${leaseId}`,
      {
        leaseId,
        node: kiosk.enrolled.node as NodeId,
        epoch: kiosk.enrolled.epoch,
        date: '2026-11-21',
        slot: 'day',
        places: 10,
        endsHlc: hlcOf(START_MS + 10_000_000, 0),
      } as never,
      { actor: 'hq:a@example.org' },
    ),
  ]);

describeOnDatabases('E8: a server that was restored', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  /** As a new process finds the database. */
  const restart = () => createTestServer(server.deps.database);
  const hqEvents = async () => {
    const rows = await server.deps.database.reader
      .selectFrom('events')
      .select(['epoch', 'seq', 'type', 'hash', 'body'])
      .where('park', '=', park)
      .where('node', '=', hqNodeOf(park))
      .orderBy('epoch')
      .orderBy('seq')
      .execute();
    return rows;
  };
  const slots = async () => {
    const rows = await server.deps.database.reader
      .selectFrom('capacity')
      .select('slot')
      .where('park', '=', park)
      .orderBy('slot')
      .execute();
    return rows.map(({ slot }) => slot);
  };
  const logId = async () =>
    (
      await server.deps.database.reader
        .selectFrom('parks')
        .select('log_id')
        .where('park', '=', park)
        .executeTakeFirstOrThrow()
    ).log_id;
  const missing = async () => {
    const may = await maySellOnline(server.deps.database.reader, park);
    return may.ok ? 0 : may.error.missing;
  };

  it('takes what several kiosks bring at once, once', async () => {
    const kiosks = [];
    for (const name of ['Gate 1', 'Gate 2', 'Gate 3', 'Gate 4']) {
      kiosks.push(await enrolKiosk(server, { park, name, gateId: name.toLowerCase().replace(' ', '-') }));
    }
    const restore = await backUp(server.deps.database, park);
    for (const slot of ['day', 'evening', 'night']) await setCapacity(server, park, slot);
    const keepers = kiosks.map(keeperOf);
    for (const keeper of keepers) await keeper.pull(server);
    const before = await hqEvents();
    await restore();
    server = await restart();
    expect(await declareRestored(server.deps, park, 'operator')).toBe(true);
    // when all of them hear what is wanted, before the first has given any of it
    const wants = await Promise.all(keepers.map(async (keeper) => (await keeper.greet(server)).wants ?? []));
    const given = await Promise.all(
      keepers.map((keeper, index) =>
        Promise.all((wants[index] ?? []).map((wanted) => push(server, keeper.kiosk.token, keeper.runFrom(wanted)))),
      ),
    );
    expect(given.flat().map(({ statusCode }) => statusCode)).toEqual(given.flat().map(() => 200));
    for (const keeper of keepers) await keeper.report(server);
    // then it is there once, and nobody is waited for
    expect(await missing()).toBe(0);
    const [lost] = before;
    expect((await hqEvents()).filter(({ epoch }) => epoch === lost?.epoch)).toEqual(before);
  });

  it('takes HQ’s lost events back from kiosks that held them, in any order, and one of them never comes', async () => {
    const kiosk = await enrolKiosk(server, { park, role: 'till' });
    const restore = await backUp(server.deps.database, park);
    const oldLog = await logId();
    await setCapacity(server, park, 'day');
    const late = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const dead = await enrolKiosk(server, { park, name: 'Gate 3', gateId: 'gate-3' });
    const first = keeperOf(kiosk);
    await first.pull(server);
    await lend(server, park, kiosk, '0123456789ABCDEF');
    await push(server, late.token, pushOf(late.key, late.write(3)));
    const second = keeperOf(late);
    await second.pull(server);
    const before = await hqEvents();
    // when an older backup is put back, and the operator says so
    await restore();
    server = await restart();
    expect(await declareRestored(server.deps, park, 'operator')).toBe(true);
    expect(await logId()).not.toBe(oldLog);
    expect(await missing()).toBe(1);
    // then a kiosk of the lost part is not known yet, and is told to come again
    expect((await get(server, '/sync/state', late.token)).statusCode).toBe(401);
    expect((await push(server, kiosk.token, pushOf(late.key, late.log))).statusCode).toBe(503);
    // and what the first holds comes back, with the kiosks that it tells of
    await first.report(server);
    const node = await server.deps.database.reader
      .selectFrom('nodes')
      .select(['number', 'name', 'state'])
      .where('node', '=', late.enrolled.node)
      .execute();
    expect(node).toEqual([{ number: late.enrolled.number, name: 'Gate 2', state: 'open' }]);
    expect(await missing()).toBe(2);
    await second.report(server);
    expect((await push(server, late.token, pushOf(late.key, late.log))).json().acknowledged).toBe(3);
    expect((await hqEvents()).filter(({ epoch }) => epoch === 1)).toEqual(before);
    expect(await missing()).toBe(1);
    // and when the dead one is revoked, HQ sells again
    const body = { kiosk: dead.enrolled.node as NodeId, kioskEpoch: 1, reason: 'broken' };
    await appendHqEvents(server.deps, park, [draft('KioskRevoked', 'kiosk', body, { actor: 'hq:a@example.org' })]);
    expect(await missing()).toBe(0);
  });

  it('is noticed by a kiosk that shows what HQ sealed and the server lacks, once', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const restore = await backUp(server.deps.database, park);
    await setCapacity(server, park, 'day');
    const keeper = keeperOf(kiosk);
    await keeper.pull(server);
    await restore();
    server = await restart();
    const state = await keeper.greet(server);
    expect(state.wants).toEqual([{ node: hqNodeOf(park), epoch: 1, from: 3 }]);
    expect(state.hq.epoch).toBeGreaterThan(1);
    expect(state.earlierHq).toMatchObject([{ epoch: 1 }]);
    expect(await missing()).toBe(1);
    await keeper.report(server);
    expect(await missing()).toBe(0);
    const after = await keeper.greet(server);
    expect(after).toMatchObject({ hq: state.hq, logId: state.logId, wants: [] });
  });

  it('E8: what HQ wrote before it noticed stands, and what kiosks hold instead is recorded again, once', async () => {
    const till = await enrolKiosk(server, { park, role: 'till' });
    const gate = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const restore = await backUp(server.deps.database, park);
    await setCapacity(server, park, 't@08:01');
    const short = keeperOf(gate);
    await short.pull(server);
    await setCapacity(server, park, 't@08:02');
    const late = await enrolKiosk(server, { park, name: 'Gate 3', gateId: 'gate-3' });
    const long = keeperOf(till);
    await long.pull(server);
    await restore();
    server = await restart();
    for (const slot of ['t@09:01', 't@09:02', 't@09:03', 't@09:04', 't@09:05', 't@09:06'])
      await setCapacity(server, park, slot);
    await long.report(server);
    await short.report(server);
    const again = keeperOf(gate);
    await again.pull(server);
    await again.report(server);
    const recovered = (await hqEvents()).filter(({ type }) => type === 'EventRecovered');
    const types = recovered.flatMap(({ body }) => JSON.parse(body).events.map((event: string[]) => event[3]));
    expect(types).toEqual(['CapacitySet', 'CapacitySet', 'KioskEnrolled']);
    expect(await slots()).toEqual(expect.arrayContaining(['t@09:01', 't@09:06']));
    const node = await server.deps.database.reader
      .selectFrom('nodes')
      .select('number')
      .where('node', '=', late.enrolled.node)
      .execute();
    expect(node).toEqual([{ number: late.enrolled.number }]);
    // and a second greeting finds nothing to do
    expect((await long.greet(server)).wants).toEqual([]);
    expect((await short.greet(server)).wants).toEqual([]);
  });

  it('finds where two long pasts part, from the last events backwards', async () => {
    const till = await enrolKiosk(server, { park });
    const restore = await backUp(server.deps.database, park);
    const batch = (slot: string, count: number) =>
      appendHqEvents(
        server.deps,
        park,
        Array.from({ length: count }, (_, index) =>
          draft(
            'CapacitySet',
            'capacity',
            { date: '2026-11-21', slot: `${slot}-${index}`, places: 1, reason: '' },
            { actor: 'hq:a@example.org' },
          ),
        ),
      );
    for (let round = 0; round < 3; round += 1) await batch(`lost-${round}`, 300);
    const keeper = keeperOf(till);
    await keeper.pull(server);
    await restore();
    server = await restart();
    for (let round = 0; round < 2; round += 1) await batch(`new-${round}`, 300);
    await keeper.report(server);
    const recovered = (await hqEvents()).filter(({ type }) => type === 'EventRecovered');
    expect(recovered.flatMap(({ body }) => JSON.parse(body).events)).toHaveLength(900);
  }, 60_000);

  it('a whole epoch of HQ that the backup is older than comes back under the key that this installation made for it', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const restore = await backUp(server.deps.database, park);
    await declareRestored(server.deps, park, 'operator');
    await setCapacity(server, park, 't@08:03');
    const keeper = keeperOf(kiosk);
    await keeper.pull(server);
    const before = await hqEvents();
    await restore();
    server = await restart();
    server.clock.advance(5_000);
    await keeper.report(server);
    expect(await hqEvents()).toEqual(expect.arrayContaining(before));
    expect(await slots()).toEqual(['t@08:03']);
  });

  it('X2: claims without HQ’s seal, and runs that HQ did not seal, move nothing', async () => {
    const kiosk = await enrolKiosk(server, { park });
    await setCapacity(server, park, 'day');
    const keeper = keeperOf(kiosk);
    await keeper.pull(server);
    const [head] = keeper.vector();
    if (!head) throw new Error('HQ has a stream');
    const before = [await logId(), (await hqEvents()).length];
    const absurd = { ...head, to: Number.MAX_SAFE_INTEGER, headHash: 'a'.repeat(64) };
    const { seal, ...unsealed } = absurd;
    for (const claim of [absurd, unsealed, { ...absurd, epoch: 7 }]) await keeper.greet(server, [claim]);
    const forged = keeper.runFrom({ node: head.node, epoch: 1, from: 1 });
    const [last] = kiosk.write(1);
    if (!last) throw new Error('an event was written');
    const own = { ...pushOf(kiosk.key, [last]).seal, node: head.node, epoch: 1, to: forged.seal.to };
    const answer = await push(server, kiosk.token, { ...forged, seal: own });
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong_stream']);
    const beyond = { ...forged, from: 900, seal: { ...forged.seal, to: 899 + forged.events.length } };
    expect((await push(server, kiosk.token, beyond)).statusCode).toBe(403);
    expect([await logId(), (await hqEvents()).length]).toEqual(before);
    expect(await missing()).toBe(0);
    expect(seal).toBeDefined();
  });

  it('X5: a kiosk that shows less of its stream than the server has is seen at HQ, until it shows it all again', async () => {
    const kiosk = await enrolKiosk(server, { park });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(5)));
    const keeper = keeperOf(kiosk);
    const claimOf = (to: number) => ({
      node: kiosk.enrolled.node,
      epoch: 1,
      to,
      headHash: kiosk.log[to - 1]?.hash ?? '',
    });
    const seen = () =>
      server.deps.database.reader
        .selectFrom('truncated_nodes')
        .select(['shown_seq', 'held_seq'])
        .where('park', '=', park)
        .execute();
    await keeper.greet(server, [claimOf(3)]);
    expect(await seen()).toEqual([]);
    server.clock.advance(120_000);
    await keeper.greet(server, [claimOf(3)]);
    expect(await seen()).toEqual([{ shown_seq: 3, held_seq: 5 }]);
    const shown = async () => (await kiosksOf(server.deps.database.reader, park)).map((item) => item.recordShortBy);
    expect(await shown()).toEqual([2]);
    await keeper.greet(server, [claimOf(5)]);
    expect(await seen()).toEqual([]);
    expect(await shown()).toEqual([0]);
  });

  it('E8: nothing is sold or lent before all have reported, save by name and with a reason', async () => {
    await enrolKiosk(server, { park });
    const app = await buildApp(server.deps, [hqFeature({ firstUser: USER, publicUrl: null })]);
    const url = `${HQ_PREFIX}/session`;
    const { email, password } = USER;
    const cookie = cookieOf(await app.inject({ method: 'POST', url, payload: { email, password } }));
    const call = (method: 'GET' | 'POST', path: string, payload?: object) =>
      app.inject({ method, url: `${HQ_PREFIX}${path}`, headers: { cookie }, ...(payload ? { payload } : {}) });
    expect((await call('POST', `/parks/${park}/recovery`)).statusCode).toBe(201);
    const listed = (await call('GET', '/recovery')).json().parks.find((one: { park: string }) => one.park === park);
    expect(listed).toMatchObject({ kiosks: 1, missing: [{ name: 'Gate 1' }], override: null });
    expect((await call('POST', `/parks/${park}/recovery/override`, { reason: ' ' })).statusCode).toBe(400);
    const refused = appendHqEvents(server.deps, park, async (tx) => {
      await requireReports(tx, park);
      return { drafts: [] };
    });
    await expect(refused).rejects.toMatchObject({ status: 409, code: 'recovering', extra: { missing: 1, kiosks: 1 } });
    const overridden = await call('POST', `/parks/${park}/recovery/override`, { reason: 'gate 1 burnt down' });
    expect(overridden.json().override).toMatchObject({
      actor: expect.stringMatching(/^hq:/),
      actorName: USER.name,
      reason: { state: 'here', text: 'gate 1 burnt down' },
    });
    expect(await missing()).toBe(0);
    // The override is of this restore alone.
    server.clock.advance(5_000);
    await declareRestored(server.deps, park, 'operator');
    expect(await missing()).toBe(1);
    await app.close();
  });
});
