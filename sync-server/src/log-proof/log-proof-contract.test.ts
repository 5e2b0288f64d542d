import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { sealHead } from '@skygate/shared/sync/chain';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, push, pushOf, type TestKiosk, type TestServer } from '../db/testing/test-server.ts';
import { decideFirstDocument } from '../documents/edit-document.ts';
import { PARK_DOCUMENT } from '../hq/testing/hq-test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { createPark } from '../hq-node/create-park.ts';
import { declareRestored } from '../restore/begin-recovery.ts';
import { backUp } from '../restore/testing/backup.ts';
import { keeperOf } from '../restore/testing/keeper.ts';
import { createLogRooter } from './root-log.ts';
import { verifyLog } from './verify-log.ts';
import { linesOf } from './verify-log-command.ts';

const HOUR_MS = 3_600_000;

describeOnDatabases('X5: the log proves itself', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const giveDocument = async () => {
    await createPark(server.deps, park);
    await appendHqEvents(server.deps, park, async (tx) => {
      const value = { documentId: 'park' as const, value: PARK_DOCUMENT };
      const first = await decideFirstDocument({ crypto: server.deps.crypto, clock: server.deps.clock }, tx, {
        park,
        actor: 'hq:a',
        ...value,
      });
      if (!first.ok) throw new Error(first.error);
      return { drafts: first.value };
    });
  };
  const roots = async () => {
    const rows = await server.deps.database.reader
      .selectFrom('events')
      .select(['body', 'position'])
      .where('park', '=', park)
      .where('type', '=', 'LogRooted')
      .orderBy('position')
      .execute();
    return rows.map(({ body, position }) => ({ ...JSON.parse(body), at: position }));
  };
  const run = (text: string) => server.deps.database.kysely.executeQuery(CompiledQuery.raw(text));
  const verify = () => verifyLog(server.deps, park);
  /** A park with a kiosk of `count` events, pushed in two batches. */
  const busyPark = async (count = 6): Promise<TestKiosk> => {
    await giveDocument();
    const kiosk = await enrolKiosk(server, { park });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(count - 2)));
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
    return kiosk;
  };

  /** The root of a day from now, as the token's ten minutes stand. */
  const rootDays = async (days: number) => {
    server.clock.advance(days * 24 * HOUR_MS);
    await createLogRooter(server.deps).rootNow();
    server.clock.advance(-days * 24 * HOUR_MS);
  };

  it('X5: is rooted once a business day at the cut-off, whoever runs, and once after days of standstill', async () => {
    await busyPark();
    const rooters = [createLogRooter(server.deps), createLogRooter(server.deps)];
    const all = () => Promise.all(rooters.map((rooter) => rooter.rootNow()));
    await all();
    // The park began today: there is no day before it to root.
    expect(await roots()).toEqual([]);
    server.clock.advance(13 * HOUR_MS - 1);
    await all();
    expect(await roots()).toEqual([]);
    server.clock.advance(1);
    await all();
    await createLogRooter(server.deps).rootNow();
    const [first] = await roots();
    expect(await roots()).toHaveLength(1);
    expect(first).toMatchObject({
      businessDate: '2026-11-21',
      streams: 2,
      position: first.at - 1,
      events: first.at - 1,
    });
    server.clock.advance(5 * 24 * HOUR_MS);
    await all();
    expect((await roots()).map(({ businessDate }) => businessDate)).toEqual(['2026-11-21', '2026-11-26']);
    server.clock.advance(-(5 * 24 + 13) * HOUR_MS);
  });

  it('X5: a runner waits for the cut-off and roots then', async () => {
    await busyPark();
    // A minute before the cut-off.
    let waited = 13 * HOUR_MS - 60_000;
    server.clock.advance(waited);
    const timers = {
      sleep: async (ms: number) => {
        waited += ms;
        server.clock.advance(ms);
        if (waited > 13 * HOUR_MS + 60_000) void rooter.stop();
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
    const rooter = createLogRooter({ ...server.deps, timers });
    await rooter.run();
    expect((await roots()).map(({ businessDate }) => businessDate)).toEqual(['2026-11-21']);
    server.clock.advance(-waited);
    expect((await verify()).problem).toBe(null);
  });

  it('X5: holds, with roots, what came after them, and a past that was recorded again', async () => {
    const kiosk = await busyPark();
    await rootDays(1);
    const [lost] = kiosk.write(1);
    if (!lost) throw new Error('an event was written');
    const fork = { from: lost.seq, hash: lost.hash };
    const drafts = recoveryDrafts({ events: [lost], seal: sealHead(server.deps.crypto, kiosk.key, lost) }, fork);
    await appendHqEvents(server.deps, park, drafts);
    const report = await verify();
    expect(report).toMatchObject({ problem: null, counts: { roots: 1, recovered: 1, notBelieved: 0 } });
    expect(linesOf(report).at(-1)).toBe('  Everything holds.');
  });

  it('X5: a root of the lost part is not taken for a wrong one, and those of before hold', async () => {
    const kiosk = await busyPark();
    await rootDays(1);
    const restore = await backUp(server.deps.database, park);
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
    await rootDays(2);
    const keeper = keeperOf(kiosk);
    await keeper.pull(server);
    await restore();
    await declareRestored(server.deps, park, 'operator');
    await keeper.report(server);
    expect(await verify()).toMatchObject({ problem: null, counts: { roots: 1, rootsOfLostPast: 1 } });
  });

  it('X5: names the first thing that is wrong, whatever was done to the log', async () => {
    const kiosk = await busyPark();
    await rootDays(1);
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
    const { node } = kiosk.enrolled;
    const hq = hqNodeOf(park);
    const restore = await backUp(server.deps.database, park);
    const here = `park = '${park}' and node = '${node}' and epoch = 1`;
    const ofHq = `park = '${park}' and node = '${hq}' and epoch = 1`;
    const root = (
      await server.deps.database.reader
        .selectFrom('events')
        .select('seq')
        .where('park', '=', park)
        .where('type', '=', 'LogRooted')
        .executeTakeFirstOrThrow()
    ).seq;
    const forgeries: readonly [sql: string[], node: string, seq: number, what: RegExp][] = [
      [
        [`update events set body = replace(body, ':2,', ':9,') where ${here} and seq = 2`],
        node,
        2,
        /body is not the one/,
      ],
      [[`update events set actor = 'staff:other' where ${here} and seq = 3`], node, 3, /hash is not that/],
      [[`update events set body = ' ' || body where ${here} and seq = 2`], node, 2, /canonical form/],
      [[`update events set hash = repeat('a', 64) where ${here} and seq = 6`], node, 6, /hash is not that/],
      [[`delete from events where ${here} and seq = 5`], node, 6, /position/],
      [[`update events set seq = 60 where ${here} and seq = 6`], node, 60, /follows seq 5/],
      // Not read position by position to its end.
      [[`update events set position = 9007199254740000 where ${here} and seq = 6`], hq, root, /position/],
      [[`update seals set signature = reverse(signature) where ${here} and to_seq = 4`], node, 4, /not of its author/],
      [[`delete from seals where ${here} and to_seq = 4`], node, 6, /begins elsewhere/],
      [[`update seals set head_hash = repeat('b', 64) where ${here} and to_seq = 6`], node, 6, /something else/],
      // The end cut off, with its seal: the head still knows; with the head too, the park's own head does.
      [
        [`delete from events where ${here} and seq > 6`, `delete from seals where ${here} and to_seq > 6`],
        node,
        8,
        /cut off/,
      ],
      [
        [
          `delete from events where ${here} and seq > 6`,
          `delete from seals where ${here} and to_seq > 6`,
          `update nodes set head_seq = 6, head_hash = (select hash from events where ${here} and seq = 6),
             head_hlc = (select hlc from events where ${here} and seq = 6) where ${here}`,
        ],
        '',
        0,
        /park's head/,
      ],
      [[`update nodes set public_key = (select public_key from nodes where ${ofHq}) where ${here}`], node, 4, /author/],
      [[`update nodes set head_hash = repeat('c', 64) where ${here}`], node, 8, /another hash/],
      [[`update events set subject = 'log:2026-11-20' where ${ofHq} and seq = ${root}`], hq, root, /hash is not that/],
    ];
    for (const [sql, wrongNode, seq, what] of forgeries) {
      for (const text of sql) await run(text);
      const { problem } = await verify();
      expect(problem?.what, sql.join('; ')).toMatch(what);
      if (wrongNode !== '') expect([problem?.node, problem?.seq], sql.join('; ')).toEqual([wrongNode, seq]);
      await restore();
    }
    expect((await verify()).problem).toBe(null);
  });

  it('X5: a kiosk whose stream was rewritten whole, under its own key, is met by the root that came before', async () => {
    const kiosk = await busyPark();
    await rootDays(1);
    const [head] = await roots();
    // Somebody with the database and the kiosk's key writes the last event anew.
    const last = kiosk.log.at(-1);
    if (!last) throw new Error('the kiosk has events');
    kiosk.log.pop();
    const [forged] = kiosk.write(1, () => ({ shiftId: '0000000000000000', amountMinor: 1, reason: 'forged' }));
    if (!forged) throw new Error('an event was written');
    const { signature } = sealHead(server.deps.crypto, kiosk.key, forged);
    const here = `park = '${park}' and node = '${last.node}' and epoch = 1`;
    const body = JSON.stringify({ amountMinor: 1, reason: 'forged', shiftId: '0000000000000000' });
    await run(
      `update events set body = '${body}', body_hash = '${forged.bodyHash}', hash = '${forged.hash}'
       where ${here} and seq = ${last.seq}`,
    );
    await run(
      `update seals set head_hash = '${forged.hash}', signature = '${signature}' where ${here} and to_seq = ${last.seq}`,
    );
    await run(`update nodes set head_hash = '${forged.hash}' where ${here}`);
    expect((await verify()).problem?.what).toBe(`its root is not that of position ${head.position}`);
  });
});
