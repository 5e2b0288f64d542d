import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import { KNOWN_EVENT_VERSIONS } from '@skygate/shared/events/catalogue';
import type { PublicationAnswer } from '@skygate/shared/hq-api/publication';
import type { StaffAnswer } from '@skygate/shared/hq-api/staff';
import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASES, type OpenedDatabase } from '../../db/testing/databases.ts';
import { enrolKiosk, get, push, pushOf, type TestKiosk } from '../../db/testing/test-server.ts';
import { createDocumentStore } from '../../documents/document-store.ts';
import { createDocumentPublisher } from '../../documents/publish-documents.ts';
import { bombBody } from '../../sync/testing/bad-requests.ts';
import { priceOf, pushCatalogueEdit } from '../testing/catalogue-edit.ts';
import { openSellingPark } from '../testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer } from '../testing/hq-test-server.ts';

describe.each(Object.entries(DATABASES))('documents that HQ publishes, over %s', (_name, open) => {
  let database: OpenedDatabase;
  let hq: HqTestServer;
  let till: TestKiosk;
  const park = 'published' as ParkId;

  beforeAll(async () => {
    database = await open();
    hq = await createHqTestServer(database.database);
    await openSellingPark(hq, park);
    for (const [staffId, role] of [
      ['s1', 'supervisor'],
      ['c1', 'cashier'],
    ] as const) {
      const body = { staffId, name: `Person ${staffId}`, role, pin: '3333' };
      await hq.call('POST', `/parks/${park}/staff`, { body });
    }
    till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 1' });
  }, 180_000);
  afterAll(async () => {
    await hq?.close();
    await database?.close();
  });

  const documents = () => createDocumentStore(hq.server.deps);
  const publication = async (): Promise<PublicationAnswer> =>
    (await hq.call('GET', `/parks/${park}/catalogue/publication`)).json();
  const published = () =>
    database.database.reader
      .selectFrom('document_publications')
      .select(['generation', 'changes', 'state_hash'])
      .where('park', '=', park)
      .where('document_id', '=', 'catalogue')
      .orderBy('generation')
      .execute();
  const publish = () => createDocumentPublisher(hq.server.deps).publishNow(park);

  const editAtTill = (actor: string, edit: (draft: CatalogueDocument) => void) =>
    pushCatalogueEdit({ server: hq.server, till, park, actor }, edit);

  it("D1: HQ's own edit is published with itself, a kiosk's as soon as HQ has looked, and nothing twice", async () => {
    expect(await published()).toMatchObject([{ generation: 1, changes: 1 }]);
    await editAtTill('staff:s1', priceOf('adult', 51_000));
    await publish();
    await publish();
    expect(await published()).toMatchObject([{ generation: 1, changes: 2 }]);
    expect(await publication()).toMatchObject({ generation: 1, changes: 2, unpublished: [], nearLimits: [] });
  });

  it('D1: an edit by somebody without the right stays in the log, is not published, and HQ sees it with its reason', async () => {
    const hash = await editAtTill('staff:c1', priceOf('child', 1));
    await publish();
    expect(await published()).toMatchObject([{ changes: 2 }]);
    expect((await publication()).unpublished).toMatchObject([
      { changeHash: hash, reason: 'refused', actorName: 'Person c1', kioskName: 'Касса 1' },
    ]);
    const [product] = (await hq.call('GET', `/parks/${park}/catalogue`)).json().products;
    expect(product.product.units.child.priceMinor).toBe(25_000);
  });

  it('D1: starts anew from the last good state in a new generation, and lists what was left out', async () => {
    const path = `/parks/${park}/catalogue/start-anew`;
    expect((await hq.call('POST', path, { body: { generation: 9 } })).json()).toMatchObject({ code: 'stale' });
    const answer: PublicationAnswer = (await hq.call('POST', path, { body: { generation: 1 } })).json();
    expect(answer).toMatchObject({ generation: 2, unpublishedCount: 1, unpublished: [{ reason: 'left_out' }] });
    const [before, after] = await published();
    expect(after?.state_hash).toBe(before?.state_hash);
    // Edits go on in the new generation, at HQ and at the till.
    await editAtTill('staff:s1', priceOf('adult', 52_000));
    await publish();
    const [product] = (await hq.call('GET', `/parks/${park}/catalogue`)).json().products;
    expect(product.product.units).toMatchObject({ adult: { priceMinor: 52_000 }, child: { priceMinor: 25_000 } });
    expect(await publication()).toMatchObject({ generation: 2, unpublishedCount: 1 });
  });

  it('D1, E9: HQ whose published edit of a till was lost goes by what it holds, says so, and publishes when it is back', async () => {
    const { kysely, reader } = database.database;
    const lost = await editAtTill('staff:s1', priceOf('adult', 54_000));
    await publish();
    const of = { park, document_id: 'catalogue', change_hash: lost };
    const row = await reader
      .selectFrom('document_changes')
      .selectAll()
      .where((where) => where.and(of))
      .executeTakeFirstOrThrow();
    const before = await published();
    // What a lost tail leaves: HQ's own word comes back from its journal, the till's edit only with its next push.
    await kysely
      .deleteFrom('document_changes')
      .where((where) => where.and(of))
      .execute();
    const { held, isWhole } = await documents().decide(reader, park, 'catalogue');
    expect(held.value?.products['day']?.units['adult']?.priceMinor).toBe(52_000);
    expect({ isWhole, problem: held.problem }).toEqual({
      isWhole: false,
      problem: expect.stringContaining('has not come back'),
    });
    expect(await publication()).toMatchObject({ isWhole: false });
    await publish();
    expect(await published()).toEqual(before);
    await kysely.insertInto('document_changes').values(row).execute();
    expect(await documents().decide(reader, park, 'catalogue')).toMatchObject({
      isWhole: true,
      held: { problem: null, value: { products: { day: { units: { adult: { priceMinor: 54_000 } } } } } },
    });
    expect(await publication()).toMatchObject({ isWhole: true });
    await publish();
    expect(await published()).toEqual(before);
  });

  it('P1: an erased person is gone at HQ at once, and HQ says which kiosk has not confirmed it', async () => {
    expect((await hq.call('POST', `/parks/${park}/staff/c1/erase`)).statusCode).toBe(204);
    expect((await hq.call('POST', `/parks/${park}/staff/nobody/erase`)).statusCode).toBe(404);
    const asked = async (): Promise<StaffAnswer> => (await hq.call('GET', `/parks/${park}/staff`)).json();
    const { staff, erasures } = await asked();
    const erased = staff.find(({ staffId }) => staffId === 'c1');
    expect(erased).toMatchObject({ name: '', removed: true, hasPin: false });
    expect(erasures).toMatchObject([{ staffId: 'c1', confirmed: 0, waitingFor: [{ name: 'Касса 1' }] }]);
    const tell = (peopleRevision: number) =>
      hq.app.inject({
        method: 'POST',
        url: '/sync/telemetry',
        headers: { [PROTOCOL_HEADER]: '2', authorization: `Bearer ${till.token}` },
        payload: { waiting: 0, oldestWaitingMs: null, skewMs: 0, appVersion: '1', problem: null, peopleRevision },
      });
    expect((await tell((erased?.revision ?? 0) - 1)).statusCode).toBe(200);
    expect((await asked()).erasures).toMatchObject([{ confirmed: 0 }]);
    expect((await tell(erased?.revision ?? 0)).statusCode).toBe(200);
    expect((await asked()).erasures).toMatchObject([{ confirmed: 1, waitingFor: [] }]);
  });

  it('D1: says which kiosk goes by an older catalogue or runs an older program, since when, and no longer than it does', async () => {
    const { clock } = hq.server;
    const calm = { waiting: 0, oldestWaitingMs: null, skewMs: 0, appVersion: '0.9', problem: null };
    const tell = async (protocol: number, word: object) => {
      const answer = await hq.app.inject({
        method: 'POST',
        url: '/sync/telemetry',
        headers: { [PROTOCOL_HEADER]: String(protocol), authorization: `Bearer ${till.token}` },
        payload: { ...calm, ...word },
      });
      expect(answer.statusCode).toBe(200);
    };
    const behind = async () => (await publication()).behind;
    const [, newest] = await published();
    const catalogue = { generation: 2, stateHash: newest?.state_hash ?? '' };
    const knownEvents = KNOWN_EVENT_VERSIONS;
    await tell(2, { catalogue, knownEvents });
    clock.advance(120_000);
    expect(await behind()).toEqual([]);

    await editAtTill('staff:s1', priceOf('adult', 53_000));
    await publish();
    const publishedMs = clock.nowMs();
    expect(await behind(), 'not before it can have it').toEqual([]);
    clock.advance(120_000);
    const old = { name: 'Касса 1', catalogueSinceMs: publishedMs, programSinceMs: null };
    expect(await behind(), 'it has not spoken since').toMatchObject([old]);
    await tell(2, { catalogue, knownEvents });
    clock.advance(120_000);
    await tell(2, { catalogue, knownEvents });
    expect(await behind()).toMatchObject([old]);
    const [, now] = await published();
    await tell(2, { catalogue: { generation: 2, stateHash: now?.state_hash }, knownEvents });
    expect(await behind()).toEqual([]);

    const toldMs = clock.nowMs();
    await tell(1, {});
    clock.advance(120_000);
    await tell(2, { catalogue, knownEvents: knownEvents - 1 });
    expect(await behind()).toMatchObject([{ version: '0.9', programSinceMs: toldMs }]);
    await tell(2, { catalogue: { generation: 2, stateHash: now?.state_hash }, knownEvents });
    expect(await behind()).toEqual([]);
  });

  it('D1: what was edited while no server ran is published, also when the database cannot be asked at first', async () => {
    const closed = 'published-later' as ParkId;
    await openSellingPark(hq, closed);
    const body = { staffId: 's1', name: 'Person s1', role: 'supervisor', pin: '3333' };
    await hq.call('POST', `/parks/${closed}/staff`, { body });
    const other = await enrolKiosk(hq.server, { park: closed, role: 'till', name: 'Касса 2' });
    const edited = { server: hq.server, till: other, park: closed, actor: 'staff:s1' };
    await pushCatalogueEdit(edited, priceOf('adult', 51_500));
    const changes = async () => {
      const rows = database.database.reader.selectFrom('document_publications').select('changes');
      const of = rows.where('park', '=', closed).where('document_id', '=', 'catalogue');
      return (await of.executeTakeFirst())?.changes;
    };
    expect(await changes()).toBe(1);
    const { deps } = hq.server;
    let asked = 0;
    const selectFrom = (...query: unknown[]) => {
      asked += 1;
      if (asked === 1) throw new Error('the database is away');
      return (deps.database.reader.selectFrom as (...all: unknown[]) => unknown)(...query);
    };
    const reader = new Proxy(deps.database.reader, {
      get: (target, name) => (name === 'selectFrom' ? selectFrom : Reflect.get(target, name)),
    });
    // Its rests last no longer than another task takes.
    const sleep = () => new Promise<void>((resolve) => void setImmediate(resolve));
    const publisher = createDocumentPublisher({ ...deps, database: { ...deps.database, reader }, timers: { sleep } });
    const running = publisher.run();
    await expect.poll(changes, { timeout: 50_000 }).toBe(2);
    await publisher.stop();
    await running;
  });

  it('D1, S3: a change that unpacks to sixty megabytes is stored unread, is told with its reason, and holds up no other', async () => {
    const words = { type: 'DocumentChanged', version: 2, subject: 'document:catalogue', actor: 'staff:s1' };
    const { generation } = await publication();
    const bomb = till.write(1, () => ({ ...bombBody(), generation }), words);
    expect((await push(hq.server, till.token, pushOf(till.key, bomb))).statusCode).toBe(200);
    const before = (await published()).at(-1)?.changes ?? 0;
    await editAtTill('staff:s1', priceOf('adult', 61_500));
    await publish();
    expect((await published()).at(-1)?.changes).toBe(before + 1);
    const { unpublished } = await publication();
    expect(unpublished.filter(({ changeHash }) => changeHash === '0'.repeat(64))).toMatchObject([
      { reason: 'unsound', problem: expect.stringContaining('unpacks to more') },
    ]);
    // What else the kiosk says goes in, and other kiosks pull past it.
    const gate = await enrolKiosk(hq.server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const page = await get(hq.server, '/sync/pull?after=0', gate.token);
    expect(page.body).toContain(bombBody()['change']);
  });
});
