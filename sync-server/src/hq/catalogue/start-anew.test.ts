import type { PublicationAnswer } from '@skygate/shared/hq-api/publication';
import type { ParkId } from '@skygate/shared/lib/ids';
import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../db/database.ts';
import { describeOnDatabases } from '../../db/testing/describe-on-databases.ts';
import { enrolKiosk, type TestKiosk } from '../../db/testing/test-server.ts';
import { createDocumentPublisher } from '../../documents/publish-documents.ts';
import { priceOf, pushCatalogueEdit } from '../testing/catalogue-edit.ts';
import { openSellingPark } from '../testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer, PRODUCT } from '../testing/hq-test-server.ts';

describeOnDatabases('a catalogue started anew while a published edit is not back', (eachTest) => {
  let database: Database;
  let park: ParkId;
  let hq: HqTestServer;
  let till: TestKiosk;
  eachTest((given) => {
    park = given.park;
    ({ database } = given.opened);
  });
  afterEach(() => hq.close());

  const edit = (minor: number) =>
    pushCatalogueEdit({ server: hq.server, till, park, actor: 'staff:s1' }, priceOf('adult', minor));
  const publish = () => createDocumentPublisher(hq.server.deps).publishNow(park);
  const publication = async (): Promise<PublicationAnswer> =>
    (await hq.call('GET', `/parks/${park}/catalogue/publication`)).json();
  const startAnew = (generation: number) =>
    hq.call('POST', `/parks/${park}/catalogue/start-anew`, { body: { generation } });
  const price = async () => {
    const [product] = (await hq.call('GET', `/parks/${park}/catalogue`)).json().products;
    return product.product.units.adult.priceMinor;
  };
  /** What a lost tail leaves: HQ's own word comes back from its journal, the till's edit only with its next push. */
  const lose = async (hash: string) => {
    const { reader, kysely } = database;
    const of = { park, document_id: 'catalogue', change_hash: hash };
    const rows = reader.selectFrom('document_changes').selectAll();
    const row = await rows.where((where) => where.and(of)).executeTakeFirstOrThrow();
    await kysely
      .deleteFrom('document_changes')
      .where((where) => where.and(of))
      .execute();
    return async () => {
      await kysely.insertInto('document_changes').values(row).execute();
    };
  };

  it('D1, E8: begins from what HQ holds, is edited on, and what comes back later is listed and moves no price', async () => {
    hq = await createHqTestServer(database);
    await openSellingPark(hq, park);
    const body = { staffId: 's1', name: 'Person s1', role: 'supervisor', pin: '3333' };
    await hq.call('POST', `/parks/${park}/staff`, { body });
    till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 1' });
    await edit(51_000);
    const lost = await edit(54_000);
    await publish();
    const comesBack = await lose(lost);
    expect(await publication()).toMatchObject({ generation: 1, isWhole: false });
    const put = { body: { ...PRODUCT, earlyMinutes: 30 }, headers: { 'if-match': '*' } };
    expect((await hq.call('PUT', `/parks/${park}/catalogue/products/day`, put)).json()).toMatchObject({
      code: 'invalid',
    });

    expect((await startAnew(1)).json()).toMatchObject({
      generation: 2,
      isWhole: true,
      unpublished: [],
      unpublishedCount: 0,
    });
    expect(await price()).toBe(51_000);
    await edit(52_000);
    await publish();
    expect(await price()).toBe(52_000);

    await comesBack();
    await publish();
    expect(await price()).toBe(52_000);
    expect(await publication()).toMatchObject({
      generation: 2,
      isWhole: true,
      unpublishedCount: 1,
      unpublished: [{ changeHash: lost, reason: 'left_out', kioskName: 'Касса 1' }],
    });
  });
});
