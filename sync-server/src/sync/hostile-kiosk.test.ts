import { gzipSync } from 'node:zlib';
import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { enrolmentProofText } from '@skygate/shared/protocol/enrol';
import { hlcMs } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  enrolBody,
  enrolKiosk,
  get,
  newKey,
  plainBody,
  post,
  publicTextOf,
  push,
  pushOf,
  START_MS,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { createPark } from '../hq-node/create-park.ts';
import { createEnrolmentCode } from '../hq-node/enrolment.ts';
import { atIntegersEnd } from './testing/bad-requests.ts';

// What someone may try who holds an enrolled kiosk's key, or a code, or only the address.

describeOnDatabases('a hostile kiosk', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const codeOf = (answer: { statusCode: number; json(): { code?: string } }) => [answer.statusCode, answer.json().code];
  const headOf = async (kiosk: TestKiosk): Promise<number> =>
    (await get(server, '/sync/state', kiosk.token)).json().acknowledged;

  it('S4: a cursor that is negative, no number, too large or twice there is malformed', async () => {
    const { token } = await enrolKiosk(server, { park });
    const queries = ['after=-1', 'after=x', 'after=1e300', 'after=9007199254740992', 'after=0&after=1', ''];
    for (const query of [...queries, 'after=0&limit=0', 'after=0&limit=2001', 'after=0&waitMs=25001']) {
      expect(codeOf(await get(server, `/sync/pull?${query}`, token)), query).toEqual([400, 'malformed']);
    }
    for (const query of queries) {
      expect(codeOf(await get(server, `/sync/people?${query}`, token)), query).toEqual([400, 'malformed']);
    }
  });

  it('S4: a cursor beyond the head is answered at once, and unmoved', async () => {
    const { token } = await enrolKiosk(server, { park });
    const after = Number.MAX_SAFE_INTEGER;
    const page = (await get(server, `/sync/pull?after=${after}&waitMs=20000`, token)).json();
    expect(page).toMatchObject({ runs: [], next: after });
    expect(page.head).toBeLessThan(10);
  });

  it('S5: of one incarnation only a few pulls wait; the oldest are answered for a new one', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const { head } = (await get(server, '/sync/pull?after=0', kiosk.token)).json();
    let answered = 0;
    const waits = Array.from({ length: 40 }, () =>
      get(server, `/sync/pull?after=${head}&waitMs=20000`, kiosk.token).then(() => {
        answered += 1;
      }),
    );
    // Which of them came last is PostgreSQL's to say: they pass its connections side by side.
    await expect.poll(() => answered, { timeout: 10_000 }).toBe(36);
    const other = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    await push(server, other.token, pushOf(other.key, other.write(1)));
    await Promise.all(waits);
  }, 15_000);

  it('S2: a body of 32 levels, odd keys and NULs is stored as it was; ten thousand levels are an Unreadable, for whoever pulls it', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const nested = (levels: number) => JSON.parse(`${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`) as JsonObject;
    const odd = JSON.parse(
      '{"__proto__":{"admin":true},"constructor":"x","\\u0000":"\\u2028","toJSON":1}',
    ) as JsonObject;
    kiosk.write(1, () => nested(16));
    kiosk.write(1, () => odd);
    expect((await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log))).json().acknowledged).toBe(2);
    const deep = `${'{"a":['.repeat(5_000)}1${']}'.repeat(5_000)}`;
    kiosk.write(1, () => JSON.parse(deep) as JsonObject);
    const body = pushOf(kiosk.key, kiosk.log.slice(2));
    const [words] = body.events;
    const text = JSON.stringify({ ...body, events: [[...(words ?? []).slice(0, 8), 'DEEP']] }).replace('"DEEP"', deep);
    expect((await push(server, kiosk.token, text)).statusCode).toBe(200);
    await server.deps.projections.projectNow(park);
    const page = (await get(server, '/sync/pull?after=0', reader.token)).json();
    const run = page.runs.find((one: { node: string }) => one.node === kiosk.enrolled.node);
    expect(JSON.stringify(run.events[0][8])).toBe(JSON.stringify(nested(16)));
    const [, , , type, version, , , , unreadable] = run.events[2];
    expect([type, version, unreadable.problem]).toEqual(['Unreadable', 1, '/8 has more than 32 levels']);
    expect(Buffer.from(unreadable.bytes, 'base64url').toString()).toContain(deep);
    // Whoever hands it on sends its own words again: they are what stands there already.
    expect((await push(server, reader.token, text)).json()).toMatchObject({ acknowledged: 3 });
    expect(Object.keys(run.events[1][8]).sort()).toEqual(['\u0000', '__proto__', 'constructor', 'toJSON']);
  });

  it('E2: what has no canonical form is no push: half a character, a number beyond numbers', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const body = JSON.stringify(pushOf(kiosk.key, kiosk.write(1)));
    const bad = [
      body.replace('"change"', '"\\ud800"'),
      body.replace('"shift:0000000000000000"', '"\\udfff"'),
      body.replace('"amountMinor":1', '"amountMinor":1e400'),
      body.replace(/(\["[0-9a-f]{16}",)1,/, '$19007199254740991,'),
    ];
    for (const text of bad) {
      expect(text).not.toBe(body);
      expect(codeOf(await push(server, kiosk.token, text))).toEqual([422, 'not_a_push']);
    }
    expect(await headOf(kiosk)).toBe(0);
  });

  it("E1: a run at the integers' end is a gap like any other", async () => {
    const kiosk = await enrolKiosk(server, { park });
    const body = pushOf(kiosk.key, kiosk.write(1));
    const last = Number.MAX_SAFE_INTEGER;
    const answer = await push(server, kiosk.token, atIntegersEnd(body));
    expect([...codeOf(answer), answer.json().needFrom]).toEqual([409, 'gap', 1]);
    const epoch = { ...body, epoch: last, seal: { ...body.seal, epoch: last } };
    expect(codeOf(await push(server, kiosk.token, epoch))).toEqual([403, 'wrong_stream']);
  });

  it("H1: a clock at its end is stored, and drags HQ's clock nowhere", async () => {
    const kiosk = await enrolKiosk(server, { park });
    kiosk.write(1, plainBody, { hlc: 'ffffffffffffffff', wallMs: START_MS });
    expect((await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log))).statusCode).toBe(200);
    await createEnrolmentCode(server.deps, { park, name: 'Gate 2', role: 'gate', gateId: 'gate-2' });
    await enrolKiosk(server, { park, name: 'Gate 3', gateId: 'gate-3' });
    const { head_hlc } = await server.deps.database.reader
      .selectFrom('nodes')
      .select('head_hlc')
      .where('park', '=', park)
      .where('role', '=', 'hq')
      .executeTakeFirstOrThrow();
    expect(hlcMs(head_hlc)).toBe(server.clock.nowMs());
  });

  it('X2: gzip cut short, another encoding, another media type and a bad address are problems in words', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const zipped = gzipSync(JSON.stringify(pushOf(kiosk.key, kiosk.write(5))));
    const cut = await push(server, kiosk.token, zipped.subarray(0, -20), { 'content-encoding': 'gzip' });
    const other = await push(server, kiosk.token, zipped, { 'content-encoding': 'br' });
    const plain = await push(server, kiosk.token, 'x', { 'content-type': 'text/html' });
    const address = await server.app.inject({ method: 'GET', url: '/sync/%zz' });
    expect([cut, other, plain, address].map(codeOf)).toEqual([
      [400, 'malformed'],
      [400, 'malformed'],
      [415, 'malformed'],
      [400, 'malformed'],
    ]);
    expect(await headOf(kiosk)).toBe(0);
  });

  it("T1: a till cannot enrol another's ticket key as its own", async () => {
    await createPark(server.deps, park);
    const { publicKey } = await server.deps.keyring.keyPair('tickets');
    const till = { park, name: 'Till 1', role: 'till' as const, gateId: 'till-1' };
    const { code } = await createEnrolmentCode(server.deps, till);
    const key = newKey();
    const signingPublicKey = bytesToBase64url(publicKey);
    const words = utf8ToBytes(enrolmentProofText(code, publicTextOf(key), signingPublicKey));
    const proof = bytesToBase64url(server.deps.crypto.sign(key.privateKey, words));
    const stolen = { ...enrolBody(code, key), signingPublicKey, proof };
    expect(codeOf(await post(server, '/sync/enrol', stolen))).toEqual([401, 'unauthenticated']);
    expect((await post(server, '/sync/enrol', enrolBody(code, key))).statusCode).toBe(200);
  });

  it('S1: of two kiosks with one code at the same moment one gets in', async () => {
    await createPark(server.deps, park);
    const { code } = await createEnrolmentCode(server.deps, { park, name: 'Gate 1', role: 'gate', gateId: 'gate-1' });
    const answers = await Promise.all(
      [newKey(), newKey(), newKey()].map((key) => post(server, '/sync/enrol', enrolBody(code, key))),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409]);
    const nodes = await server.deps.database.reader
      .selectFrom('nodes')
      .select('node')
      .where('park', '=', park)
      .where('role', '=', 'gate')
      .execute();
    expect(nodes).toHaveLength(1);
  });
});
