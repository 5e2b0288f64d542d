import { gzipSync } from 'node:zlib';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { PullResponse, PullRun } from '@skygate/shared/protocol/pull';
import { type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent } from '@skygate/shared/sync/chain';
import { expect, it } from 'vitest';
import { describeOnDatabases, type Given } from '../db/testing/describe-on-databases.ts';
import {
  enrolBody,
  enrolKiosk,
  get,
  newKey,
  plainBody,
  post,
  push,
  pushOf,
  START_MS,
  streamOf,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { createEnrolmentCode } from '../hq-node/enrolment.ts';

describeOnDatabases('push', (eachTest) => {
  let given: Given;
  let server: TestServer;
  let park: ParkId;
  eachTest((next) => {
    given = next;
    ({ server, park } = next);
  });

  const stateOf = async (kiosk: TestKiosk) => (await get(server, '/sync/state', kiosk.token)).json();
  const pullAs = async (kiosk: TestKiosk, query: string): Promise<PullResponse> =>
    (await get(server, `/sync/pull?${query}`, kiosk.token)).json();

  it('S2: takes in a sealed run and acknowledges its last seq', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const answer = await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
    expect(answer.json()).toMatchObject({ acknowledged: 3, durable: given.opened.database.durable, credits: 500 });
    expect(await stateOf(kiosk)).toMatchObject({ acknowledged: 3, acknowledgedHash: kiosk.log[2]?.hash });
  });

  it('S3: is idempotent: a repeated push stores nothing twice and answers the same', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const body = pushOf(kiosk.key, kiosk.write(3));
    const first = await push(server, kiosk.token, body);
    const head = (await stateOf(kiosk)).head;
    const second = await push(server, kiosk.token, body);
    expect(second.json()).toEqual(first.json());
    expect((await stateOf(kiosk)).head).toBe(head);
  });

  it('S3: an overlapping run adds only what is new', async () => {
    const kiosk = await enrolKiosk(server, { park });
    kiosk.write(5);
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log.slice(0, 3)));
    const answer = await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log.slice(1, 5)));
    expect(answer.json()).toMatchObject({ acknowledged: 5 });
    expect(await stateOf(kiosk)).toMatchObject({ acknowledgedHash: kiosk.log[4]?.hash });
  });

  it('S2: a gap is answered with the seq that is needed, and changes nothing', async () => {
    const kiosk = await enrolKiosk(server, { park });
    kiosk.write(5);
    const answer = await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log.slice(2)));
    expect([answer.statusCode, answer.json().code, answer.json().needFrom]).toEqual([409, 'gap', 1]);
    expect((await stateOf(kiosk)).acknowledged).toBe(0);
  });

  it('S2: another past under the own seal is equivocation, and quarantines the node', async () => {
    const kiosk = await enrolKiosk(server, { park });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
    const clone = streamOf(kiosk.enrolled);
    clone.write(4, (seq) => (seq === 2 ? plainBody(99) : plainBody(seq)));
    const answer = await push(server, kiosk.token, pushOf(kiosk.key, clone.log));
    expect([answer.statusCode, answer.json().code, answer.json().needFrom]).toEqual([409, 'equivocation', 2]);
    const row = await given.opened.database.reader
      .selectFrom('nodes')
      .select(['state', 'head_seq'])
      .where('park', '=', park)
      .where('node', '=', kiosk.enrolled.node)
      .executeTakeFirst();
    expect(row).toEqual({ state: 'quarantined', head_seq: 3 });
  });

  it("E3: a seal by another key, or a relay's over other words, is refused and changes nothing", async () => {
    const kiosk = await enrolKiosk(server, { park });
    const relay = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const body = pushOf(kiosk.key, kiosk.write(2));
    const [first, second] = body.events;
    const tampered = { ...body, events: [first, [...(second ?? []).slice(0, 8), { amountMinor: 1_000_000 }]] };
    const forged = { ...body, seal: { ...body.seal, signature: pushOf(newKey(), kiosk.log).seal.signature } };
    for (const [bad, token] of [
      [tampered, relay.token],
      [forged, relay.token],
      [forged, kiosk.token],
    ] as const) {
      const answer = await push(server, token, bad);
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'seal_refused']);
    }
    expect((await stateOf(kiosk)).acknowledged).toBe(0);
    expect((await push(server, kiosk.token, body)).json().acknowledged).toBe(2);
  });

  it('S1: a relay delivers the sealed stream of another kiosk of its park', async () => {
    const author = await enrolKiosk(server, { park });
    const relay = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const answer = await push(server, relay.token, pushOf(author.key, author.write(2)));
    expect(answer.json()).toMatchObject({ acknowledged: 2 });
    expect((await stateOf(author)).acknowledged).toBe(2);
  });

  it('S1: a stream of another park, of nobody or of HQ is refused', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const stranger = await enrolKiosk(server, { park: given.newPark() });
    const hq = streamOf({ park, node: `hq:${park}`, epoch: 1 });
    const bodies = [pushOf(stranger.key, stranger.write(1)), pushOf(kiosk.key, hq.write(1))];
    for (const body of bodies) {
      const answer = await push(server, kiosk.token, body);
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'wrong_stream']);
    }
  });

  it('E6: a closed epoch still takes what extends its head, from a relay, and nothing else', async () => {
    const old = await enrolKiosk(server, { park });
    await push(server, old.token, pushOf(old.key, old.write(1)));
    const relay = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const { code } = await createEnrolmentCode(server.deps, {
      park,
      name: 'Gate 1',
      role: 'gate',
      gateId: 'gate-1',
      node: old.enrolled.node as never,
    });
    const again = (await post(server, '/sync/enrol', enrolBody(code, newKey()))).json();
    expect(again).toMatchObject({ node: old.enrolled.node, epoch: START_MS, number: old.enrolled.number });
    expect((await get(server, '/sync/state', old.token)).statusCode).toBe(410);
    expect((await push(server, relay.token, pushOf(old.key, old.write(2)))).json().acknowledged).toBe(3);
    old.write(3);
    const gap = await push(server, relay.token, pushOf(old.key, old.log.slice(4)));
    expect([gap.statusCode, gap.json().code]).toEqual([410, 'epoch_closed']);
  });

  it('E4, S3: unknown types, bad bodies and unstorable characters are stored whole and passed on', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const other = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    kiosk.write(1, () => ({ strange: [1, null, 'a\u0000b', { z: 1, a: 2 }] }), { type: 'NotYetKnown', version: 7 });
    kiosk.write(1, () => ({ nonsense: true }));
    kiosk.write(1, plainBody, { subject: 'shift:\u0000', actor: 'staff:\u0000x' });
    kiosk.write(1);
    expect((await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log))).json().acknowledged).toBe(4);
    const { runs } = await pullAs(other, 'after=0');
    const run = runs.find(({ node }) => node === kiosk.enrolled.node);
    expect(rehash(server, park, run as PullRun)).toEqual(kiosk.log);
    await server.deps.projections.projectNow(park);
    const quarantined = await given.opened.database.reader
      .selectFrom('quarantine')
      .select(['seq'])
      .where('park', '=', park)
      .orderBy('seq')
      .execute();
    expect(quarantined.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('X2: what is no push, no JSON or too large gets its own answer', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const body = pushOf(kiosk.key, kiosk.write(2));
    const answers = [
      await push(server, kiosk.token, { ...body, events: [] }),
      await push(server, kiosk.token, { ...body, seal: { ...body.seal, to: 7 } }),
      await push(server, kiosk.token, '{"node":'),
      await push(server, kiosk.token, JSON.stringify({ ...body, junk: 'x'.repeat(300 * 1024) })),
    ];
    expect(answers.map((answer) => [answer.statusCode, answer.json().code])).toEqual([
      [422, 'not_a_push'],
      [422, 'not_a_push'],
      [400, 'malformed'],
      [413, 'too_large'],
    ]);
    expect(answers[0]?.headers['content-type']).toContain('application/problem+json');
  });

  it('X2: gzip is unpacked, and only as far as the limit', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const zipped = gzipSync(JSON.stringify(pushOf(kiosk.key, kiosk.write(50))));
    const good = await push(server, kiosk.token, zipped, { 'content-encoding': 'gzip' });
    expect(good.json()).toMatchObject({ acknowledged: 50 });
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 32));
    const refused = await push(server, kiosk.token, bomb, { 'content-encoding': 'gzip' });
    expect([refused.statusCode, refused.json().code]).toEqual([413, 'too_large']);
    const broken = await push(server, kiosk.token, Buffer.from('no gzip'), { 'content-encoding': 'gzip' });
    expect(broken.statusCode).toBe(400);
  });

  it('S3: eight kiosks pushing at once leave positions without a gap, each stream in order', async () => {
    const kiosks: TestKiosk[] = [];
    for (let gate = 1; gate <= 8; gate += 1) {
      kiosks.push(await enrolKiosk(server, { park, name: `Gate ${gate}`, gateId: `gate-${gate}` }));
    }
    const statuses = await Promise.all(
      kiosks.map(async (kiosk) => {
        const answers: number[] = [];
        for (let batch = 0; batch < 6; batch += 1) {
          const body = pushOf(kiosk.key, kiosk.write(5));
          // Twice at once: the same stream is pushed by its author and by a relay.
          const both = await Promise.all([push(server, kiosk.token, body), push(server, kiosks[0]?.token ?? '', body)]);
          answers.push(...both.map(({ statusCode }) => statusCode));
        }
        return answers;
      }),
    );
    expect(new Set(statuses.flat())).toEqual(new Set([200]));
    const rows = await given.opened.database.reader
      .selectFrom('events')
      .select(['position', 'node', 'seq'])
      .where('park', '=', park)
      .orderBy('position')
      .execute();
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_row, index) => index + 1));
    for (const kiosk of kiosks) {
      const seqs = rows.filter(({ node }) => node === kiosk.enrolled.node).map(({ seq }) => seq);
      expect(seqs).toEqual(kiosk.log.map(({ seq }) => seq));
    }
    const seals = await given.opened.database.reader
      .selectFrom('seals')
      .select('position')
      .where('park', '=', park)
      .execute();
    expect(seals).toHaveLength(8 * 6 + 1 + 8);
  });
});

/** A pulled run as its receiver rebuilds it. */
function rehash(server: TestServer, park: ParkId, run: PullRun) {
  let prev = CHAIN_START;
  return (run.events as WireEvent[]).map((wire, index) => {
    const place = { park, node: run.node as never, epoch: run.epoch, from: run.from };
    const event = chainEvent(server.deps.crypto, wireToEvent(wire, place, index), prev);
    prev = event.hash;
    return event;
  });
}
