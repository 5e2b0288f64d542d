import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
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
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { kiosksOf } from '../hq/kiosks/kiosks-of.ts';
import { revokeKiosk } from '../hq/kiosks/revoke.ts';
import { createEnrolmentCode } from '../hq-node/enrolment.ts';
import { declareRestored } from './begin-recovery.ts';
import { backUp } from './testing/backup.ts';
import { keeperOf } from './testing/keeper.ts';

describeOnDatabases('E8: a server that does not know whom it let in', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });
  const nodeRow = (node: string) =>
    server.deps.database.reader
      .selectFrom('nodes')
      .select(['name', 'epoch', 'state', 'head_seq'])
      .where('park', '=', park)
      .where('node', '=', node)
      .orderBy('epoch')
      .execute();
  const tokenOf = async (kiosk: TestKiosk, protocol: string) => {
    const { node, epoch } = kiosk.enrolled;
    const assertion = await assertionOf({ key: kiosk.key, node, epoch }, await nonceFrom(server));
    const answer = await askToken(server, assertion, protocol);
    return [answer.statusCode, answer.json().code ?? 'given'];
  };

  it('E8: a kiosk whose own enrolment is lost, and nobody else knows of, goes on under its name and brings its past along', async () => {
    await enrolKiosk(server, { park });
    const restore = await backUp(server.deps.database, park);
    const late = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const keeper = keeperOf(late);
    await keeper.pull(server);
    await push(server, late.token, pushOf(late.key, late.write(3)));
    await restore();
    server = await createTestServer(server.deps.database);
    await declareRestored(server.deps, park, 'operator');
    expect(await tokenOf(late, '2')).toEqual([401, 'unknown_kiosk']);
    expect(await tokenOf(late, '1')).toEqual([401, 'unauthenticated']);
    // The same machine, with all it holds, under a code that HQ made for a new kiosk.
    const { node, epoch } = late.enrolled;
    const anew = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' }, { was: { node, epoch } });
    expect(anew.enrolled).toMatchObject({ node, epoch: server.clock.nowMs() });
    const again = keeperOf(anew);
    for (const [name, kept] of keeper.streams) (again.streams as Map<string, typeof kept>).set(name, kept);
    await again.report(server);
    expect((await push(server, anew.token, pushOf(late.key, late.log))).json().acknowledged).toBe(3);
    // One kiosk, whose lost incarnation is over: HQ waits for nobody who cannot come.
    expect(await nodeRow(node)).toMatchObject([
      { name: 'Gate 2', state: 'closed', head_seq: 3 },
      { name: 'Gate 2', state: 'open' },
    ]);
    expect(await kiosksOf(server.deps.database.reader, park)).toHaveLength(2);
    expect(await tokenOf(late, '2')).toEqual([410, 'epoch_closed']);
  });

  it('E8, C5: one that was told it is unknown is itself again, also where another kiosk brought its enrolment back since', async () => {
    const here = await enrolKiosk(server, { park });
    const keeper = keeperOf(here);
    const restore = await backUp(server.deps.database, park);
    const late = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    await keeper.pull(server);
    await restore();
    server = await createTestServer(server.deps.database);
    await declareRestored(server.deps, park, 'operator');
    expect(await tokenOf(late, '2')).toEqual([401, 'unknown_kiosk']);
    await keeper.report(server);
    const { node, epoch } = late.enrolled;
    const asNew = { park, name: 'Gate 2', gateId: 'gate-2' };
    const anew = await enrolKiosk(server, asNew, { was: { node, epoch } });
    expect(anew.enrolled.node).toBe(node);
    expect(await nodeRow(node)).toMatchObject([{ state: 'closed' }, { epoch: anew.enrolled.epoch, state: 'open' }]);
    // A copy of its disk says the same, once it has been seen.
    expect((await get(server, '/sync/pull?after=0', anew.token)).statusCode).toBe(200);
    const copy = await enrolKiosk(server, asNew, { was: { node, epoch: anew.enrolled.epoch } });
    expect(copy.enrolled.node).not.toBe(node);
  });

  it('E1, E8: an epoch that was given in the lost part is never given again, whoever takes the place of whom', async () => {
    const till = await enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1' });
    const node = till.enrolled.node as NodeId;
    const restore = await backUp(server.deps.database, park);
    server.clock.advance(5_000);
    const second = await enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1', node });
    const keeper = keeperOf(second);
    await keeper.pull(server);
    second.write(2);
    await restore();
    const lostMs = server.clock.nowMs();
    server = await createTestServer(server.deps.database);
    // Nobody has noticed the restore yet, and HQ gives the till's place to another machine.
    server.clock.advance(lostMs - server.clock.nowMs() + 1);
    const other = await enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1', node });
    expect(other.enrolled.node).toBe(node);
    expect(other.enrolled.epoch).toBeGreaterThan(second.enrolled.epoch);
    // What HQ lost comes back, and the lost incarnation with it: its own key opens it, and its past is taken in whole.
    const again = keeperOf(other);
    for (const [name, kept] of keeper.streams) (again.streams as Map<string, typeof kept>).set(name, kept);
    await again.report(server);
    expect((await push(server, other.token, pushOf(second.key, second.log))).json().acknowledged).toBe(2);
    expect(await nodeRow(node)).toMatchObject([
      { epoch: 1, state: 'closed' },
      { epoch: second.enrolled.epoch, state: 'closed', head_seq: 2 },
      { epoch: other.enrolled.epoch, state: 'open' },
    ]);
  });

  /** A machine that was let in and never heard so: another kiosk alone has HQ's word of it. */
  const letInUnheard = async (role: 'gate' | 'till') => {
    const expected = { park, name: 'Late', role, gateId: 'late' };
    const here = await enrolKiosk(server, { park });
    const keeper = keeperOf(here);
    const restore = await backUp(server.deps.database, park);
    const machine = newKey();
    const askAs = async (key: NodeKey) => {
      const { code } = await createEnrolmentCode(server.deps, expected);
      return post(server, '/sync/enrol', enrolBody(code, key));
    };
    const lost = (await askAs(machine)).json();
    await keeper.pull(server);
    await restore();
    server = await createTestServer(server.deps.database);
    server.clock.advance(60_000);
    return { lost, keeper, askAs, machine };
  };
  for (const role of ['gate', 'till'] as const) {
    it(`S1, E8: a ${role} that never heard it was let in takes that place by its key, under another code`, async () => {
      const { lost, keeper, askAs, machine } = await letInUnheard(role);
      await keeper.report(server);
      expect(await nodeRow(lost.node)).toMatchObject([{ epoch: 1, state: 'open' }]);
      const anew = await askAs(machine);
      expect([anew.statusCode, anew.json().node]).toEqual([200, lost.node]);
      expect(await nodeRow(lost.node)).toMatchObject([
        { epoch: 1, state: 'closed' },
        { epoch: anew.json().epoch, state: 'open' },
      ]);
      // A copy of its disk, under a code of its own, is not let into the place of one that has been heard of.
      const assertion = await assertionOf({ ...anew.json(), key: machine }, await nonceFrom(server));
      const token = (await askToken(server, assertion)).json().access_token;
      expect((await get(server, '/sync/pull?after=0', token)).statusCode).toBe(200);
      expect((await askAs(machine)).statusCode).toBe(401);
    });
  }

  for (const role of ['gate', 'till'] as const)
    it(`E8, C5: HQ waits for nobody as whom a ${role} was let in that has come as another since`, async () => {
      const { lost, keeper, askAs, machine } = await letInUnheard(role);
      const anew = (await askAs(machine)).json();
      expect(anew.node).not.toBe(lost.node);
      await keeper.report(server);
      expect(await nodeRow(lost.node)).toMatchObject([{ epoch: 1, state: 'closed' }]);
      expect(await nodeRow(anew.node)).toMatchObject([{ epoch: 1, state: 'open' }]);
    });

  /** HQ's read models know one holder of a key, whichever row is smaller: under either, B is the till that has it. */
  const tillUnderTwoNames = async () => {
    const { lost, keeper, askAs, machine } = await letInUnheard('till');
    const anew = (await askAs(machine)).json();
    await keeper.report(server);
    const { reader } = server.deps.database;
    const isRevoked = async () =>
      (await reader.selectFrom('signing_key_revocations').select('kid').where('park', '=', park).execute()).map(
        ({ kid }) => kid,
      );
    const { kid } = machine;
    const keys = server.deps.database.kysely
      .updateTable('signing_keys')
      .where('park', '=', park)
      .where('kid', '=', kid);
    const holdAs = (holder: string) => keys.set({ holder }).execute();
    return { lost: String(lost.node), here: String(anew.node), kid, isRevoked, holdAs };
  };
  const revoke = (node: string) =>
    revokeKiosk({ ...server.deps, publicUrl: null }, { park, node, reason: 'stolen', actor: 'hq:a@example.org' });

  it.each(['lost', 'here'] as const)(
    'X4, T1: a ticket key under two names ends with the till that has it, and not with the name nobody came as: %s',
    async (name) => {
      const till = await tillUnderTwoNames();
      await till.holdAs(till[name]);
      await revoke(till.lost);
      expect(await till.isRevoked()).toEqual([]);
      await revoke(till.here);
      expect(await till.isRevoked()).toEqual([till.kid]);
    },
  );

  it('S1: what a newcomer says it was takes nobody’s place, and moves no number out of reach', async () => {
    const here = await enrolKiosk(server, { park });
    const there = await enrolKiosk(server, { park: `${park}-x` as ParkId });
    const claims = [
      { node: here.enrolled.node, epoch: 7 },
      { node: there.enrolled.node, epoch: 7 },
      { node: 'k-00000000000000ZZ', epoch: Number.MAX_SAFE_INTEGER },
    ];
    for (const was of claims) {
      const claimant = await enrolKiosk(server, { park }, { was });
      expect(claimant.enrolled.epoch).toBe(1);
      expect(claims.map(({ node }) => node)).not.toContain(claimant.enrolled.node);
    }
    const { code } = await createEnrolmentCode(server.deps, { park, name: 'G', role: 'gate', gateId: 'gate-1' });
    for (const node of ['hq:nowhere', 'k-1']) {
      const body = { ...enrolBody(code, newKey()), was: { node, epoch: 1 } };
      expect((await post(server, '/sync/enrol', body)).statusCode).toBe(400);
    }
  });
});
