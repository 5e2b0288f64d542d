import { draft } from '@skygate/shared/events/catalogue';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  askToken,
  assertionOf,
  enrolBody,
  enrolKiosk,
  get,
  newKey,
  nonceFrom,
  post,
  type TestServer,
} from '../db/testing/test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { createPark } from '../hq-node/create-park.ts';
import { createEnrolmentCode } from '../hq-node/enrolment.ts';

describeOnDatabases('enrolment and tokens', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const expectedKiosk = () => ({ park, name: 'Gate 1', role: 'gate' as const, gateId: 'gate-1' });

  it('S1: a code works once; the same key asking again gets the same answer', async () => {
    await createPark(server.deps, park);
    const { code } = await createEnrolmentCode(server.deps, expectedKiosk());
    const body = enrolBody(code, newKey());
    const first = await post(server, '/sync/enrol', body);
    const again = await post(server, '/sync/enrol', body);
    expect(first.json()).toMatchObject({ park, epoch: 1, number: 1, name: 'Gate 1' });
    expect(again.json()).toEqual(first.json());
    const other = await post(server, '/sync/enrol', enrolBody(code, newKey()));
    expect([other.statusCode, other.json().code]).toEqual([409, 'enrolment_code_used']);
  });

  for (const role of ['gate', 'till'] as const)
    it(`S1, C5: a ${role} that never heard it was let in may come with another code, and is the same kiosk`, async () => {
      await createPark(server.deps, park);
      const key = newKey();
      const askWithNewCode = async () => {
        const { code } = await createEnrolmentCode(server.deps, { park, name: 'Late', role, gateId: 'late' });
        return (await post(server, '/sync/enrol', enrolBody(code, key))).json();
      };
      const unheard = await askWithNewCode();
      const heard = await askWithNewCode();
      expect(heard).toMatchObject({ node: unheard.node, number: unheard.number });
      expect(heard.epoch).toBeGreaterThan(unheard.epoch);
      // HQ waits for nobody else: places of voided tickets come back when this one has heard of them.
      const rows = await server.deps.database.reader
        .selectFrom('nodes')
        .select(['node', 'epoch'])
        .where('park', '=', park)
        .where('name', '=', 'Late')
        .where('state', '=', 'open')
        .execute();
      expect(rows).toEqual([{ node: heard.node, epoch: heard.epoch }]);
    });

  it('S1: an expired or unknown code and a proof by another key are refused', async () => {
    await createPark(server.deps, park);
    const { code } = await createEnrolmentCode(server.deps, expectedKiosk());
    const unknown = await post(server, '/sync/enrol', enrolBody('00000000', newKey()));
    const key = newKey();
    const stolen = { ...enrolBody(code, key), proof: enrolBody(code, newKey()).proof };
    const unproved = await post(server, '/sync/enrol', stolen);
    server.clock.advance(10 * 60_000 + 1);
    const expired = await post(server, '/sync/enrol', enrolBody(code, key));
    expect([unknown, unproved, expired].map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [404, 'not_found'],
      [401, 'unauthenticated'],
      [410, 'enrolment_code_expired'],
    ]);
  });

  it('X4, S1: a code for the next incarnation of a kiosk lets it in no more once it is revoked', async () => {
    const { enrolled } = await enrolKiosk(server, { park, role: 'till' });
    const node = enrolled.node as NodeId;
    const { code } = await createEnrolmentCode(server.deps, { ...expectedKiosk(), role: 'till', node });
    const body = { kiosk: node, kioskEpoch: 1, reason: 'stolen' };
    await appendHqEvents(server.deps, park, [draft('KioskRevoked', `kiosk:${node}`, body, { actor: 'hq:anna' })]);
    const refused = await post(server, '/sync/enrol', enrolBody(code, newKey()));
    expect([refused.statusCode, refused.json().code]).toEqual([410, 'enrolment_code_expired']);
    const { reader } = server.deps.database;
    const rows = await reader.selectFrom('nodes').select(['epoch', 'state']).where('node', '=', node).execute();
    expect(rows).toEqual([{ epoch: 1, state: 'closed' }]);
    const keys = await reader.selectFrom('signing_keys').select('kid').where('holder', '=', node).execute();
    expect(keys).toHaveLength(1);
  });

  it('S1: a nonce is good once, and only under the right key', async () => {
    const { key, enrolled } = await enrolKiosk(server, { park });
    const nonce = await nonceFrom(server);
    const assertion = await assertionOf({ key, node: enrolled.node, epoch: 1 }, nonce);
    expect((await askToken(server, assertion)).statusCode).toBe(200);
    expect((await askToken(server, assertion)).statusCode).toBe(401);
    const forged = await assertionOf({ key: newKey(), node: enrolled.node, epoch: 1 }, await nonceFrom(server));
    expect((await askToken(server, forged)).statusCode).toBe(401);
    const invented = await assertionOf({ key, node: enrolled.node, epoch: 1 }, 'f'.repeat(48));
    expect((await askToken(server, invented)).statusCode).toBe(401);
  });

  it('S1: a wrong, missing or expired token opens nothing', async () => {
    const kiosk = await enrolKiosk(server, { park });
    expect((await get(server, '/sync/state', `${kiosk.token}x`)).statusCode).toBe(401);
    expect((await get(server, '/sync/state', '')).statusCode).toBe(401);
    server.clock.advance(10 * 60_000 + 1);
    const expired = await get(server, '/sync/state', kiosk.token);
    expect([expired.statusCode, expired.json().code]).toEqual([401, 'unauthenticated']);
  });

  it('a kiosk of another protocol version is told to upgrade', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/sync/nonce',
      headers: { [PROTOCOL_HEADER]: '99' },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([426, 'upgrade_needed']);
  });

  it('a path that is not there is a problem like any other', async () => {
    const answer = await server.app.inject({ method: 'GET', url: '/nowhere' });
    expect(answer.json()).toMatchObject({ status: 404, code: 'not_found', requestId: expect.any(String) });
  });
});
