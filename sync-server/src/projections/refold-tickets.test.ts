import { expect, it } from 'vitest';
import { enrolKiosk, push, pushOf } from '../db/testing/test-server.ts';
import { watchedDatabase } from '../db/testing/watched-database.ts';
import type { HqGiven } from '../hq/testing/describe-hq.ts';
import { describeHq, openSellingPark } from '../hq/testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer, PRODUCT, TODAY } from '../hq/testing/hq-test-server.ts';
import { rebuildPark } from './rebuild.ts';

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
