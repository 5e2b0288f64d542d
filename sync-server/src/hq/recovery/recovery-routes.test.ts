import type { RecoveryAnswer } from '@skygate/shared/hq-api/recovery';
import type { ParkId } from '@skygate/shared/lib/ids';
import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../db/database.ts';
import { describeOnDatabases } from '../../db/testing/describe-on-databases.ts';
import { enrolKiosk } from '../../db/testing/test-server.ts';
import { maySellOnline } from '../../restore/may-sell-online.ts';
import { openPark } from '../testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer } from '../testing/hq-test-server.ts';

describeOnDatabases('who a restored park waits for', (eachTest) => {
  let database: Database;
  let park: ParkId;
  let hq: HqTestServer;
  eachTest((given) => {
    park = given.park;
    ({ database } = given.opened);
  });
  afterEach(() => hq.close());

  const listed = async () => {
    const { parks }: RecoveryAnswer = (await hq.call('GET', '/recovery')).json();
    return parks.find((item) => item.park === park) ?? null;
  };
  const maySell = async () => (await maySellOnline(database.reader, park)).ok;

  it('E8: is said as it is: a park without kiosks, or whose last silent one was revoked, sells and shows no banner', async () => {
    hq = await createHqTestServer(database);
    await openPark(hq, park);
    expect((await hq.call('POST', `/parks/${park}/recovery`)).statusCode).toBe(201);
    expect([await maySell(), await listed()]).toEqual([true, null]);

    const { enrolled } = await enrolKiosk(hq.server, { park });
    hq.server.clock.advance(5_000);
    await hq.call('POST', `/parks/${park}/recovery`);
    expect(await maySell()).toBe(false);
    expect(await listed()).toMatchObject({ isOver: false, kiosks: 1, missing: [{ node: enrolled.node }] });
    const revoked = await hq.call('POST', `/parks/${park}/kiosks/${enrolled.node}/revoke`, {
      body: { reason: 'burnt' },
    });
    expect(revoked.statusCode).toBeLessThan(300);
    await hq.server.deps.projections.projectNow(park);
    expect([await maySell(), await listed()]).toEqual([true, null]);
  });
});
