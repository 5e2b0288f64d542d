import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { expect, it } from 'vitest';
import { buildApp } from '../app.ts';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  createTestServer,
  enrolKiosk,
  plainBody,
  push,
  pushOf,
  streamOf,
  type TestServer,
} from '../db/testing/test-server.ts';
import { HQ_PREFIX, hqFeature } from '../hq/hq-feature.ts';
import { cookieOf, USER } from '../hq/testing/hq-test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { declareRestored } from './begin-recovery.ts';
import { maySellOnline } from './may-sell-online.ts';
import { openRecovery } from './recovery-state.ts';
import { backUp } from './testing/backup.ts';
import { keeperOf } from './testing/keeper.ts';

const BY = { actor: 'hq:a@example.org' };
const capacityOf = (slot: string): KnownDraft =>
  draft('CapacitySet', 'capacity', { date: '2026-11-21', slot, places: 10, reason: '' }, BY);

describeOnDatabases('E8: what a restore leaves to do', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });
  const hqSays = (...drafts: KnownDraft[]) => appendHqEvents(server.deps, park, drafts);
  const slots = async () => {
    const { reader } = server.deps.database;
    const rows = await reader.selectFrom('capacity').select('slot').where('park', '=', park).orderBy('slot').execute();
    return rows.map(({ slot }) => slot);
  };
  const nodeRow = (node: string) =>
    server.deps.database.reader
      .selectFrom('nodes')
      .select(['name', 'number', 'state', 'head_seq'])
      .where('park', '=', park)
      .where('node', '=', node)
      .execute();

  it('E8: a past of HQ that had recovered something, and is lost in its turn, comes back with what it had recovered', async () => {
    const till = await enrolKiosk(server, { park, role: 'till' });
    const first = await backUp(server.deps.database, park);
    await hqSays(capacityOf('t@08:01'));
    const late = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const keeper = keeperOf(till);
    await keeper.pull(server);
    await first();
    server = await createTestServer(server.deps.database);
    // HQ goes on in another past of its first epoch, is told of the restore, and is backed up before kiosks have reported.
    await hqSays(capacityOf('t@09:01'));
    await declareRestored(server.deps, park, 'operator');
    const second = await backUp(server.deps.database, park);
    await keeper.report(server);
    await hqSays(capacityOf('t@10:01'));
    const later = keeperOf(till);
    await later.pull(server);
    await second();
    server = await createTestServer(server.deps.database);
    await hqSays(capacityOf('t@11:01'));
    // What was recorded again, and what HQ said after it, are one run to the kiosk that pulled them.
    await later.report(server);
    expect(await slots()).toEqual(['t@08:01', 't@09:01', 't@10:01', 't@11:01']);
    expect(await nodeRow(late.enrolled.node)).toMatchObject([{ name: 'Gate 2', state: 'open' }]);
    expect((await later.greet(server)).wants).toEqual([]);
  });

  /** A kiosk of which two pasts were seen: its epoch is over. */
  const clonedKiosk = async (name: string) => {
    const kiosk = await enrolKiosk(server, { park, name });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
    const clone = streamOf(kiosk.enrolled);
    clone.write(2, (seq) => plainBody(90 + seq));
    expect((await push(server, kiosk.token, pushOf(kiosk.key, clone.log))).statusCode).toBe(409);
    expect(await nodeRow(kiosk.enrolled.node)).toMatchObject([{ state: 'quarantined' }]);
    return kiosk;
  };

  it('E8, E6: of a kiosk that showed two pasts its next incarnation is waited for, and nobody for the one that is over', async () => {
    const { node } = (await clonedKiosk('Gate 1')).enrolled;
    const anew = await enrolKiosk(server, { park, name: 'Gate 1', node: node as NodeId });
    await clonedKiosk('Gate 2');
    const waits = () => maySellOnline(server.deps.database.reader, park);
    await declareRestored(server.deps, park, 'operator');
    expect(await waits()).toEqual({ ok: false, error: { missing: 2, kiosks: 2 } });
    await keeperOf(anew).report(server);
    // The other can only report once it is enrolled anew; or it is revoked, and nobody waits for it.
    expect(await waits()).toEqual({ ok: false, error: { missing: 1, kiosks: 2 } });
    const other = await server.deps.database.reader
      .selectFrom('nodes')
      .select('node')
      .where('park', '=', park)
      .where('name', '=', 'Gate 2')
      .executeTakeFirstOrThrow();
    const second = await enrolKiosk(server, { park, name: 'Gate 2', node: other.node as NodeId });
    expect(await waits()).toEqual({ ok: false, error: { missing: 1, kiosks: 2 } });
    await keeperOf(second).report(server);
    expect(await waits()).toEqual({ ok: true, value: null });
    expect(await openRecovery(server.deps.database.reader, park)).toBe(null);
  });

  it('P1: people whose change was lost stay named until they are entered again or somebody says that they need not be', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const restore = await backUp(server.deps.database, park);
    for (const [index, staffId] of ['aigul', 'bakyt'].entries()) {
      await hqSays(draft('StaffChanged', `staff:${staffId}`, { staffId, revision: index + 1, removed: false }, BY));
    }
    const keeper = keeperOf(kiosk);
    await keeper.pull(server);
    await restore();
    server = await createTestServer(server.deps.database);
    await keeper.report(server);
    const app = await buildApp(server.deps, [hqFeature({ firstUser: USER, publicUrl: null })]);
    const { email, password } = USER;
    const session = await app.inject({ method: 'POST', url: `${HQ_PREFIX}/session`, payload: { email, password } });
    const call = (method: 'GET' | 'POST', path: string, payload?: object) =>
      app.inject({
        method,
        url: `${HQ_PREFIX}${path}`,
        headers: { cookie: cookieOf(session) },
        ...(payload ? { payload } : {}),
      });
    const item = async () =>
      (await call('GET', '/recovery')).json().parks.find((one: { park: string }) => one.park === park);
    expect(await item()).toMatchObject({ isOver: true, missing: [], lostPeople: ['aigul', 'bakyt'] });
    expect((await call('POST', `/parks/${park}/recovery/people`, { people: ['aigul', 'nobody'] })).statusCode).toBe(
      204,
    );
    expect(await item()).toMatchObject({ lostPeople: ['bakyt'] });
    expect((await call('POST', `/parks/${park}/recovery/people`, { people: [] })).statusCode).toBe(400);
    const person = { staffId: 'bakyt', name: 'Bakyt', role: 'gate', pin: '4711' };
    expect((await call('POST', `/parks/${park}/staff`, person)).statusCode).toBe(201);
    expect(await item()).toBe(undefined);
    await app.close();
  });
});
