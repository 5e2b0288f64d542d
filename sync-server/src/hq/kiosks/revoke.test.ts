import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../../db/testing/describe-on-databases.ts';
import {
  assertionOf,
  enrolKiosk,
  nonceFrom,
  pushOf,
  START_MS,
  type TestKiosk,
  type TestServer,
} from '../../db/testing/test-server.ts';
import { createHqTestServer, type HqTestServer } from '../testing/hq-test-server.ts';

/** What it says that it holds, with its last word. */
const NOTHING = { streams: [], texts: 0 };
const VERSION_2 = { [PROTOCOL_HEADER]: '2' };

describeOnDatabases('X4: a revoked kiosk', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  let hq: HqTestServer;
  eachTest(async (given) => {
    ({ server, park } = given);
    hq = await createHqTestServer(server.deps.database);
  });

  const enrolTill = () => enrolKiosk(hq.server, { park, role: 'till', name: 'Till 1', gateId: 'till-1' });
  const ask = (method: 'GET' | 'POST', url: string, token: string, payload?: object) =>
    hq.server.app.inject({
      method,
      url,
      headers: { ...VERSION_2, authorization: `Bearer ${token}` },
      ...(payload ? { payload } : {}),
    });
  const revoke = (till: TestKiosk) =>
    hq.call('POST', `/parks/${park}/kiosks/${till.enrolled.node}/revoke`, { body: { reason: 'stolen' } });
  const hqTypes = async (): Promise<string[]> => {
    const rows = await server.deps.database.reader
      .selectFrom('events')
      .select('type')
      .where('park', '=', park)
      .where('node', 'like', 'hq:%')
      .orderBy('seq')
      .execute();
    return rows.map(({ type }) => type);
  };

  it('ends its incarnation and its ticket key in one go, and once only', async () => {
    const till = await enrolTill();
    const [first] = till.write(1);
    expect((await ask('POST', '/sync/push', till.token, pushOf(till.key, [first as never]))).statusCode).toBe(200);
    const preview = (await hq.call('GET', `/parks/${park}/kiosks/${till.enrolled.node}/revocation`)).json();
    expect(preview).toMatchObject({ revoked: null, received: 1, liveKeys: 1, role: 'till' });
    const answer = await revoke(till);
    expect(answer.json()).toMatchObject({
      revoked: { reason: { state: 'here', text: 'stolen' } },
      liveKeys: 0,
      wipedMs: null,
    });
    await revoke(till);
    expect((await hqTypes()).slice(-3)).toEqual(['KioskRevoked', 'EpochClosed', 'SigningKeyRevoked']);
    const key = await server.deps.database.reader
      .selectFrom('signing_key_revocations')
      .select(['holder_epoch', 'last_seq'])
      .where('park', '=', park)
      .executeTakeFirstOrThrow();
    expect(key).toEqual({ holder_epoch: 1, last_seq: 1 });
  });

  it('may deliver what it has and say that it erased itself, and nothing else', async () => {
    const till = await enrolTill();
    await revoke(till);
    const { node, epoch } = till.enrolled;
    const assertion = await assertionOf({ key: till.key, node, epoch }, await nonceFrom(hq.server));
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
    const issued = await hq.server.app.inject({
      method: 'POST',
      url: '/sync/token',
      headers: { ...VERSION_2, 'content-type': 'application/x-www-form-urlencoded' },
      payload: form.toString(),
    });
    expect(issued.json()).toMatchObject({ revoked: true });
    const token: string = issued.json().access_token;

    const pulled = await ask('GET', '/sync/pull?after=0&limit=10&waitMs=0', token);
    expect([pulled.statusCode, pulled.json().code]).toEqual([410, 'revoked']);
    const late = till.write(2, undefined, { hlc: hlcOf(START_MS + 60_000_000, 0) });
    expect((await ask('POST', '/sync/push', token, pushOf(till.key, late))).json()).toMatchObject({ acknowledged: 2 });
    expect((await ask('POST', '/sync/wiped', token, NOTHING)).statusCode).toBe(200);
    expect((await ask('POST', '/sync/wiped', token, NOTHING)).statusCode).toBe(200);
    const after = (await hq.call('GET', `/parks/${park}/kiosks/${node}/revocation`)).json();
    expect(after.wipedMs).not.toBeNull();
  });

  it('nobody else is taken for erased', async () => {
    const till = await enrolTill();
    expect((await ask('POST', '/sync/wiped', till.token, NOTHING)).statusCode).toBe(403);
  });

  it('its money after the revocation waits for a person, one by one or all', async () => {
    const till = await enrolTill();
    await revoke(till);
    await hq.server.deps.projections.projectNow(park);
    const late = till.write(3, undefined, { hlc: hlcOf(START_MS + 60_000_000, 0) });
    expect((await ask('POST', '/sync/push', till.token, pushOf(till.key, late))).statusCode).toBe(200);
    await hq.server.deps.projections.projectNow(park);
    const path = `/parks/${park}/kiosks/${till.enrolled.node}/facts`;
    const before = (await hq.call('GET', path)).json();
    expect(before.facts.map(({ state }: { state: string }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
    // Cash that was moved is no takings: in no sum, and counted so that nobody overlooks it.
    expect(before).toMatchObject({ waiting: [], waitingMoves: 3 });
    const moved = () =>
      server.deps.database.reader
        .selectFrom('shift_totals')
        .select('moved_minor')
        .where('park', '=', park)
        .executeTakeFirstOrThrow();
    expect(await moved()).toEqual({ moved_minor: 0 });

    const [, second] = before.facts;
    const one = { epoch: 1, hashes: [second.hash], accepted: true, reason: 'counted' };
    expect((await hq.call('POST', path, { body: one })).json()).toMatchObject({ decided: 1 });
    const rest = { epoch: 1, hashes: [], accepted: false, reason: 'not ours' };
    expect((await hq.call('POST', path, { body: rest })).json()).toMatchObject({ decided: 2 });
    const after = (await hq.call('GET', path)).json();
    expect(after.facts.map(({ state }: { state: string }) => state)).toEqual(['rejected', 'accepted', 'rejected']);
    expect(after).toMatchObject({ waiting: [], waitingMoves: 0 });
    expect(await moved()).toEqual({ moved_minor: 2 });
    const stranger = await hq.call('POST', path, { body: { ...one, hashes: ['0'.repeat(64)] } });
    expect([stranger.statusCode, stranger.json().code]).toEqual([404, 'not_found']);
  });
});
