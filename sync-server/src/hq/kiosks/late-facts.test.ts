import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { enrolKiosk, push, pushOf, START_MS, type TestKiosk } from '../../db/testing/test-server.ts';
import { watchedDatabase } from '../../db/testing/watched-database.ts';
import { describeHq, type HqGiven, openPark } from '../testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer } from '../testing/hq-test-server.ts';
import { revokeTimeoutMs } from './revoke.ts';

const VERSION_2 = { [PROTOCOL_HEADER]: '2' };
const LATE = { hlc: hlcOf(START_MS + 60_000_000, 0) };

describeHq('X4, S7: much that a kiosk dated after its revocation', (eachTest) => {
  let given: HqGiven;
  let till: TestKiosk;
  eachTest(async (one) => {
    given = one;
    await openPark(given.hq, given.park);
    till = await enrolKiosk(given.hq.server, { park: given.park, role: 'till' });
  });

  const sends = async (count: number, words = LATE): Promise<void> => {
    const events = till.write(count, undefined, words);
    expect((await push(given.hq.server, till.token, pushOf(till.key, events), VERSION_2)).statusCode).toBe(200);
  };
  const revoke = (hq: HqTestServer) =>
    hq.call('POST', `/parks/${given.park}/kiosks/${till.enrolled.node}/revoke`, { body: { reason: 'stolen' } });
  const sum = async () =>
    given.opened.database.reader
      .selectFrom('shift_totals')
      .select('moved_minor')
      .where('park', '=', given.park)
      .executeTakeFirstOrThrow();
  const waiting = async (): Promise<number> => {
    const { reader } = given.opened.database;
    return (await reader.selectFrom('withheld_facts').select('seq').where('park', '=', given.park).execute()).length;
  };
  /** HQ over a database that tells how many of the kiosk's events each statement brings. */
  const watching = async (look: (events: number) => void): Promise<HqTestServer> =>
    createHqTestServer(
      watchedDatabase(given.opened.database, (rows) =>
        look(rows.filter((row) => row['node'] === till.enrolled.node && 'body_hash' in row).length),
      ),
    );

  it('is taken out in pages when it is revoked', async () => {
    for (let page = 0; page < 3; page += 1) await sends(500);
    await given.hq.server.deps.projections.projectNow(given.park);
    let [most, statements] = [0, 0];
    const hq = await watching((events) => {
      most = Math.max(most, events);
      statements += 1;
    });
    statements = 0;
    expect((await revoke(hq)).statusCode).toBe(200);
    expect(await waiting()).toBe(1_500);
    expect(await sum()).toEqual({ moved_minor: 0 });
    expect(most).toBeLessThanOrEqual(500);
    // By pages, not by facts.
    expect(statements).toBeLessThan(200);
    await hq.close();
  });

  it('X4: has time to be taken out, however much it is', async () => {
    for (let page = 0; page < 2; page += 1) await sends(500);
    const { database } = given.opened;
    const timeouts: unknown[] = [];
    const watched = watchedDatabase(database, (rows) => {
      timeouts.push(...rows.map((row) => row['set_config']));
    });
    const hq = await createHqTestServer(watched);
    expect((await revoke(hq)).statusCode).toBe(200);
    await hq.close();
    // PGlite has one connection, and cuts nothing off.
    if (database.kind === 'postgres') expect(timeouts).toContain(`${revokeTimeoutMs(1_000) / 1_000}s`);
    expect(revokeTimeoutMs(1_000_000)).toBeGreaterThan(revokeTimeoutMs(0) + 1_000_000);
  });

  it('is not looked at again for one more, nor for a decision on one', async () => {
    await sends(400);
    await revoke(given.hq);
    await sends(1);
    let events = 0;
    const hq = await watching((brought) => {
      events += brought;
    });
    await hq.server.deps.projections.projectNow(given.park);
    expect(await waiting()).toBe(401);
    // Itself, and whatever it is folded with.
    expect(events).toBeLessThan(10);
    const { facts } = (await hq.call('GET', `/parks/${given.park}/kiosks/${till.enrolled.node}/facts`)).json();
    events = 0;
    const body = { epoch: 1, hashes: [facts[0].hash], accepted: true, reason: 'counted' };
    const path = `/parks/${given.park}/kiosks/${till.enrolled.node}/facts`;
    expect((await hq.call('POST', path, { body })).json()).toMatchObject({ decided: 1 });
    expect(await waiting()).toBe(400);
    expect(events).toBeLessThan(10);
    await hq.close();
  });
});
