import { once } from 'node:events';
import { actorOf, bodyOfChange } from '@skygate/shared/documents/automerge-change';
import { editDocument } from '@skygate/shared/documents/held-document';
import { parseTicketCode, ticketCodeVerifies } from '@skygate/shared/domain/ticket/ticket-code';
import type { CatalogueAnswer, HistoryAnswer } from '@skygate/shared/hq-api/catalogue';
import type { HqNow } from '@skygate/shared/hq-api/now';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { describe, expect, it } from 'vitest';
import type { OpenedDatabase } from '../db/testing/databases.ts';
import { enrolKiosk, push, pushOf, START_MS, type TestKiosk } from '../db/testing/test-server.ts';
import { createDocumentStore } from '../documents/document-store.ts';
import { ensureHqSigningKey } from '../hq-node/ticket-keys.ts';
import { HQ_PREFIX } from './hq-feature.ts';
import { describeHq } from './testing/describe-hq.ts';
import { cookieOf, type HqTestServer, PARK_DOCUMENT, PRODUCT, TODAY, USER } from './testing/hq-test-server.ts';

describeHq('HQ', (eachTest) => {
  let opened: OpenedDatabase;
  let hq: HqTestServer;
  let park: ParkId;

  eachTest(async (given) => {
    ({ opened, hq, park } = given);
    const made = await hq.call('POST', '/parks', { body: { park, document: PARK_DOCUMENT } });
    expect(made.statusCode).toBe(201);
    const put = await hq.call('PUT', `/parks/${park}/catalogue/products/day`, { body: PRODUCT });
    expect(put.statusCode).toBe(200);
  });

  const catalogue = async (): Promise<CatalogueAnswer> => (await hq.call('GET', `/parks/${park}/catalogue`)).json();
  const etag = async (): Promise<string> => (await catalogue()).products[0]?.etag ?? '';
  const patch = (body: object, ifMatch?: string) =>
    hq.call('PATCH', `/parks/${park}/catalogue/products/day`, {
      body,
      ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    });

  describe('log-in', () => {
    const logIn = (body: object, headers: Record<string, string> = {}) =>
      hq.app.inject({ method: 'POST', url: `${HQ_PREFIX}/session`, payload: body, headers });

    it('opens a session by an httpOnly SameSite=Strict cookie and ends it', async () => {
      const answer = await logIn({ email: ' HQ@example.org ', password: USER.password });
      expect(answer.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
      const headers = { cookie: cookieOf(answer) };
      const url = `${HQ_PREFIX}/session`;
      expect((await hq.app.inject({ url, headers })).json()).toMatchObject({ email: USER.email, name: USER.name });
      await hq.app.inject({ method: 'DELETE', url, headers });
      expect((await hq.app.inject({ url, headers })).statusCode).toBe(401);
    });

    it('says no to a wrong password, then locks out, then lets in after the wait', async () => {
      const wrong = { email: `who-${park}@example.org`, password: 'x' };
      const from = { remoteAddress: '10.0.0.7' };
      const attempt = (body: object) =>
        hq.app.inject({ method: 'POST', url: `${HQ_PREFIX}/session`, payload: body, ...from });
      for (let tries = 0; tries < 5; tries += 1) expect((await attempt(wrong)).json().code).toBe('wrong_password');
      const good = { email: USER.email, password: USER.password };
      expect((await attempt(good)).json()).toMatchObject({ status: 429, code: 'locked_out' });
      hq.server.clock.advance(31_000);
      expect((await attempt(good)).statusCode).toBe(200);
    });

    it('refuses a change asked for by another site', async () => {
      const answer = await logIn(USER, { origin: 'https://elsewhere.example', host: 'hq.example' });
      expect(answer.json()).toMatchObject({ status: 403, code: 'foreign_origin' });
    });

    it('shows nothing to those who are not logged in', async () => {
      const answer = await hq.app.inject({ url: `${HQ_PREFIX}/now` });
      expect(answer.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
    });
  });

  describe('catalogue', () => {
    it('edits a field of a product only in the state that was seen', async () => {
      const seen = await etag();
      expect((await patch({ active: false })).json().code).toBe('if_match_missing');
      const edited = await patch({ unitPrices: { adult: 60_000 } }, seen);
      expect(edited.json().product.units.adult.priceMinor).toBe(60_000);
      expect(edited.headers['etag']).toBe(edited.json().etag);
      expect((await patch({ active: false }, seen)).json()).toMatchObject({ status: 412, code: 'stale' });
    });

    it('names the field that is wrong and changes nothing', async () => {
      const seen = await etag();
      const wrong = await patch({ unitPrices: { adult: -1 } }, seen);
      expect(wrong.json()).toMatchObject({ status: 400, code: 'malformed' });
      expect(wrong.json().detail).toContain('/unitPrices/adult');
      expect((await patch({ unitPrices: { nobody: 1 } }, seen)).json().detail).toContain('/unitPrices/nobody');
      expect(await etag()).toBe(seen);
    });

    it('D1: merges edits made offline at a kiosk and at HQ, and its history says who, where and that they crossed', async () => {
      const till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 1' });
      const before = await createDocumentStore(hq.server.deps).load(opened.database.reader, park, 'catalogue');
      await patch({ unitPrices: { adult: 60_000 } }, await etag());
      await pushEdit(till, before, (draft) => {
        const child = draft.products['day']?.units['child'];
        if (child) child.priceMinor = 30_000;
      });
      const [product] = (await catalogue()).products;
      expect(product?.product.units['adult']?.priceMinor).toBe(60_000);
      expect(product?.product.units['child']?.priceMinor).toBe(30_000);
      const history: HistoryAnswer = (await hq.call('GET', `/parks/${park}/catalogue/history?productId=day`)).json();
      const atTill = history.entries.find((entry) => entry.kioskName === 'Касса 1');
      const atHq = history.entries.find((entry) => entry.changes.some((change) => change.to === '60000'));
      expect(atTill?.changes).toEqual([
        { path: ['products', 'day', 'units', 'child', 'priceMinor'], from: '25000', to: '30000', holds: true },
      ]);
      expect(atHq).toMatchObject({ actorName: USER.name, kioskName: null, concurrentWith: [atTill?.changeHash] });
    });

    type Held = Awaited<ReturnType<ReturnType<typeof createDocumentStore>['load']>>;
    async function pushEdit(
      kiosk: TestKiosk,
      before: Held,
      edit: (draft: { products: Record<string, typeof PRODUCT> }) => void,
    ) {
      const { crypto } = hq.server.deps;
      const { node, epoch } = kiosk.enrolled;
      const actor = actorOf(crypto, { node: node as NodeId, epoch }, 'catalogue');
      const edited = editDocument(before, { actor, timeMs: START_MS }, (draft) =>
        edit(draft as unknown as { products: Record<string, typeof PRODUCT> }),
      );
      if (!edited.ok || !edited.value.change) throw new Error('the edit was made');
      const body = bodyOfChange('catalogue', edited.value.change, 'day') as unknown as JsonObject;
      const staff = { staffId: 's1', name: 'Бакыт', role: 'supervisor', pin: '3333' };
      await hq.call('POST', `/parks/${park}/staff`, { body: staff });
      const said = { type: 'DocumentChanged', subject: 'document:catalogue', version: 2, actor: 'staff:s1' };
      const events = kiosk.write(1, () => body, said);
      expect((await push(hq.server, kiosk.token, pushOf(kiosk.key, events))).statusCode).toBe(200);
      await hq.server.deps.projections.projectNow(park);
    }
  });

  describe('places', () => {
    const setPlaces = (places: number) =>
      hq.call('POST', `/parks/${park}/capacity`, { body: { date: TODAY, slot: 'day', places, reason: 'test' } });
    const lend = (node: string, places: number) =>
      hq.call('POST', `/parks/${park}/leases`, { body: { node, date: TODAY, slot: 'day', places } });
    const daySlot = async () =>
      (await hq.call('GET', `/parks/${park}/capacity?date=${TODAY}`))
        .json()
        .slots.find((slot: { slot: string }) => slot.slot === 'day');

    it('C1: many at once for few places lend exactly the places there are', async () => {
      const till = await enrolKiosk(hq.server, { park, role: 'till' });
      await setPlaces(100);
      const answers = await Promise.all(Array.from({ length: 15 }, () => lend(till.enrolled.node, 10)));
      expect(answers.filter((answer) => answer.statusCode === 201)).toHaveLength(10);
      const refused = answers.find((answer) => answer.statusCode === 409);
      expect(refused?.json()).toMatchObject({ code: 'no_places', left: 0 });
      expect(await daySlot()).toMatchObject({ capacity: 100, leased: 100, left: 0 });
    });

    it('C1: tickets that HQ issues take places too, and are signed by its key', async () => {
      await setPlaces(5);
      const ask = (people: number) => ({
        productId: 'day',
        date: TODAY,
        slot: 'day',
        tickets: [{ party: [{ unitId: 'adult', count: people }], count: 2 }],
      });
      expect((await hq.call('POST', `/parks/${park}/tickets`, { body: ask(3) })).json()).toMatchObject({
        code: 'no_places',
      });
      const issued = (await hq.call('POST', `/parks/${park}/tickets`, { body: ask(2) })).json().tickets;
      expect(await daySlot()).toMatchObject({ sold: 4, left: 1 });
      const { crypto } = hq.server.deps;
      const key = await ensureHqSigningKey(hq.server.deps);
      const parsed = parseTicketCode(issued[0].code);
      expect(parsed.ok && ticketCodeVerifies(crypto, parsed.value, key.publicKey)).toBe(true);
      expect(parsed.ok && parsed.value.claims).toMatchObject({
        ticketId: issued[0].ticketId,
        parks: [park],
        date: TODAY,
      });
    });

    it('lends nothing where no capacity is set, nor to a stranger', async () => {
      const till = await enrolKiosk(hq.server, { park, role: 'till' });
      expect((await lend(till.enrolled.node, 1)).json()).toMatchObject({ status: 409, left: 0 });
      expect((await lend('k-0000000000000000', 1)).json().detail).toContain('/node');
    });
  });

  it('T5: voids a ticket once, however often it is asked', async () => {
    const body = {
      productId: 'day',
      date: TODAY,
      slot: 'day',
      tickets: [{ party: [{ unitId: 'adult', count: 1 }], count: 1 }],
    };
    const [ticket] = (await hq.call('POST', `/parks/${park}/tickets`, { body })).json().tickets;
    const voiding = () =>
      hq.call('POST', `/parks/${park}/tickets/${ticket.ticketId}/void`, { body: { reason: 'lost' } });
    expect((await voiding()).statusCode).toBe(200);
    expect((await voiding()).statusCode).toBe(200);
    const facts = await opened.database.reader
      .selectFrom('ticket_facts')
      .select('kind')
      .where('park', '=', park)
      .where('ticket_id', '=', ticket.ticketId)
      .execute();
    expect(facts).toEqual([{ kind: 'voided' }]);
  });

  it('P1: a person is a row with a verifier and a revision; the log names neither name nor PIN', async () => {
    const person = { staffId: 'aigul', name: 'Айгүл', role: 'cashier', pin: '1111' };
    await hq.call('POST', `/parks/${park}/staff`, { body: person });
    const again = await hq.call('POST', `/parks/${park}/staff`, { body: { ...person, pin: '2222' } });
    expect(again.json()).toMatchObject({ revision: 2, hasPin: true });
    expect((await hq.call('POST', `/parks/${park}/staff`, { body: { ...person, pin: '12' } })).json().detail).toContain(
      '/pin',
    );
    const events = await opened.database.reader
      .selectFrom('events')
      .select('body')
      .where('park', '=', park)
      .where('type', '=', 'StaffChanged')
      .orderBy('position')
      .execute();
    expect(events.map(({ body }) => JSON.parse(body))).toEqual([
      { staffId: 'aigul', revision: 1, removed: false },
      { staffId: 'aigul', revision: 2, removed: false },
    ]);
  });

  it('S1: a new kiosk gets a code, as text and for the QR, and is listed once it has enrolled', async () => {
    const ask = { name: 'Касса 7', role: 'till', gateId: 'gate-1' };
    const answer = (await hq.call('POST', `/parks/${park}/kiosks`, { body: ask })).json();
    expect(answer.qrText).toBe(`skygate-enrol:${answer.code}@http://localhost:80`);
    const wrong = await hq.call('POST', `/parks/${park}/kiosks`, { body: { ...ask, gateId: 'gate-9' } });
    expect(wrong.json().detail).toContain('/gateId');
    await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 7' });
    expect((await hq.call('GET', `/parks/${park}/kiosks`)).json().kiosks).toMatchObject([
      { name: 'Касса 7', waiting: null },
    ]);
  });

  it('S5: a kiosk is shown with what it last said of itself; the park with the sum and the age of it', async () => {
    const till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 7' });
    await enrolKiosk(hq.server, { park, name: 'Вход 1' });
    const parkNow = async () => parkOf((await hq.call('GET', '/now')).json());
    expect(await parkNow()).toMatchObject({ waiting: null, waitingAgeMs: null });
    const word = { waiting: 12, oldestWaitingMs: 5_000, skewMs: 4_200, appVersion: '2.0.0', problem: 'upload_refused' };
    const headers = { [PROTOCOL_HEADER]: '1', authorization: `Bearer ${till.token}` };
    await hq.app.inject({ method: 'POST', url: '/sync/telemetry', headers, payload: word });
    const { kiosks, serverMs } = (await hq.call('GET', `/parks/${park}/kiosks`)).json();
    expect(kiosks).toMatchObject([
      { waiting: 12, skewMs: 4_200, problem: 'upload_refused', version: '2.0.0', toldMs: serverMs },
      { waiting: null, skewMs: null, problem: null, toldMs: null },
    ]);
    expect(await parkNow()).toMatchObject({ waiting: 12, waitingAgeMs: 0 });
    hq.server.clock.advance(60_000);
    expect(await parkNow()).toMatchObject({ waiting: 12, waitingAgeMs: 60_000 });
    hq.server.clock.advance(-60_000);
  });

  it('a park that is there already is not made again', async () => {
    const again = await hq.call('POST', '/parks', { body: { park, document: PARK_DOCUMENT } });
    expect(again.json()).toMatchObject({ status: 409, code: 'exists_already' });
  });

  it('the live board says a new admission by itself', async () => {
    const gate = await enrolKiosk(hq.server, { park });
    const stream = (await hq.call('GET', '/now/stream', { payloadAsStream: true })).stream();
    const boards = boardsOf(stream);
    expect(parkOf(await boards.next())).toMatchObject({ inside: 0, admittedToday: 0 });
    const body = {
      ticketId: '0000000000000000',
      gateId: 'gate-1',
      people: 4,
      businessDate: TODAY,
      verdict: 'admit',
      silentGates: [],
    };
    const events = gate.write(1, () => body, { type: 'TicketAdmitted', subject: 'ticket:0000000000000000' });
    await push(hq.server, gate.token, pushOf(gate.key, events));
    await hq.server.deps.projections.projectNow(park);
    let seen = parkOf(await boards.next());
    while (seen?.inside === 0) seen = parkOf(await boards.next());
    expect(seen).toMatchObject({ inside: 4, admittedToday: 4, uncertainty: 0, gates: [{ state: 'ok' }] });
    expect(seen?.entries.reduce((sum, count) => sum + count, 0)).toBe(4);
    stream.destroy();
  });

  const parkOf = (now: HqNow) => now.parks.find((one) => one.park === park);
});

/** Reads the boards of a stream of server-sent events one after the other. */
function boardsOf(stream: NodeJS.ReadableStream) {
  let text = '';
  return {
    async next(): Promise<HqNow> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const message = text.slice(0, end);
          text = text.slice(end + 2);
          if (message.startsWith('event: now\n')) return JSON.parse(message.slice(message.indexOf('data: ') + 6));
          continue;
        }
        const [chunk] = await once(stream, 'data');
        text += String(chunk);
      }
    },
  };
}
