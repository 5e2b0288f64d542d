import type { ParkId } from '@skygate/shared/lib/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../db/open-postgres.ts';
import { DATABASES, type OpenedDatabase } from '../db/testing/databases.ts';
import { createTestServer, enrolKiosk, get, PARK, push, pushOf, type TestServer } from '../db/testing/test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';

const admitted = (people: number) => () => ({
  ticketId: '0123456789ABCDEF',
  gateId: 'gate-1',
  people,
  businessDate: '2026-11-21',
  verdict: 'admit',
  silentGates: [],
});
const ADMISSION = { type: 'TicketAdmitted', subject: 'ticket:0123456789ABCDEF' };

/** Resolves when the park's read models have moved past what `isThere` waits for. */
async function until(server: TestServer, isThere: () => Promise<boolean>): Promise<void> {
  let wake = () => {};
  const unsubscribe = server.deps.bus.subscribe('projected', () => wake());
  while (true) {
    const moved = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (await isThere()) break;
    await moved;
  }
  unsubscribe();
}

const totalsOf = async (server: TestServer, park: string) =>
  (
    await server.deps.database.reader
      .selectFrom('gate_totals')
      .select('admitted')
      .where('park', '=', park)
      .executeTakeFirst()
  )?.admitted ?? 0;

describe.each(Object.entries(DATABASES))('read models over %s', (name, open) => {
  let opened: OpenedDatabase;
  let server: TestServer;

  beforeAll(async () => {
    opened = await open();
    server = await createTestServer(opened.database);
  }, 180_000);
  afterAll(async () => {
    await server?.deps.projections.stop();
    await server?.close();
    await opened?.close();
  });

  it('S7: a repeated push and a repeated projection count once', async () => {
    const kiosk = await enrolKiosk(server, { park: 'once' as ParkId });
    const body = pushOf(kiosk.key, kiosk.write(5, admitted(2), ADMISSION));
    for (let time = 0; time < 2; time += 1) {
      await push(server, kiosk.token, body);
      await server.deps.projections.projectNow();
    }
    expect(await totalsOf(server, 'once')).toBe(10);
    const facts = await opened.database.reader
      .selectFrom('ticket_facts')
      .select('seq')
      .where('park', '=', 'once')
      .execute();
    expect(facts).toHaveLength(5);
  });

  it('S5: a long catch-up leaves the process its other work: requests, signals', async () => {
    const behind = await createTestServer(opened.database);
    const kiosk = await enrolKiosk(behind, { park: 'behind' as ParkId });
    const pages = 8;
    for (let page = 0; page < pages; page += 1) {
      await push(behind, kiosk.token, pushOf(kiosk.key, kiosk.write(500, admitted(1), ADMISSION)));
    }
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const running = behind.deps.projections.run();
    await until(behind, async () => (await totalsOf(behind, 'behind')) === pages * 500);
    isOver = true;
    await behind.deps.projections.stop();
    await running;
    await behind.close();
    // One or two, where it does not breathe.
    expect(turns).toBeGreaterThan(pages / 2);
  });

  it('a long backlog is folded before HQ takes the lock of the park, and stays folded whatever comes of it', async () => {
    const kiosk = await enrolKiosk(server, { park: 'backlog' as ParkId });
    for (let page = 0; page < 3; page += 1) {
      await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(500, admitted(1), ADMISSION)));
    }
    const refused = appendHqEvents(server.deps, 'backlog' as ParkId, async () => {
      throw new Error('refused under the lock');
    });
    await expect(refused).rejects.toThrow('refused under the lock');
    expect(await totalsOf(server, 'backlog')).toBeGreaterThanOrEqual(1000);
  });

  it('S7: an event whose rows the database refuses is put aside, and the others of its page go in', async () => {
    const kiosk = await enrolKiosk(server, { park: 'poison' as ParkId });
    kiosk.write(1, admitted(1), ADMISSION);
    // The text fits the schema of the body, and no text column holds it.
    kiosk.write(1, () => ({ ...shiftClosed, reason: 'a\u0000b' }), { type: 'ShiftClosed' });
    kiosk.write(1, admitted(1), ADMISSION);
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log));
    await server.deps.projections.projectNow('poison');
    expect(await totalsOf(server, 'poison')).toBe(2);
    const quarantined = await opened.database.reader
      .selectFrom('quarantine')
      .select('seq')
      .where('park', '=', 'poison')
      .execute();
    expect(quarantined).toEqual([{ seq: 2 }]);
  });

  it('E7: what only HQ may say is put aside where a kiosk says it', async () => {
    const kiosk = await enrolKiosk(server, { park: 'forger' as ParkId });
    const body = () => ({ date: '2026-11-21', slot: 'day', places: 100_000, reason: '' });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(1, body, { type: 'CapacitySet' })));
    await server.deps.projections.projectNow('forger');
    const { reader } = opened.database;
    expect(await reader.selectFrom('capacity').select('places').where('park', '=', 'forger').execute()).toEqual([]);
    const errors = await reader.selectFrom('quarantine').select('error').where('park', '=', 'forger').execute();
    expect(errors).toMatchObject([{ error: expect.stringContaining('for HQ alone') }]);
  });

  it('follows the log by itself once it runs', async () => {
    void server.deps.projections.run();
    const kiosk = await enrolKiosk(server);
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3, admitted(4), ADMISSION)));
    await until(server, async () => (await totalsOf(server, PARK)) === 12);
  });

  it.runIf(name === 'PostgreSQL')('a second instance is woken by what the first takes in', async () => {
    const database = await openPostgres(opened.url ?? '');
    const second = await createTestServer(database);
    await Promise.all([server.deps.bus.run(), second.deps.bus.run()]);
    const writer = await enrolKiosk(server, { park: 'two' as ParkId });
    const reader = await enrolKiosk(server, { park: 'two' as ParkId, name: 'Gate 2', gateId: 'gate-2' });
    const { head } = (await get(second, '/sync/pull?after=0', reader.token)).json();
    const heard = new Promise<string>((resolve) => {
      second.deps.bus.subscribe('appended', (park) => resolve(park));
    });
    const waiting = get(second, `/sync/pull?after=${head}&waitMs=20000`, reader.token);
    await push(server, writer.token, pushOf(writer.key, writer.write(1)));
    expect((await waiting).json().runs).toHaveLength(1);
    expect(await heard).toBe('two');
    await second.close();
    await database.close();
  });
});

const shiftClosed = {
  shiftId: '0123456789ABCDEF',
  currency: 'KGS',
  countedMinor: 0,
  expectedMinor: 0,
  differenceMinor: 0,
  salesCount: 0,
  denominations: [],
  reason: '',
};
