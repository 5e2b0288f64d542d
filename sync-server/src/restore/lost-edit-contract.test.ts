import type { ParkId } from '@skygate/shared/lib/ids';
import { afterEach, expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk } from '../db/testing/test-server.ts';
import { createDocumentStore } from '../documents/document-store.ts';
import { openPark } from '../hq/testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer, PRODUCT } from '../hq/testing/hq-test-server.ts';
import { backUp } from './testing/backup.ts';
import { keeperOf } from './testing/keeper.ts';

describeOnDatabases('an edit in a past that HQ lost', (eachTest) => {
  let database: Database;
  let park: ParkId;
  let hq: HqTestServer;
  eachTest((given) => {
    park = given.park;
    ({ database } = given.opened);
  });
  afterEach(() => hq.close());

  const change = async (earlyMinutes: number) => {
    const answer = await hq.call('PUT', `/parks/${park}/catalogue/products/day`, {
      body: { ...PRODUCT, earlyMinutes },
      headers: { 'if-match': '*' },
    });
    return answer.statusCode;
  };
  const catalogue = async () => {
    await hq.server.deps.projections.projectNow(park);
    const { held, isWhole } = await createDocumentStore(hq.server.deps).decide(database.reader, park, 'catalogue');
    return { isWhole, problem: held.problem, earlyMinutes: held.value?.products['day']?.earlyMinutes };
  };
  const recorded = async () => {
    const rows = database.reader.selectFrom('recovered_events').select('type').where('park', '=', park);
    return (await rows.orderBy('seq').execute()).map(({ type }) => type);
  };

  it('D1, E8: HQ does not wait for an edit of its own that was recorded again, and edits and publishes on', async () => {
    hq = await createHqTestServer(database);
    await openPark(hq, park);
    await change(0);
    const kiosk = keeperOf(await enrolKiosk(hq.server, { park }));
    const restore = await backUp(database, park);
    await change(10);
    await kiosk.pull(hq.server);
    // when an older backup is put back, and HQ writes on before a kiosk shows what is missing
    await restore();
    await hq.close();
    hq = await createHqTestServer(database);
    const body = { staffId: 's1', name: 'Person s1', role: 'supervisor', pin: '3333' };
    expect((await hq.call('POST', `/parks/${park}/staff`, { body })).statusCode).toBe(201);
    await kiosk.report(hq.server);
    expect(await catalogue()).toEqual({ isWhole: true, problem: null, earlyMinutes: 0 });
    expect(await recorded()).toEqual(['DocumentChanged', 'DocumentPublished']);
    expect(await change(30)).toBe(200);
    expect(await catalogue()).toEqual({ isWhole: true, problem: null, earlyMinutes: 30 });
  });
});
