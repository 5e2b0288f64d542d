import type { Event } from '@skygate/shared/events/envelope';
import type { FactItem, FactsAnswer } from '@skygate/shared/hq-api/revocation';
import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../../db/testing/describe-on-databases.ts';
import {
  askToken,
  assertionOf,
  enrolKiosk,
  nonceFrom,
  plainBody,
  pushOf,
  START_MS,
  streamOf,
  type TestKiosk,
  type TestServer,
} from '../../db/testing/test-server.ts';
import { createHqTestServer, type HqTestServer } from '../testing/hq-test-server.ts';

const EARLY = { hlc: hlcOf(START_MS - 60_000, 0) };
const LATE = { hlc: hlcOf(START_MS + 60_000_000, 0) };

describeOnDatabases('X4: money of two pasts of a revoked kiosk', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  let hq: HqTestServer;
  let till: TestKiosk;
  let path: string;
  /** Seq 5 and 6 of its stream, and 3 to 5 of what its other disk has after the same first two. */
  let own: Event[];
  let other: Event[];
  eachTest(async (given) => {
    ({ server, park } = given);
    hq = await createHqTestServer(server.deps.database);
    till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Till 1', gateId: 'till-1' });
    path = `/parks/${park}/kiosks/${till.enrolled.node}/facts`;
    const copy = streamOf(till.enrolled);
    copy.write(2, undefined, EARLY);
    other = copy.write(3, (seq) => ({ ...plainBody(seq + 100), reason: 'a\u0000b' }), {
      ...LATE,
      actor: 'staff:\u0000',
    });
    await push(till.token, till.write(4, undefined, EARLY));
    const token = await revokedToken();
    own = till.write(2, undefined, LATE);
    await push(token, own);
    await push(token, [...copy.log]);
    await hq.server.deps.projections.projectNow(park);
  });

  const push = async (token: string, events: readonly Event[]): Promise<void> => {
    const headers = { [PROTOCOL_HEADER]: '2', authorization: `Bearer ${token}` };
    const payload = pushOf(till.key, events);
    const answer = await hq.server.app.inject({ method: 'POST', url: '/sync/push', headers, payload });
    expect(answer.statusCode).toBe(200);
  };
  const revokedToken = async (): Promise<string> => {
    const { node, epoch } = till.enrolled;
    await hq.call('POST', `/parks/${park}/kiosks/${node}/revoke`, { body: { reason: 'stolen' } });
    const assertion = await assertionOf({ key: till.key, node, epoch }, await nonceFrom(hq.server));
    return (await askToken(hq.server, assertion, '2')).json().access_token;
  };
  const facts = async (after = ''): Promise<FactsAnswer> => (await hq.call('GET', `${path}${after}`)).json();
  const statesOf = (items: readonly FactItem[]) =>
    items.map(({ seq, isFork, amountMinor, state }) => [seq, isFork, amountMinor, state]);
  const decide = async (hashes: readonly (string | undefined)[], accepted: boolean) => {
    const body = { epoch: till.enrolled.epoch, hashes, accepted, reason: 'counted' };
    const answer = await hq.call('POST', path, { body });
    await hq.server.deps.projections.projectNow(park);
    return answer.json();
  };
  const moved = async (): Promise<number> => {
    const { reader } = server.deps.database;
    const row = await reader
      .selectFrom('shift_totals')
      .select('moved_minor')
      .where('park', '=', park)
      .executeTakeFirstOrThrow();
    return row.moved_minor;
  };
  const BEFORE = 1 + 2 + 3 + 4;

  it('E6: is listed whole, each fact under its own name, whatever its author wrote into it', async () => {
    const { facts: listed } = await facts();
    expect(statesOf(listed)).toEqual([
      [3, true, 103, 'waiting'],
      [4, true, 104, 'waiting'],
      ...[[5, false, 5, 'waiting'] as const, [5, true, 105, 'waiting'] as const].toSorted(([, one], [, two]) => {
        const hashOf = (isFork: boolean) => (isFork ? other[2]?.hash : own[0]?.hash) ?? '';
        return hashOf(one) < hashOf(two) ? -1 : 1;
      }),
      [6, false, 6, 'waiting'],
    ]);
    expect(new Set(listed.map(({ hash }) => hash))).toEqual(new Set([...own, ...other].map(({ hash }) => hash)));
    expect(await moved()).toBe(BEFORE);
    const [, second] = listed;
    const { facts: rest } = await facts(`?after=${second?.seq}-${second?.hash}`);
    expect(rest).toEqual(listed.slice(2));
  });

  it('E6: is decided one by one, also where both pasts have one in the same place', async () => {
    expect(await decide([other[2]?.hash], true)).toMatchObject({ decided: 1 });
    expect(await moved()).toBe(BEFORE + 105);
    expect(await decide([own[0]?.hash], false)).toMatchObject({ decided: 1 });
    expect(await moved()).toBe(BEFORE + 105);
    const inFifth = (await facts()).facts.filter(({ seq }) => seq === 5);
    expect(new Map(inFifth.map(({ isFork, state }) => [isFork, state]))).toEqual(
      new Map([
        [true, 'accepted'],
        [false, 'rejected'],
      ]),
    );
    expect(await decide([other[2]?.hash, own[0]?.hash], true)).toMatchObject({ decided: 2 });
    expect(await moved()).toBe(BEFORE + 105 + 5);
    expect(await decide([other[2]?.hash], false)).toMatchObject({ decided: 1 });
    expect(await moved()).toBe(BEFORE + 5);
    expect(await decide([], true)).toMatchObject({ decided: 3 });
    expect(await moved()).toBe(BEFORE + 5 + 6 + 103 + 104);
  });
});
