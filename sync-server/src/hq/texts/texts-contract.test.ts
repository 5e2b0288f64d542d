import { draft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { nameOfText, textNamed } from '@skygate/shared/events/free-text';
import type { TextsAnswer } from '@skygate/shared/hq-api/texts';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import type { TextsRequest } from '@skygate/shared/protocol/texts';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import type { LightMyRequestResponse } from 'fastify';
import { expect, it } from 'vitest';
import { withTransaction } from '../../db/database.ts';
import type { OpenedDatabase } from '../../db/testing/databases.ts';
import { enrolKiosk, push, pushOf, type TestKiosk } from '../../db/testing/test-server.ts';
import { watchedDatabase } from '../../db/testing/watched-database.ts';
import { appendHqEvents } from '../../hq-node/append-hq-events.ts';
import { takeTexts } from '../../sync/texts.ts';
import { describeHq } from '../testing/describe-hq.ts';
import type { HqTestServer } from '../testing/hq-test-server.ts';
import { textsShown } from './texts-shown.ts';

type Text = TextsRequest['texts'][number];

const WORDS = 'Айбек взял 300 сом на молоко\n«до вечера»';

describeHq('E5: what people typed', (eachTest) => {
  let opened: OpenedDatabase;
  let hq: HqTestServer;
  let park: ParkId;
  let till: TestKiosk;
  eachTest(async (given) => {
    ({ opened, hq, park } = given);
    till = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 3' });
  });

  /** An event that names these words, and the words with its place. */
  const typed = (text: string, kiosk = till): Text => {
    const { crypto, random } = hq.server.deps;
    const salt = bytesToBase64url(random.bytes(16));
    const name = nameOfText(crypto, salt, text);
    const body = { shiftId: '0000000000000000', amountMinor: 5, reason: textNamed(name) };
    const [event] = kiosk.write(1, () => body);
    if (!event) throw new Error('an event was written');
    const { node, epoch, seq } = event;
    return { node, epoch, seq, name, salt, text };
  };
  const pushed = async (events: readonly Event[], kiosk = till): Promise<void> => {
    const pushing = push(hq.server, kiosk.token, pushOf(kiosk.key, events), { [PROTOCOL_HEADER]: '2' });
    expect((await pushing).statusCode).toBe(200);
  };
  const bring = (texts: unknown, { version = '2', token = till.token } = {}): Promise<LightMyRequestResponse> =>
    hq.server.app.inject({
      method: 'POST',
      url: '/sync/texts',
      headers: { [PROTOCOL_HEADER]: version, authorization: `Bearer ${token}` },
      payload: { texts } as object,
    });
  const verdicts = async (texts: readonly Text[]): Promise<readonly string[]> => {
    const answer = await bring(texts);
    expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
    return answer.json().verdicts;
  };
  const seen = async (): Promise<TextsAnswer> => (await hq.call('GET', `/parks/${park}/texts`)).json();
  const erase = (name: string, why: unknown = 'personal_data') =>
    hq.call('POST', `/parks/${park}/texts/${name}/erase`, { body: { why } as object });
  /** The words anywhere in the tables, as rows. */
  const rowsWith = async (words: string): Promise<readonly string[]> => {
    const { reader } = opened.database;
    const texts = await reader.selectFrom('texts').select(['name', 'text']).where('park', '=', park).execute();
    const events = await reader.selectFrom('events').select(['subject', 'body']).where('park', '=', park).execute();
    return [...texts, ...events].map((row) => JSON.stringify(row)).filter((row) => row.includes(words.slice(0, 20)));
  };

  it('E5: are taken once their event is here, are shown at HQ, and come twice without harm', async () => {
    const text = typed(WORDS);
    expect(await verdicts([text])).toEqual(['no_event']);
    await pushed(till.log);
    expect(await verdicts([text, text])).toEqual(['kept', 'kept']);
    expect(await verdicts([text])).toEqual(['kept']);
    const { name } = text;
    expect((await seen()).texts).toMatchObject([
      { name, text: WORDS, type: 'CashMoved', actor: 'staff:aigul', kioskName: 'Касса 3' },
    ]);
  });

  it('X2: are not taken where they are not what an event names, and one stops none of the others', async () => {
    const [good, other] = [typed(WORDS), typed('other words')];
    const stranger = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 4' });
    const strangers = typed('of another till', stranger);
    await pushed(till.log);
    await pushed(stranger.log, stranger);
    const asked = [
      { ...good, text: `${WORDS}!` },
      { ...good, salt: other.salt },
      { ...good, seq: other.seq },
      { ...good, node: strangers.node },
      { ...good, node: 'hq:nobody' },
      good,
    ];
    const said = ['wrong_words', 'wrong_words', 'not_named', 'not_named', 'no_event', 'kept'];
    expect(await verdicts(asked as Text[])).toEqual(said);
    // A relay of the park may bring another's: salt and words prove themselves.
    expect(await verdicts([strangers])).toEqual(['kept']);
    // Another park's kiosk may not: there is no such event in its park.
    const far = await enrolKiosk(hq.server, { park: `${park}-far` as ParkId });
    expect((await bring([other], { token: far.token })).json().verdicts).toEqual(['no_event']);
    expect(await rowsWith('other words')).toEqual([]);
  });

  it('X2: are refused as a whole where they are no texts, with what is wrong, and nothing is taken', async () => {
    const text = typed(WORDS);
    await pushed(till.log);
    const cases: readonly (readonly [unknown, number, string])[] = [
      [[], 400, '/texts'],
      ['x', 400, '/texts'],
      [[{ ...text, text: '' }], 400, '/texts/0/text'],
      [[{ ...text, text: 'x'.repeat(501) }], 400, '/texts/0/text'],
      [[{ ...text, text: 'a\u0000b' }], 400, '/texts/0/text'],
      [[{ ...text, text: '\ud800' }], 400, '/texts/0/text'],
      [[{ ...text, salt: 'short' }], 400, '/texts/0/salt'],
      [[{ ...text, name: 'x' }], 400, '/texts/0/name'],
      [[{ ...text, more: 1 }], 400, '/texts/0'],
      [Array.from({ length: 201 }, () => text), 400, '/texts'],
      [Array.from({ length: 10_000 }, () => text), 413, ''],
    ];
    for (const [texts, status, named] of cases) {
      const answer = await bring(texts);
      expect([answer.statusCode, answer.body]).toEqual([status, expect.stringContaining(named)]);
    }
    expect((await bring([text], { token: 'x' })).statusCode).toBe(401);
    expect((await seen()).texts).toEqual([]);
  });

  it('E5: of an event that was recorded again come with that one', async () => {
    const text = typed(WORDS);
    const [event] = till.log;
    if (!event) throw new Error('an event was written');
    const { seal } = pushOf(till.key, [event]);
    const fork = { from: 1, hash: event.hash };
    const [recovered] = recoveryDrafts({ events: [event], seal: { ...seal, node: event.node } }, fork);
    const again = await enrolKiosk(hq.server, { park, role: 'till', name: 'Касса 5' });
    const [carrier] = again.write(1, () => recovered?.body as never, {
      type: 'EventRecovered',
      subject: recovered?.subject ?? '',
      actor: 'system',
    });
    if (!carrier) throw new Error('it was recorded');
    await pushed(again.log, again);
    const { node, epoch, seq } = carrier;
    expect(await verdicts([{ ...text, node, epoch, seq }])).toEqual(['kept']);
    expect((await seen()).texts).toMatchObject([{ text: WORDS, type: 'CashMoved', actor: 'staff:aigul' }]);
  });

  it('S5: many are judged in as many statements as few', async () => {
    const texts = Array.from({ length: 150 }, () => typed(WORDS));
    await pushed(till.log);
    expect(new Set(await verdicts(texts))).toEqual(new Set(['kept']));
    let count = 0;
    const database = watchedDatabase(opened.database, () => {
      count += 1;
    });
    const { node, epoch } = till.enrolled;
    const statementsFor = async (some: readonly Text[]): Promise<number> => {
      count = 0;
      const taken = takeTexts(
        { ...hq.server.deps, database },
        { park, node: node as NodeId, epoch },
        { texts: [...some] },
      );
      expect(new Set((await taken).verdicts)).toEqual(new Set(['kept']));
      return count;
    };
    expect(await statementsFor(texts)).toBe(await statementsFor(texts.slice(0, 2)));
  });

  it('S5: a kiosk that brings much at once is told to come later, and no other waits for it', async () => {
    // PGlite has one connection: nothing is ever at the same time there.
    if (opened.url === null) return;
    const text = typed(WORDS);
    await pushed(till.log);
    const answers: number[] = [];
    let bringing: readonly Promise<unknown>[] = [];
    await withTransaction(opened, { timeoutMs: 60_000 }, async (tx) => {
      await tx.selectFrom('parks').select('head').where('park', '=', park).forUpdate().execute();
      let refused = () => {};
      const eightRefused = new Promise<void>((resolve) => {
        refused = resolve;
      });
      bringing = Array.from({ length: 20 }, async () => {
        answers.push((await bring([text])).statusCode);
        if (answers.length === 8) refused();
      });
      await eightRefused;
      expect(answers).toEqual(Array.from({ length: 8 }, () => 503));
      expect((await hq.server.app.inject({ url: '/sync/state', headers: authorized() })).statusCode).toBe(200);
    });
    await Promise.all(bringing);
    expect(answers.slice(8)).toEqual(Array.from({ length: 12 }, () => 200));
  });

  it('E5: erased at HQ, no row has the words, the fact stands, and who has not pulled past it is named', async () => {
    const text = typed(WORDS);
    await pushed(till.log);
    await verdicts([text]);
    expect(await rowsWith(WORDS)).toHaveLength(1);
    expect((await erase(text.name)).statusCode).toBe(204);
    expect((await erase(text.name)).statusCode).toBe(204);
    expect(await rowsWith(WORDS)).toEqual([]);
    expect(await verdicts([text])).toEqual(['erased']);
    expect(await rowsWith(WORDS)).toEqual([]);
    const { texts, erasures } = await seen();
    expect(texts).toEqual([]);
    const waitingFor = [{ node: till.enrolled.node, name: 'Касса 3' }];
    expect(erasures).toMatchObject([{ name: text.name, why: 'personal_data', confirmed: 0, waitingFor }]);
    expect((await hq.server.app.inject({ url: '/sync/state', headers: authorized() })).json().acknowledged).toBe(1);
    await pullToEnd();
    expect((await seen()).erasures).toMatchObject([{ confirmed: 1, waitingFor: [] }]);
  });

  it('X2: HQ erases what is there and says why from the list, by somebody who is logged in', async () => {
    const text = typed(WORDS);
    await pushed(till.log);
    await verdicts([text]);
    expect((await erase('A'.repeat(43))).statusCode).toBe(404);
    expect((await erase('x')).statusCode).toBe(400);
    for (const why of ['because', '', null]) expect((await erase(text.name, why)).statusCode).toBe(400);
    const url = `/api/v1/hq/parks/${park}/texts/${text.name}/erase`;
    expect((await hq.app.inject({ method: 'POST', url, payload: { why: 'mistake' } })).statusCode).toBe(401);
    expect((await seen()).texts).toHaveLength(1);
  });

  it('E5: erased before they arrive, they are never taken in', async () => {
    const text = typed(WORDS);
    await pushed(till.log);
    const { name } = text;
    const said = draft('TextErased', `text:${name}`, { text: name, why: 'mistake' }, { actor: 'hq:anna' });
    await appendHqEvents(hq.server.deps, park, [said]);
    expect(await verdicts([text])).toEqual(['erased']);
    expect(await rowsWith(WORDS)).toEqual([]);
  });

  it('E5: what is typed at HQ stands beside its own events, once a deed, and goes as the others do', async () => {
    const node = till.enrolled.node;
    const reason = 'украл Данияр с кассы';
    await hq.call('POST', `/parks/${park}/kiosks/${node}/revoke`, { body: { reason } });
    const revocation = () => hq.call('GET', `/parks/${park}/kiosks/${node}/revocation`);
    const { revoked } = (await revocation()).json();
    expect(revoked.reason).toMatchObject({ state: 'here', text: reason });
    expect(await rowsWith(reason)).toHaveLength(1);
    const { texts } = await seen();
    expect(texts).toMatchObject([{ text: reason, type: 'KioskRevoked', kioskName: null }]);
    expect((await erase(revoked.reason.name, 'offensive')).statusCode).toBe(204);
    expect((await revocation()).json().revoked.reason).toMatchObject({ state: 'erased', text: '' });
    expect(await rowsWith(reason)).toEqual([]);
    // A revoked kiosk still brings what it has (X4).
    const text = typed(WORDS);
    await pushed(till.log);
    expect(await verdicts([text])).toEqual(['kept']);
  });

  it('E5: a reason in an old event is shown as it is, and one whose words have not come says so', async () => {
    const text = typed(WORDS);
    const show = await textsShown(opened.database.reader, park, ['bank', textNamed(text.name), null]);
    expect(show('bank')).toEqual({ state: 'plain', text: 'bank', name: null });
    expect(show(textNamed(text.name))).toEqual({ state: 'not_here', text: '', name: text.name });
  });

  it('X2: HQ takes no words that no database keeps', async () => {
    const path = `/parks/${park}/capacity`;
    const body = { date: '2026-11-21', slot: 'day', places: 1, reason: 'a\u0000b' };
    const answer = await hq.call('POST', path, { body });
    expect([answer.statusCode, answer.json().detail]).toEqual([400, expect.stringContaining('/reason')]);
  });

  const authorized = () => ({ [PROTOCOL_HEADER]: '2', authorization: `Bearer ${till.token}` });

  /** As a kiosk does: the question after the last page says that it is on its disk. */
  async function pullToEnd(): Promise<void> {
    let after = 0;
    for (let asked = 0; asked < 3; asked += 1) {
      hq.server.clock.advance(2_000);
      const page = await hq.server.app.inject({ url: `/sync/pull?after=${after}&limit=500`, headers: authorized() });
      after = page.json().next;
    }
  }
});
