import type { EventRecovered } from '@skygate/shared/events/recovery';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { FACTS_AT_ONCE } from '@skygate/shared/read-models/refold/late-facts';
import { sealHead } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { expect, it } from 'vitest';
import type { Reader } from '../../db/database.ts';
import {
  enrolKiosk,
  plainBody,
  push,
  pushOf,
  START_MS,
  streamOf,
  type TestKiosk,
} from '../../db/testing/test-server.ts';
import { watchedDatabase } from '../../db/testing/watched-database.ts';
import { createNodeCrypto } from '../../node-crypto.ts';
import { rebuildPark } from '../../projections/rebuild.ts';
import { describeHq, type HqGiven, openPark } from '../testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer } from '../testing/hq-test-server.ts';

const VERSION_2 = { [PROTOCOL_HEADER]: '2' };
const LATE = { hlc: hlcOf(START_MS + 60_000_000, 0) };

const crypto = createNodeCrypto();
const outOfTime = () => Object.assign(new Error('transaction timeout'), { code: '25P04' });

/** Its n-th event moves n. */
const sumTo = (events: number): number => (events * (events + 1)) / 2;

const dueRows = (reader: Reader, park: string) =>
  reader.selectFrom('late_fact_refolds').selectAll().where('park', '=', park).execute();

describeHq('X4, S7: much that a kiosk dated after its revocation', (eachTest) => {
  let given: HqGiven;
  let till: TestKiosk;
  eachTest(async (one) => {
    given = one;
    await openPark(given.hq, given.park);
    till = await enrolKiosk(given.hq.server, { park: given.park, role: 'till' });
  });

  const sends = async (count: number, words = LATE): Promise<void> => {
    const events = till.write(count, undefined, words);
    expect((await push(given.hq.server, till.token, pushOf(till.key, events), VERSION_2)).statusCode).toBe(200);
  };
  const revoke = (hq: HqTestServer) =>
    hq.call('POST', `/parks/${given.park}/kiosks/${till.enrolled.node}/revoke`, { body: { reason: 'stolen' } });
  const sum = async () =>
    given.opened.database.reader
      .selectFrom('shift_totals')
      .select('moved_minor')
      .where('park', '=', given.park)
      .executeTakeFirstOrThrow();
  const waiting = async (): Promise<number> => {
    const { reader } = given.opened.database;
    return (await reader.selectFrom('withheld_facts').select('seq').where('park', '=', given.park).execute()).length;
  };
  /** HQ over a database that tells how many of the kiosk's events each statement brings. */
  const watching = async (look: (events: number) => void): Promise<HqTestServer> =>
    createHqTestServer(
      watchedDatabase(given.opened.database, (rows) =>
        look(rows.filter((row) => row['node'] === till.enrolled.node && 'body_hash' in row).length),
      ),
    );

  /** Somebody else records a part of a past of the kiosk again. */
  const recordsAgain = async (
    recorder: TestKiosk,
    log: TestKiosk['log'],
    { first, last, forkFrom }: { readonly first: number; readonly last: number; readonly forkFrom: number },
  ): Promise<void> => {
    const events = log.slice(first - 1, last);
    const [head, fork] = [events.at(-1), log[forkFrom - 1]];
    if (!head || !fork) throw new Error('no such events');
    const seal = { ...sealHead(crypto, till.key, head), node: till.enrolled.node as NodeId, epoch: 1 };
    const [draft] = recoveryDrafts({ events, seal }, { from: forkFrom, hash: fork.hash });
    const body = draft?.body as EventRecovered as unknown as JsonObject;
    const words = { type: 'EventRecovered', subject: `stream:${till.enrolled.node}/1` };
    const again = recorder.write(1, () => body, words);
    const answer = await push(given.hq.server, recorder.token, pushOf(recorder.key, again), VERSION_2);
    expect(answer.statusCode).toBe(200);
  };

  const path = (): string => `/parks/${given.park}/kiosks/${till.enrolled.node}/facts`;
  const projected = () => given.hq.server.deps.projections.projectNow(given.park);
  const isDue = async (): Promise<boolean> => {
    const { reader } = given.opened.database;
    const rows = await reader.selectFrom('late_fact_refolds').select('node').where('park', '=', given.park).execute();
    return rows.length > 0;
  };
  const decide = async (hashes: readonly string[], accepted: boolean) =>
    (await given.hq.call('POST', path(), { body: { epoch: 1, hashes, accepted, reason: 'counted' } })).json();

  it('is taken out some at a time behind its revocation, which costs no more for more of it', async () => {
    await sends(500);
    await sends(300);
    await projected();
    let [most, statements] = [0, 0];
    const hq = await watching((events) => {
      most = Math.max(most, events);
      statements += 1;
    });
    statements = 0;
    expect((await revoke(hq)).statusCode).toBe(200);
    const left = { moved_minor: sumTo(800) - sumTo(FACTS_AT_ONCE) };
    expect([await waiting(), await sum(), await isDue()]).toEqual([FACTS_AT_ONCE, left, true]);
    expect(most).toBeLessThanOrEqual(FACTS_AT_ONCE);
    expect(statements).toBeLessThan(100);
    await hq.server.deps.projections.projectNow(given.park);
    expect([await waiting(), await sum(), await isDue()]).toEqual([800, { moved_minor: 0 }, false]);
    // By pages, not by facts.
    expect(most).toBeLessThanOrEqual(FACTS_AT_ONCE);
    expect(statements).toBeLessThan(200);
    await hq.close();
  });

  it('S7: comes to the same, whatever is said of it and whoever goes on meanwhile', async () => {
    await sends(500);
    await projected();
    await revoke(given.hq);
    const due = await dueRows(given.opened.database.reader, given.park);
    const hashes = till.log.map(({ hash }) => hash);
    expect(await decide(hashes.slice(-2, -1), true)).toMatchObject({ decided: 1 });
    expect(await decide(hashes.slice(-1), false)).toMatchObject({ decided: 1 });
    expect([await waiting(), await sum()]).toEqual([499, { moved_minor: 499 }]);
    // A crash after them: another server goes on where the last one noted.
    await given.opened.database.kysely.insertInto('late_fact_refolds').values(due).execute();
    const hq = await createHqTestServer(given.opened.database);
    await hq.server.deps.projections.projectNow();
    expect([await waiting(), await sum(), await isDue()]).toEqual([499, { moved_minor: 499 }, false]);
    await hq.close();
    await given.opened.database.kysely.insertInto('late_fact_refolds').values(due).execute();
    const { before, after } = await rebuildPark(given.hq.server.deps, given.park, { replace: false });
    expect(after).toBe(before);
  });

  it('S7: one that is never looked at in time is put aside and tried again at the next start; the others are taken out', async () => {
    await sends(500);
    await projected();
    await revoke(given.hq);
    const { reader } = given.opened.database;
    const isSlow = (row: Record<string, unknown>) =>
      row['node'] === till.enrolled.node && row['seq'] === 250 && 'body_hash' in row;
    const slow = await createHqTestServer(
      watchedDatabase(given.opened.database, (rows) => {
        if (rows.some(isSlow)) throw outOfTime();
      }),
    );
    const aside = () =>
      reader
        .selectFrom('quarantine')
        .select(['read_model', 'node', 'seq', 'program', 'error'])
        .where('park', '=', given.park)
        .execute();
    await slow.server.deps.projections.projectNow(given.park);
    expect([await waiting(), await sum(), await isDue()]).toEqual([499, { moved_minor: 250 }, false]);
    expect(await aside()).toEqual([
      {
        read_model: 'withheld_facts',
        node: till.enrolled.node,
        seq: 250,
        program: 0,
        error: 'folding it takes too long',
      },
    ]);
    const { facts } = (await given.hq.call('GET', `${path()}?after=249-${'f'.repeat(64)}`)).json();
    expect(facts.slice(0, 2)).toMatchObject([
      { seq: 250, state: 'counts' },
      { seq: 251, state: 'waiting' },
    ]);
    await slow.close();
    const next = await createHqTestServer(given.opened.database);
    void next.server.deps.projections.run();
    while ((await aside()).length > 0) await new Promise((resolve) => setImmediate(resolve));
    await next.server.deps.projections.stop();
    expect([await waiting(), await sum()]).toEqual([500, { moved_minor: 0 }]);
    await next.close();
  });

  it('S7, E6: is taken out of its stream and of another past of it in the same slices, each fact once', async () => {
    await sends(250);
    const past = streamOf(till.enrolled);
    past.write(50, plainBody, LATE);
    past.write(250, (seq) => ({ ...plainBody(seq), amountMinor: 1000 }), LATE);
    expect(past.log.slice(0, 50)).toEqual(till.log.slice(0, 50));
    const recorder = await enrolKiosk(given.hq.server, { park: given.park });
    // What stands is recorded again as well; and of what does not, a part by two.
    for (const [first, last, forkFrom] of [
      [1, 50, 1],
      [51, 175, 51],
      [176, 300, 51],
      [176, 300, 60],
    ] as const) {
      await recordsAgain(recorder, past.log, { first, last, forkFrom });
    }
    await projected();
    const all = sumTo(250) + 250 * 1000;
    expect(await sum()).toEqual({ moved_minor: all });
    expect((await revoke(given.hq)).statusCode).toBe(200);
    const due = await dueRows(given.opened.database.reader, given.park);
    // To seq 125: what both pasts have, and then of each.
    const out = sumTo(125) + 75 * 1000;
    expect([await waiting(), await sum(), due]).toMatchObject([
      FACTS_AT_ONCE,
      { moved_minor: all - out },
      [{ after_seq: 125 }],
    ]);
    await projected();
    expect([await waiting(), await sum(), await isDue()]).toEqual([500, { moved_minor: 0 }, false]);
    // A crash in between: another server looks at them again.
    await given.opened.database.kysely.insertInto('late_fact_refolds').values(due).execute();
    await projected();
    expect([await waiting(), await sum(), await isDue()]).toEqual([500, { moved_minor: 0 }, false]);
    await given.opened.database.kysely.insertInto('late_fact_refolds').values(due).execute();
    const { before, after } = await rebuildPark(given.hq.server.deps, given.park, { replace: false });
    expect(after).toBe(before);
    expect(await decide([], true)).toMatchObject({ decided: 500 });
    expect([await waiting(), await sum()]).toEqual([0, { moved_minor: all }]);
  });

  it('X4: HQ lists nothing as counting that is still to be looked at, and decides on all of it', async () => {
    await sends(500);
    await revoke(given.hq);
    const { facts } = (await given.hq.call('GET', `${path()}?after=${FACTS_AT_ONCE + 10}-${'0'.repeat(64)}`)).json();
    expect(new Set(facts.map((fact: { state: string }) => fact.state))).toEqual(new Set(['waiting']));
    const { reader, kysely } = given.opened.database;
    expect([await dueRows(reader, given.park), await waiting()]).toEqual([[], 500]);
    await kysely.deleteFrom('withheld_facts').where('park', '=', given.park).where('seq', '>', 200).execute();
    await kysely
      .updateTable('shift_totals')
      .set({ moved_minor: sumTo(500) - sumTo(200) })
      .where('park', '=', given.park)
      .execute();
    const place = { after_seq: 200, after_hash: 'f'.repeat(64) };
    const of = { park: given.park, node: till.enrolled.node, epoch: 1 };
    await kysely
      .insertInto('late_fact_refolds')
      .values({ ...of, ...place })
      .execute();
    expect(await decide([], true)).toMatchObject({ decided: 500 });
    expect([await waiting(), await sum()]).toEqual([0, { moved_minor: sumTo(500) }]);
  });

  it('is not looked at again for one more, nor for a decision on one', async () => {
    await sends(400);
    await revoke(given.hq);
    await projected();
    await sends(1);
    let events = 0;
    const hq = await watching((brought) => {
      events += brought;
    });
    await hq.server.deps.projections.projectNow(given.park);
    expect(await waiting()).toBe(401);
    // Itself, and whatever it is folded with.
    expect(events).toBeLessThan(10);
    const { facts } = (await hq.call('GET', `/parks/${given.park}/kiosks/${till.enrolled.node}/facts`)).json();
    events = 0;
    const body = { epoch: 1, hashes: [facts[0].hash], accepted: true, reason: 'counted' };
    expect((await hq.call('POST', path(), { body })).json()).toMatchObject({ decided: 1 });
    expect(await waiting()).toBe(400);
    expect(events).toBeLessThan(10);
    await hq.close();
  });
});
