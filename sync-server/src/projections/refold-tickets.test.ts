import { TICKETS_AT_ONCE } from '@skygate/shared/read-models/refold/entry-limits';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { enrolKiosk, push, pushOf } from '../db/testing/test-server.ts';
import { watchedDatabase } from '../db/testing/watched-database.ts';
import type { HqGiven } from '../hq/testing/describe-hq.ts';
import { describeHq, openSellingPark } from '../hq/testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer, PRODUCT, TODAY } from '../hq/testing/hq-test-server.ts';
import { rebuildPark } from './rebuild.ts';
import { refoldSomeTickets } from './refold-tickets.ts';

const outOfTime = () => Object.assign(new Error('transaction timeout'), { code: '25P04' });

const idOf = (ticket: number): string => String(ticket).padStart(16, '0');

describeHq('tickets of a product whose entry limit changes', (eachTest) => {
  let given: HqGiven;
  eachTest((one) => {
    given = one;
  });

  /** So many tickets of the product that were let in twice. */
  async function tickets(park: HqGiven['park'], count: number): Promise<void> {
    const { server } = given.hq;
    await openSellingPark(given.hq, park);
    const kiosk = await enrolKiosk(server, { park });
    const body = (seq: number) => ({
      ticketId: idOf(Math.ceil(seq / 2)),
      gateId: 'gate-1',
      people: 1,
      businessDate: TODAY,
      verdict: 'admit',
      silentGates: [],
    });
    kiosk.write(2 * count, body, { type: 'TicketAdmitted' });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log));
    const cells = {
      park,
      sale_id: '',
      product_id: 'day',
      party: '[]',
      parks: '[]',
      date: TODAY,
      slot: 'day',
      kid: 'k',
    };
    const times = {
      issued_ms: 1,
      not_before_ms: 1,
      expires_ms: 2,
      flags: 0,
      forked: 0,
      node: kiosk.enrolled.node,
      epoch: 1,
    };
    const rows = Array.from({ length: count }, (_, at) => ({ ...cells, ...times, ticket_id: idOf(at + 1), seq: at }));
    await given.opened.database.kysely.insertInto('tickets').values(rows).execute();
    await server.deps.projections.projectNow(park);
  }
  const allow = async (hq: HqTestServer, park: string, entriesAllowed: number): Promise<void> => {
    const answer = await hq.call('PUT', `/parks/${park}/catalogue/products/day`, {
      body: { ...PRODUCT, entriesAllowed },
      headers: { 'if-match': '*' },
    });
    expect([answer.statusCode, answer.body]).toEqual([200, expect.any(String)]);
  };
  const casesOf = async (park: string): Promise<number> => {
    const { reader } = given.opened.database;
    return (await reader.selectFrom('cases').select('case_id').where('park', '=', park).execute()).length;
  };

  it('T3: are folded anew some at a time, behind the page that changes it', async () => {
    let count = 0;
    const hq = await createHqTestServer(
      watchedDatabase(given.opened.database, () => {
        count += 1;
      }),
    );
    const statementsFor = async (park: HqGiven['park'], many: number): Promise<number> => {
      await tickets(park, many);
      expect(await casesOf(park)).toBe(many);
      count = 0;
      await allow(hq, park, 2);
      const statements = count;
      await given.hq.server.deps.projections.projectNow(park);
      expect(await casesOf(park)).toBe(0);
      return statements;
    };
    const few = await statementsFor(given.park, 3);
    expect(await statementsFor(`${given.park}-many` as HqGiven['park'], 240)).toBe(few);
    await hq.close();
  });

  const aside = (park: string) =>
    given.opened.database.reader
      .selectFrom('quarantine')
      .select(['read_model', 'key', 'program', 'error'])
      .where('park', '=', park)
      .execute();
  const slowServer = (isSlow: (row: Record<string, unknown>) => boolean) =>
    createHqTestServer(
      watchedDatabase(given.opened.database, (rows) => {
        if (rows.some(isSlow)) throw outOfTime();
      }),
    );

  it('S7: one that is never folded in time keeps its cases, is put aside, and is tried again at the next start', async () => {
    await tickets(given.park, 30);
    await allow(given.hq, given.park, 2);
    const slow = await slowServer((row) => row['ticket_id'] === idOf(20) && 'verdict' in row);
    await slow.server.deps.projections.projectNow(given.park);
    expect(await casesOf(given.park)).toBe(1);
    const key = JSON.stringify({ park: given.park, ticket_id: idOf(20) });
    const error = 'folding it takes too long';
    expect(await aside(given.park)).toEqual([{ read_model: 'cases', key, program: 0, error }]);
    await slow.close();
    const next = await createHqTestServer(given.opened.database);
    void next.server.deps.projections.run();
    while ((await aside(given.park)).length > 0) await new Promise((resolve) => setImmediate(resolve));
    await next.server.deps.projections.stop();
    await next.close();
    expect(await casesOf(given.park)).toBe(0);
  });

  it('S7: what only waited for whoever folds is not to blame, and nothing of it is passed over', async () => {
    await tickets(given.park, 3);
    await allow(given.hq, given.park, 2);
    let waits = 2;
    const busy = await slowServer((row) => 'timeouts' in row && 'head' in row && waits-- > 0);
    const { deps } = busy.server;
    await expect(refoldSomeTickets(deps, given.park)).rejects.toThrow('transaction timeout');
    waits = 0;
    while ((await refoldSomeTickets(deps, given.park)).more);
    expect([await casesOf(given.park), await aside(given.park)]).toEqual([0, []]);
    await busy.close();
  });

  it('T3, S5: one transaction looks at only so many, however few of them were let in twice', async () => {
    await tickets(given.park, TICKETS_AT_ONCE + 1);
    const { kysely, reader } = given.opened.database;
    // All but the last were let in once.
    await kysely
      .deleteFrom('ticket_facts')
      .where('park', '=', given.park)
      .where('ticket_id', '<=', idOf(TICKETS_AT_ONCE))
      .where(({ eb }) => eb(sql`seq % 2`, '=', 0))
      .execute();
    await kysely.deleteFrom('cases').where('park', '=', given.park).execute();
    await allow(given.hq, given.park, 2);
    await allow(given.hq, given.park, 1);
    const after = async () =>
      (
        await reader.selectFrom('entry_limit_refolds').select('after_ticket').where('park', '=', given.park).execute()
      ).at(0)?.after_ticket;
    const { deps } = given.hq.server;
    await refoldSomeTickets(deps, given.park);
    expect([await casesOf(given.park), await after()]).toEqual([0, idOf(TICKETS_AT_ONCE)]);
    await refoldSomeTickets(deps, given.park);
    expect([await casesOf(given.park), await after()]).toEqual([1, undefined]);
  });

  it('T3, S7: there and back, and folded anew as they are', async () => {
    await tickets(given.park, 5);
    await allow(given.hq, given.park, 2);
    await allow(given.hq, given.park, 1);
    await given.hq.server.deps.projections.projectNow(given.park);
    expect(await casesOf(given.park)).toBe(5);
    await allow(given.hq, given.park, 3);
    // What is still due is done first.
    const rebuilt = await rebuildPark(given.hq.server.deps, given.park, { replace: false });
    expect(rebuilt.events).toBeGreaterThan(0);
    await given.hq.server.deps.projections.projectNow(given.park);
    expect(await casesOf(given.park)).toBe(0);
  });
});
