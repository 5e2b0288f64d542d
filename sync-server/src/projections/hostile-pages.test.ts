import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { sealHead } from '@skygate/shared/sync/chain';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { afterEach, expect, it } from 'vitest';
import { describeOnDatabases, type Given } from '../db/testing/describe-on-databases.ts';
import { createTestServer, enrolKiosk, push, pushOf, streamOf, type TestKiosk } from '../db/testing/test-server.ts';
import { type LookAtRows, watchedDatabase } from '../db/testing/watched-database.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { foldNextPage } from './catch-up.ts';

const crypto = createNodeCrypto();
const outOfTime = () => Object.assign(new Error('transaction timeout'), { code: '25P04' });
const isEventOf = (park: string) => (row: Record<string, unknown>) => row['park'] === park && 'body_hash' in row;

/** Transactions of a past that nobody else knows, each recorded again by the kiosk itself. */
function inventedPast(kiosk: TestKiosk, transactions: number, eventsEach: number): readonly JsonObject[] {
  const { node, epoch } = kiosk.enrolled;
  const { write } = streamOf(kiosk.enrolled);
  const first = write(1)[0];
  if (!first) throw new Error('nothing was written');
  return Array.from({ length: transactions }, () => {
    const events = write(eventsEach);
    const last = events.at(-1);
    if (!last) throw new Error('nothing was written');
    const seal = { ...sealHead(crypto, kiosk.key, last), node: node as NodeId, epoch };
    const [draft] = recoveryDrafts({ events, seal }, { from: 1, hash: first.hash });
    return draft?.body as unknown as JsonObject;
  });
}

describeOnDatabases('pages that a hostile kiosk wrote', (eachTest) => {
  let given: Given;
  const servers: { close(): Promise<void> }[] = [];
  eachTest((one) => {
    given = one;
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });

  const cursorOf = async (park: ParkId) =>
    given.opened.database.reader
      .selectFrom('projection_cursors')
      .select(['position', 'timeouts'])
      .where('park', '=', park)
      .executeTakeFirstOrThrow();
  const serverOn = async (look: LookAtRows) => {
    const server = await createTestServer(watchedDatabase(given.opened.database, look));
    servers.push(server);
    return server;
  };
  const writes = async (kiosk: TestKiosk, bodies: readonly JsonObject[]): Promise<void> => {
    const subject = `stream:${kiosk.enrolled.node}/${kiosk.enrolled.epoch}`;
    for (const body of bodies) {
      const events = kiosk.write(1, () => body, { type: 'EventRecovered', subject });
      expect((await push(given.server, kiosk.token, pushOf(kiosk.key, events))).statusCode).toBe(200);
    }
  };
  const quarantined = () =>
    given.opened.database.reader
      .selectFrom('quarantine')
      .select(['seq', 'error', 'program'])
      .where('park', '=', given.park)
      .orderBy('seq')
      .execute();

  it('S7: an event that brings back hundreds asks as many statements as one that brings back two', async () => {
    const statementsFor = async (eventsEach: number): Promise<number> => {
      let count = 0;
      const server = await serverOn(() => {
        count += 1;
      });
      const kiosk = await enrolKiosk(given.server, { park: given.newPark() });
      const { park } = kiosk.enrolled;
      await given.server.deps.projections.projectNow(park);
      await writes(kiosk, inventedPast(kiosk, 1, eventsEach));
      count = 0;
      await foldNextPage(server.deps, park);
      return count;
    };
    const few = await statementsFor(2);
    expect(await statementsFor(400)).toBe(few);
  });

  it('S7: so does one of nothing but events that no program can read', async () => {
    const statementsFor = async (count: number): Promise<number> => {
      let statements = 0;
      const server = await serverOn(() => {
        statements += 1;
      });
      const kiosk = await enrolKiosk(given.server, { park: given.newPark() });
      const { park } = kiosk.enrolled;
      await given.server.deps.projections.projectNow(park);
      await push(
        given.server,
        kiosk.token,
        pushOf(
          kiosk.key,
          kiosk.write(count, () => ({}), { type: 'Unheard' }),
        ),
      );
      statements = 0;
      await foldNextPage(server.deps, park);
      return statements;
    };
    const few = await statementsFor(2);
    expect(await statementsFor(400)).toBe(few);
  });

  it('S5: one transaction folds only so much of what was recorded again, and the next one goes on', async () => {
    const kiosk = await enrolKiosk(given.server, { park: given.park });
    await given.server.deps.projections.projectNow(given.park);
    const { position } = await cursorOf(given.park);
    await writes(kiosk, inventedPast(kiosk, 5, 400));
    const page = await foldNextPage(given.server.deps, given.park);
    expect(page).toEqual({ moved: true, more: true });
    expect((await cursorOf(given.park)).position).toBeLessThan(position + 5);
    await given.server.deps.projections.projectNow(given.park);
    expect((await cursorOf(given.park)).position).toBe(position + 5);
  });

  it('S7: a page that is not folded in time is halved till it is, and HQ goes on', async () => {
    const kiosk = await enrolKiosk(given.server, { park: given.park });
    const isOfThisPark = isEventOf(given.park);
    const server = await serverOn((rows) => {
      if (rows.filter(isOfThisPark).length > 60) throw outOfTime();
    });
    await push(given.server, kiosk.token, pushOf(kiosk.key, kiosk.write(300)));
    const draft = { date: '2026-11-21', slot: 'day', places: 10, reason: '' };
    const words = { type: 'CapacitySet', version: 1, subject: 'capacity:2026-11-21/day', cause: null } as const;
    await appendHqEvents(server.deps, given.park, async (tx) => {
      const sums = await tx.selectFrom('shift_totals').select('moved_minor').where('park', '=', given.park).execute();
      expect(sums).toEqual([{ moved_minor: (300 * 301) / 2 }]);
      return { drafts: [{ ...words, actor: 'system', body: draft }] };
    });
    // What went well makes the next page larger again.
    for (let page = 0; page < 20; page += 1) {
      await push(given.server, kiosk.token, pushOf(kiosk.key, kiosk.write(1)));
      await server.deps.projections.projectNow(given.park);
    }
    expect((await cursorOf(given.park)).timeouts).toBe(0);
  });

  it('S7: one event that is never folded in time is put aside and tried again later; the others go in', async () => {
    const kiosk = await enrolKiosk(given.server, { park: given.park });
    await push(given.server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
    await writes(kiosk, inventedPast(kiosk, 1, 3));
    await push(given.server, kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
    const server = await serverOn(() => {});
    const slow = {
      ...server.deps,
      crypto: {
        ...crypto,
        verify: () => {
          throw outOfTime();
        },
      },
    };
    while ((await foldNextPage(slow, given.park)).more);
    expect(await quarantined()).toEqual([{ seq: 4, error: 'folding it takes too long', program: 0 }]);
    const { head } = await given.opened.database.reader
      .selectFrom('parks')
      .select('head')
      .where('park', '=', given.park)
      .executeTakeFirstOrThrow();
    expect((await cursorOf(given.park)).position).toBe(head);
    void server.deps.projections.run();
    while ((await quarantined()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    await server.deps.projections.stop();
  });

  it('S7, S5: a park whose read models cannot go on holds up no other', async () => {
    const stuck = await enrolKiosk(given.server, { park: `a-${given.park}` as ParkId });
    const kiosk = await enrolKiosk(given.server, { park: `b-${given.park}` as ParkId });
    const isStuck = isEventOf(stuck.enrolled.park);
    const server = await serverOn((rows) => {
      if (rows.some(isStuck)) throw Object.assign(new Error('a bad block'), { code: 'XX001' });
    });
    for (const one of [stuck, kiosk]) await push(given.server, one.token, pushOf(one.key, one.write(2)));
    const moved = new Promise<string>((resolve) => {
      server.deps.bus.subscribe('projected', resolve);
    });
    void server.deps.projections.run();
    expect(await moved).toBe(kiosk.enrolled.park);
    await server.deps.projections.stop();
  });
});
