import type { Event } from '@skygate/shared/events/envelope';
import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  askToken,
  assertionOf,
  enrolKiosk,
  newKey,
  nonceFrom,
  plainBody,
  pushOf,
  streamOf,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { createHqTestServer, type HqTestServer } from '../hq/testing/hq-test-server.ts';

describeOnDatabases('the other past of a revoked kiosk', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  let hq: HqTestServer;
  let till: TestKiosk;
  /** What its other disk holds: the first two events are the same, and then it wrote something else. */
  let other: Event[];
  eachTest(async (given) => {
    ({ server, park } = given);
    hq = await createHqTestServer(server.deps.database);
    till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Till 1', gateId: 'till-1' });
    const copy = streamOf(till.enrolled);
    copy.write(2);
    other = [...copy.log, ...copy.write(6, (seq) => plainBody(seq + 100))];
    await ask('/sync/push', till.token, pushOf(till.key, till.write(4)));
  });

  const ask = async (url: string, token: string, payload: object) => {
    const headers = { [PROTOCOL_HEADER]: '2', authorization: `Bearer ${token}` };
    const answer = await hq.server.app.inject({ method: 'POST', url, headers, payload });
    return { status: answer.statusCode, ...answer.json() };
  };
  const push = (token: string, from: number, to: number) =>
    ask('/sync/push', token, pushOf(till.key, other.slice(from - 1, to)));
  const revokedToken = async (): Promise<string> => {
    const { node, epoch } = till.enrolled;
    await hq.call('POST', `/parks/${park}/kiosks/${node}/revoke`, { body: { reason: 'stolen' } });
    const assertion = await assertionOf({ key: till.key, node, epoch }, await nonceFrom(hq.server));
    return (await askToken(hq.server, assertion, '2')).json().access_token;
  };
  const recorded = async (): Promise<number> => {
    const rows = await server.deps.database.reader
      .selectFrom('events')
      .select('seq')
      .where('park', '=', park)
      .where('node', '=', `hq:${park}`)
      .where('type', '=', 'EventRecovered')
      .execute();
    return rows.length;
  };
  const folded = async (): Promise<readonly number[]> => {
    await hq.server.deps.projections.projectNow(park);
    const rows = await server.deps.database.reader
      .selectFrom('recovered_events')
      .select('seq')
      .where('park', '=', park)
      .orderBy('seq')
      .execute();
    return rows.map(({ seq }) => seq);
  };
  const stateOf = (token: string, end: Event) =>
    ask('/sync/state', token, {
      streams: [{ node: end.node, epoch: end.epoch, to: end.seq, headHash: end.hash }],
    });

  it('X4: is recorded by HQ, once, however often and in whatever runs it comes', async () => {
    const token = await revokedToken();
    expect(await push(token, 1, 2)).toMatchObject({ status: 200, acknowledged: 2 });
    expect(await push(token, 2, 5)).toMatchObject({ status: 200, acknowledged: 5 });
    expect(await push(token, 6, 8)).toMatchObject({ status: 200, acknowledged: 8 });
    expect(await push(token, 1, 8)).toMatchObject({ status: 200, acknowledged: 8 });
    expect(await push(token, 5, 7)).toMatchObject({ status: 200, acknowledged: 7 });
    expect(await recorded()).toBe(2);
    expect(await folded()).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('X4: the state answers with the end that the kiosk shows once that is held, and wants no more of it', async () => {
    const token = await revokedToken();
    const [end, held] = [other.at(-1) as Event, till.log.at(-1) as Event];
    expect(await stateOf(token, end)).toMatchObject({ acknowledged: 4, acknowledgedHash: held.hash });
    await push(token, 1, 8);
    expect(await stateOf(token, end)).toMatchObject({ acknowledged: 8, acknowledgedHash: end.hash, wants: [] });
    const early = till.log[2] as Event;
    expect(await stateOf(token, early)).toMatchObject({ acknowledged: 3, acknowledgedHash: early.hash });
  });

  it('X4: what follows on nothing that is held is asked for from further back, and changes nothing', async () => {
    const token = await revokedToken();
    expect(await push(token, 6, 8)).toMatchObject({ status: 409, code: 'gap', needFrom: 5 });
    expect(await push(token, 5, 8)).toMatchObject({ status: 409, code: 'gap', needFrom: 1 });
    expect(await recorded()).toBe(0);
  });

  it('X4: a seal that is not the kiosk’s own, and words that it does not cover, are refused', async () => {
    const token = await revokedToken();
    const run = pushOf(till.key, other);
    const forged = pushOf(newKey(), other);
    expect((await ask('/sync/push', token, forged)).status).toBeGreaterThanOrEqual(400);
    const changed = { ...run, events: pushOf(till.key, till.log.concat(other.slice(4))).events };
    expect((await ask('/sync/push', token, changed)).status).toBeGreaterThanOrEqual(400);
    expect(await recorded()).toBe(0);
  });

  it('X4: nobody but a revoked kiosk has its past recorded so', async () => {
    const gate = await enrolKiosk(hq.server, { park, name: 'Gate 1', gateId: 'gate-1' });
    await revokedToken();
    expect(await push(gate.token, 1, 8)).toMatchObject({ status: 410, code: 'epoch_closed' });
    expect(await recorded()).toBe(0);
  });
});
