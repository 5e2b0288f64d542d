import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { PUSH_BYTES_MAX } from '@skygate/shared/protocol/limits';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, get, push, pushOf, type TestKiosk, type TestServer } from '../db/testing/test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';

// Whatever stands in the log can be pushed again: a restored server gets it back from kiosks in no other way (E8).

describeOnDatabases('the size of what is sealed', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const sizeOf = (run: PullRun): number => Buffer.byteLength(JSON.stringify(run.events));
  const runsFor = async (kiosk: TestKiosk, node: string): Promise<readonly PullRun[]> => {
    const runs: PullRun[] = [];
    for (let after = 0, head = 1; after < head; ) {
      const page = (await get(server, `/sync/pull?after=${after}`, kiosk.token)).json();
      runs.push(...page.runs.filter((run: PullRun) => run.node === node));
      ({ next: after, head } = page);
    }
    return runs;
  };

  it('S2: what is longer in its canonical form than a push holds is refused, and nothing of it stored', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const numbers = (count: number): JsonObject => ({ a: Array.from({ length: count }, () => 1e20) });
    for (const [count, status] of [
      [13_000, 413],
      [11_000, 200],
    ] as const) {
      kiosk.log.length = 0;
      kiosk.write(1, () => numbers(count));
      const text = JSON.stringify(pushOf(kiosk.key, kiosk.log)).replaceAll('100000000000000000000', '1e20');
      expect(text.length).toBeLessThan(70_000);
      const answer = await push(server, kiosk.token, text);
      expect([answer.statusCode, answer.json().acknowledged]).toEqual([status, status === 200 ? 1 : undefined]);
    }
  });

  it('M1, E8: what HQ writes at once stands under seals that each fit a push, all of it or nothing', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const big = { type: 'GuestWaved', version: 1, subject: 'guest:1', cause: null, actor: 'system' };
    const drafts = Array.from({ length: 8 }, (_, index) => ({ ...big, body: { index, words: 'я'.repeat(40_000) } }));
    const written = await appendHqEvents(server.deps, park, drafts as unknown as KnownDraft[]);
    expect(written).toHaveLength(8);
    const runs = await runsFor(kiosk, hqNodeOf(park));
    const pulled = runs.flatMap(({ events }) => events).filter(([, , , type]) => type === 'GuestWaved');
    expect(pulled.map(([, , , , , , , , body]) => body['index'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const run of runs) expect(sizeOf(run)).toBeLessThanOrEqual(PUSH_BYTES_MAX);
  });

  it('S4, E8: batches are joined to a run that can be pushed again, in bytes and not in letters', async () => {
    const writer = await enrolKiosk(server, { park });
    const reader = await enrolKiosk(server, { park, name: 'Gate 2', gateId: 'gate-2' });
    for (let batch = 0; batch < 4; batch += 1) {
      const events = writer.write(1, () => ({ words: 'ө'.repeat(50_000) }));
      await push(server, writer.token, pushOf(writer.key, events));
    }
    const runs = await runsFor(reader, writer.enrolled.node);
    expect(runs.flatMap(({ events }) => events)).toHaveLength(4);
    for (const run of runs) {
      expect(sizeOf(run)).toBeLessThanOrEqual(PUSH_BYTES_MAX);
      expect((await push(server, reader.token, run)).statusCode).toBe(200);
    }
  });
});
