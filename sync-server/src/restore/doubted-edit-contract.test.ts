import type { PublicationAnswer } from '@skygate/shared/hq-api/publication';
import type { ParkId } from '@skygate/shared/lib/ids';
import { afterEach, expect, it } from 'vitest';
import type { Database } from '../db/database.ts';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, type TestKiosk } from '../db/testing/test-server.ts';
import { createDocumentPublisher } from '../documents/publish-documents.ts';
import { priceOf, pushCatalogueEdit } from '../hq/testing/catalogue-edit.ts';
import { openSellingPark } from '../hq/testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer } from '../hq/testing/hq-test-server.ts';
import { backUp } from './testing/backup.ts';
import { type Keeper, keeperOf } from './testing/keeper.ts';

describeOnDatabases('an edit whose writer a restored server may not know any more', (eachTest) => {
  let database: Database;
  let park: ParkId;
  let hq: HqTestServer;
  let till: TestKiosk;
  let gate: Keeper;
  eachTest((given) => {
    park = given.park;
    ({ database } = given.opened);
  });
  afterEach(() => hq.close());

  const enter = (role: 'supervisor' | 'cashier') =>
    hq.call('POST', `/parks/${park}/staff`, { body: { staffId: 's1', name: 'Person s1', role, pin: '3333' } });
  const publish = () => createDocumentPublisher(hq.server.deps).publishNow(park);
  const publication = async (): Promise<PublicationAnswer> =>
    (await hq.call('GET', `/parks/${park}/catalogue/publication`)).json();
  const price = async () => {
    const [product] = (await hq.call('GET', `/parks/${park}/catalogue`)).json().products;
    return product.product.units.adult.priceMinor;
  };
  /** A right is taken, a gate hears of it, and an older backup is put back; the till edits before anybody has reported. */
  async function restoredWithAnEdit(): Promise<void> {
    hq = await createHqTestServer(database);
    await openSellingPark(hq, park);
    await enter('supervisor');
    till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Till 1' });
    gate = keeperOf(await enrolKiosk(hq.server, { park }));
    const restore = await backUp(database, park);
    await enter('cashier');
    await gate.pull(hq.server);
    await restore();
    await hq.close();
    hq = await createHqTestServer(database);
    await hq.call('POST', `/parks/${park}/recovery`);
    await pushCatalogueEdit({ server: hq.server, till, park, actor: 'staff:s1' }, priceOf('adult', 51_000));
  }
  const allReport = async () => {
    await gate.report(hq.server);
    await keeperOf(till).report(hq.server);
  };

  it('E8, D1: waits until every kiosk has reported, and then for whoever was lost to be entered again', async () => {
    await restoredWithAnEdit();
    await publish();
    const [waiting] = (await publication()).unpublished;
    expect(waiting).toMatchObject({ reason: 'refused', problem: expect.stringContaining('was restored') });
    await allReport();
    await publish();
    const [lost] = (await publication()).unpublished;
    expect(lost).toMatchObject({ reason: 'refused', problem: expect.stringContaining('has lost what was changed') });
    await enter('cashier');
    await publish();
    const [refused] = (await publication()).unpublished;
    expect(refused).toMatchObject({ reason: 'refused', problem: expect.stringContaining('cashier') });
    expect(await price()).toBe(50_000);
  });

  it('E8, D1: counts as soon as somebody says that who was lost needs no entering', async () => {
    await restoredWithAnEdit();
    await allReport();
    await publish();
    expect(await price()).toBe(50_000);
    const said = await hq.call('POST', `/parks/${park}/recovery/people`, { body: { people: ['s1'] } });
    expect(said.statusCode).toBe(204);
    await publish();
    expect(await price()).toBe(51_000);
    expect(await publication()).toMatchObject({ unpublished: [] });
  });
});
