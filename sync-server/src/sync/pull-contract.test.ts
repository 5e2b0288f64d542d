import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import type { PullResponse, PullRun } from '@skygate/shared/protocol/pull';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import { sealVerifies } from '@skygate/shared/sync/chain';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  enrolKiosk,
  get,
  publicTextOf,
  push,
  pushOf,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { backUp } from '../restore/testing/backup.ts';

describeOnDatabases('pull', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const pullAs = async (kiosk: TestKiosk, query: string): Promise<PullResponse> =>
    (await get(server, `/sync/pull?${query}`, kiosk.token)).json();
  const pullAs2 = async (kiosk: TestKiosk, query: string): Promise<PullResponse> => {
    const headers = { [PROTOCOL_HEADER]: '2', authorization: `Bearer ${kiosk.token}` };
    return (await server.app.inject({ method: 'GET', url: `/sync/pull?${query}`, headers })).json();
  };
  const pullAll = async (kiosk: TestKiosk, limit: number): Promise<PullRun[]> => {
    const pulled: PullRun[] = [];
    for (let after = 0, head = 1; after < head; ) {
      const page = await pullAs(kiosk, `after=${after}&limit=${limit}`);
      pulled.push(...page.runs);
      ({ next: after, head } = page);
    }
    return pulled;
  };

  it('S4: gives what others did in park order, whole batches, sealed, without the own', async () => {
    const writer = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    await push(server, reader.token, pushOf(reader.key, reader.write(3)));
    for (let batch = 0; batch < 4; batch += 1) {
      await push(server, writer.token, pushOf(writer.key, writer.write(3)));
      if (batch % 2 === 0) await push(server, reader.token, pushOf(reader.key, reader.write(1)));
    }
    const pulled = await pullAll(reader, 4);
    expect(pulled.some(({ node }) => node === reader.enrolled.node)).toBe(false);
    const own = pulled.filter(({ node }) => node === writer.enrolled.node);
    expect(own.flatMap((run) => run.events.map((_event, index) => run.from + index))).toEqual(
      writer.log.map(({ seq }) => seq),
    );
    for (const run of own) {
      const publicKey = base64urlToBytes(publicTextOf(writer.key)) as Uint8Array;
      const to = run.from + run.events.length - 1;
      expect(run.seal).toMatchObject({ to, headHash: writer.log[to - 1]?.hash });
      const expected = { node: run.node as never, epoch: run.epoch, publicKey };
      expect(sealVerifies(server.deps.crypto, run.seal as never, expected)).toBe(true);
    }
  });

  it('S4: a cursor within a batch, of a log that was lost, is answered from the beginning of that batch', async () => {
    const writer = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const { head } = await pullAs(reader, 'after=0');
    await push(server, writer.token, pushOf(writer.key, writer.write(3)));
    for (const after of [head + 1, head + 2]) {
      const page = await pullAs(reader, `after=${after}`);
      expect(page.runs.map(({ from, events }) => [from, events.length])).toEqual([[1, 3]]);
      expect(page.next).toBe(head + 3);
    }
  });

  it('S4, E8: a page says what stands where it begins and ends, by another name if it was taken in anew', async () => {
    const writer = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const first = await pullAs2(reader, 'after=0');
    expect(first).toMatchObject({ afterStamp: '', next: first.head });
    const putBack = await backUp(server.deps.database, park);
    await push(server, writer.token, pushOf(writer.key, writer.write(2)));
    const second = await pullAs2(reader, `after=${first.head}`);
    expect(second.afterStamp).toBe(first.nextStamp);
    expect(await pullAs2(reader, `after=${second.next}`)).toMatchObject({ afterStamp: second.nextStamp, runs: [] });
    await putBack();
    server.clock.advance(1_000);
    expect((await pullAs2(reader, `after=${first.head}`)).afterStamp).toBe(first.nextStamp);
    expect((await pullAs2(reader, `after=${second.next}`)).afterStamp).toBe('');
    await push(server, writer.token, pushOf(writer.key, writer.log));
    const { afterStamp } = await pullAs2(reader, `after=${second.next}`);
    expect([afterStamp === '', afterStamp === second.nextStamp]).toEqual([false, false]);
    expect(await pullAs(reader, 'after=0')).not.toHaveProperty('nextStamp');
  });

  it('E7: HQ reaches kiosks by the same pull: the enrolments and keys are there', async () => {
    const till = await enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1' });
    const { runs } = await pullAs(till, 'after=0');
    const types = runs.flatMap(({ events }) => (events as WireEvent[]).map(([, , , type]) => type));
    expect(types).toEqual(['SigningKeyPublished', 'KioskEnrolled', 'SigningKeyPublished']);
    const publicKey = base64urlToBytes(till.enrolled.hq.publicKey) as Uint8Array;
    const seal = runs.at(-1)?.seal as never;
    expect(sealVerifies(server.deps.crypto, seal, { node: `hq:${park}` as never, epoch: 1, publicKey })).toBe(true);
  });

  it('S4: a waiting pull is answered as soon as another kiosk pushes', async () => {
    const writer = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    const { head } = await pullAs(reader, 'after=0');
    const waiting = pullAs(reader, `after=${head}&waitMs=20000`);
    await push(server, writer.token, pushOf(writer.key, writer.write(1)));
    expect((await waiting).runs).toHaveLength(1);
  });

  it('coverage: names the gates of the park and when each was last heard of', async () => {
    const first = await enrolKiosk(server, { park });
    const second = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    await pullAs(first, 'after=0');
    server.clock.advance(4_000);
    const { gates } = await pullAs(second, 'after=0');
    const ages = new Map(gates.map(({ gateId, contactAgeMs }) => [gateId, contactAgeMs]));
    expect(ages).toEqual(
      new Map([
        ['gate-1', 4_000],
        ['gate-2', 0],
      ]),
    );
  });

  it('is packed for those who take gzip', async () => {
    const writer = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    await push(server, writer.token, pushOf(writer.key, writer.write(50)));
    const headers = { [PROTOCOL_HEADER]: '1', authorization: `Bearer ${reader.token}`, 'accept-encoding': 'gzip' };
    const answer = await server.app.inject({ method: 'GET', url: '/sync/pull?after=0', headers });
    expect(answer.headers['content-encoding']).toBe('gzip');
  });
});
