import { gzipSync } from 'node:zlib';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  askToken,
  assertionOf,
  enrolKiosk,
  get,
  newKey,
  nonceFrom,
  plainBody,
  push,
  pushOf,
  streamOf,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { forgeries, vectorText } from './testing/bad-requests.ts';

// An adversary who holds an enrolled kiosk's key: each try is refused with its reason, and nobody else feels it.

const V2 = { [PROTOCOL_HEADER]: '2' };
const MB = 1024 * 1024;

describeOnDatabases("an adversary with a kiosk's key", (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const codeOf = (answer: { statusCode: number; json(): { code?: string } }) => [answer.statusCode, answer.json().code];
  const victim = () => enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1' });
  const adversary = () => enrolKiosk(server, { park, name: 'Gate 9', gateId: 'gate-9' });
  const headOf = async (kiosk: TestKiosk): Promise<number> =>
    (await get(server, '/sync/state', kiosk.token)).json().acknowledged;
  const stateOf = async ({ enrolled }: TestKiosk): Promise<string> => {
    const { node, epoch } = enrolled;
    const nodes = server.deps.database.reader.selectFrom('nodes').select('state').where('park', '=', park);
    return (await nodes.where('node', '=', node).where('epoch', '=', epoch).executeTakeFirstOrThrow()).state;
  };
  const postState = (token: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
    server.app.inject({
      method: 'POST',
      url: '/sync/state',
      headers: { ...V2, authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      payload,
    });

  it("S1: cannot write in another's stream, nor close it, with its own key or with the other's words", async () => {
    const [other, bad] = [await victim(), await adversary()];
    await push(server, other.token, pushOf(other.key, other.write(3)));
    const held = pushOf(other.key, other.log);
    for (const body of forgeries(bad.key, other.enrolled, held))
      expect(codeOf(await push(server, bad.token, body, V2))).toEqual([422, 'seal_refused']);
    expect(codeOf(await push(server, bad.token, { ...held, seal: undefined }, V2))).toEqual([422, 'not_a_push']);
    expect(await stateOf(other)).toBe('open');
    expect((await push(server, other.token, pushOf(other.key, other.write(1)), V2)).json().acknowledged).toBe(4);
  });

  it('E6: who rewrites its own past closes its own epoch, and nothing else happens', async () => {
    const [other, bad] = [await victim(), await adversary()];
    await push(server, bad.token, pushOf(bad.key, bad.write(3)));
    const rewritten = streamOf(bad.enrolled);
    rewritten.write(3, () => plainBody(1_000_000));
    expect(codeOf(await push(server, bad.token, pushOf(bad.key, rewritten.log), V2))).toEqual([409, 'equivocation']);
    expect([await stateOf(bad), await stateOf(other)]).toEqual(['quarantined', 'open']);
    expect(codeOf(await push(server, bad.token, pushOf(bad.key, rewritten.log), V2))).toEqual([410, 'epoch_closed']);
    const assertion = await assertionOf({ key: bad.key, node: bad.enrolled.node, epoch: 1 }, await nonceFrom(server));
    expect(codeOf(await askToken(server, assertion))).toEqual([410, 'epoch_closed']);
  });

  it('S1: a nonce used before, of another server, past its time or altered is worth nothing', async () => {
    const bad = await adversary();
    const who = { key: bad.key, node: bad.enrolled.node, epoch: 1 };
    const fresh = await nonceFrom(server);
    const assertion = await assertionOf(who, fresh);
    expect((await askToken(server, assertion)).statusCode).toBe(200);
    const [random = '', ends = '', mark = ''] = (await nonceFrom(server)).split('.');
    const later = (Number.parseInt(ends, 16) + 60_000).toString(16).padStart(12, '0');
    const old = await nonceFrom(server);
    const nonces = [fresh, `${random}.${later}.${mark}`, `${random}.${ends}.${'0'.repeat(64)}`, 'x', ''];
    for (const nonce of nonces) {
      expect(codeOf(await askToken(server, await assertionOf(who, nonce)))).toEqual([401, 'unauthenticated']);
    }
    server.clock.advance(2 * 60_000 + 1);
    expect(codeOf(await askToken(server, await assertionOf(who, old)))).toEqual([401, 'unauthenticated']);
    const stranger = await assertionOf({ ...who, key: newKey() }, await nonceFrom(server));
    expect(codeOf(await askToken(server, stranger))).toEqual([401, 'unauthenticated']);
  });

  it('E6: a token of an epoch that is over opens nothing any more, though its time is not up; the next one’s does', async () => {
    const [other, bad] = [await victim(), await adversary()];
    await push(server, bad.token, pushOf(bad.key, bad.write(1)));
    const { node } = bad.enrolled;
    const again = await enrolKiosk(server, { park, name: 'Gate 9', gateId: 'gate-9', node: node as NodeId });
    const authorization = `Bearer ${bad.token}`;
    const ask = (method: 'GET' | 'POST', url: string, payload?: object) =>
      server.app.inject({ method, url, headers: { ...V2, authorization }, ...(payload ? { payload } : {}) });
    const answers = [
      await ask('GET', '/sync/state'),
      await ask('POST', '/sync/state', { streams: [] }),
      await ask('GET', '/sync/pull?after=0'),
      await ask('GET', '/sync/people?after=0'),
      await ask('POST', '/sync/texts', { texts: [] }),
      await ask('POST', '/sync/push', pushOf(other.key, other.write(1))),
    ];
    for (const answer of answers) expect(codeOf(answer)).toEqual([410, 'epoch_closed']);
    expect([await headOf(other), again.enrolled.epoch > 1]).toEqual([0, true]);
    expect((await get(server, '/sync/state', again.token)).statusCode).toBe(200);
  });

  it('X2: a vector of a million streams is refused by its size, one of two hundred and one by its length', async () => {
    const { token, enrolled } = await adversary();
    expect(codeOf(await postState(token, vectorText(enrolled.node, 1_000_000)))).toEqual([413, 'too_large']);
    expect(codeOf(await postState(token, vectorText(enrolled.node, 201)))).toEqual([400, 'malformed']);
    const full = await postState(token, vectorText(enrolled.node, 200));
    expect([full.statusCode, full.json().acknowledged]).toEqual([200, 0]);
    // A kiosk that knows many streams packs them, as it packs a push.
    const packed = { 'content-encoding': 'gzip' };
    const zipped = await postState(token, gzipSync(vectorText(enrolled.node, 200)), packed);
    expect([zipped.statusCode, zipped.json().acknowledged]).toEqual([200, 0]);
    expect(codeOf(await postState(token, gzipSync(Buffer.alloc(100 * MB, 32)), packed))).toEqual([413, 'too_large']);
  });

  it('X2: a hundred megabytes are cut off at the limit, packed or not', async () => {
    const { token } = await adversary();
    const large = Buffer.alloc(100 * MB, 32);
    expect(codeOf(await push(server, token, large, V2))).toEqual([413, 'too_large']);
    const bomb = gzipSync(large);
    expect(bomb.length).toBeLessThan(MB);
    const headers = { ...V2, 'content-encoding': 'gzip' };
    expect(codeOf(await push(server, token, bomb, headers))).toEqual([413, 'too_large']);
    expect(codeOf(await push(server, token, gzipSync(bomb), headers))).toEqual([400, 'malformed']);
  }, 30_000);

  it('X2: JSON of a hundred thousand levels in the place of a push, of an event and of a word harms nobody', async () => {
    const bad = await adversary();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = pushOf(bad.key, bad.write(1));
    expect(codeOf(await push(server, bad.token, deep, V2))).toEqual([422, 'not_a_push']);
    const asEvent = JSON.stringify({ ...body, events: ['DEEP'] }).replace('"DEEP"', deep);
    expect(codeOf(await push(server, bad.token, asEvent, V2))).toEqual([422, 'not_a_push']);
    const words = [...(body.events[0] ?? [])].with(5, 'DEEP');
    const asWord = JSON.stringify({ ...body, events: [words] }).replace('"DEEP"', deep);
    const answer = codeOf(await push(server, bad.token, asWord, V2));
    // Its author's own words, which are not those its seal is over: the chain breaks there.
    expect(answer).toEqual([409, 'chain_broken']);
  });

  it('H1: clocks at 1970, at 2099 and going back are stored as they were said, and refuse nobody', async () => {
    const [other, bad] = [await victim(), await adversary()];
    for (const year of [2099, 1970, 2026]) {
      const ms = Date.UTC(year, 0, 1);
      bad.write(1, plainBody, { hlc: hlcOf(ms, 0), wallMs: ms });
    }
    expect((await push(server, bad.token, pushOf(bad.key, bad.log), V2)).json().acknowledged).toBe(3);
    expect((await push(server, other.token, pushOf(other.key, other.write(1)), V2)).json().acknowledged).toBe(1);
    await server.deps.projections.projectNow(park);
    const page: PullResponse = (await get(server, '/sync/pull?after=0', other.token)).json();
    expect(Math.abs(page.serverMs - server.clock.nowMs())).toBe(0);
  });

  it('S5: a hundred pushes of one kiosk at once are worked off or told to come later; another gets in', async () => {
    const [other, bad] = [await victim(), await adversary()];
    const body = pushOf(bad.key, bad.write(100));
    const flood = Array.from({ length: 100 }, () => push(server, bad.token, body, V2));
    const between = push(server, other.token, pushOf(other.key, other.write(1)), V2);
    expect((await between).statusCode).toBe(200);
    const answers = await Promise.all(flood);
    expect(answers.every(({ statusCode }) => statusCode === 200 || statusCode === 503)).toBe(true);
    expect(answers.some(({ statusCode }) => statusCode === 200)).toBe(true);
    const refused = answers.filter(({ statusCode }) => statusCode === 503);
    expect(refused.every(({ headers }) => headers['retry-after'] === '1')).toBe(true);
    expect(await headOf(bad)).toBe(100);
  }, 30_000);

  it('K3, C5: a page says how far the asker is stored; its mark moves with the pages it was given, not with its word', async () => {
    const [other, bad] = [await victim(), await adversary()];
    await push(server, other.token, pushOf(other.key, other.write(2)), V2);
    const pull = async (after: number, headers = V2): Promise<PullResponse> => {
      server.clock.advance(1_500);
      const authorization = `Bearer ${bad.token}`;
      const url = `/sync/pull?after=${after}`;
      return (await server.app.inject({ method: 'GET', url, headers: { ...headers, authorization } })).json();
    };
    const mark = async () => {
      const rows = server.deps.database.reader.selectFrom('nodes').select('pulled_position').where('park', '=', park);
      return (await rows.where('node', '=', bad.enrolled.node).executeTakeFirstOrThrow()).pulled_position;
    };
    await pull(1_000_000);
    await pull(1_000_001);
    for (let time = 0; time < 3; time += 1) await pull(1_000_000);
    expect(await mark()).toBe(0);
    const first = await pull(0);
    expect(first).toMatchObject({ acknowledged: 0, durable: server.deps.database.durable });
    expect(await mark()).toBe(0);
    await pull(first.next);
    await pull(first.next);
    expect(await mark()).toBe(first.next);
    await pull(0);
    await pull(0);
    expect(await mark()).toBe(first.next);
    expect(await pull(0, { [PROTOCOL_HEADER]: '1' })).not.toHaveProperty('acknowledged');
  });
});
