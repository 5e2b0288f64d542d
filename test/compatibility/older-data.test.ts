import { afterEach, describe, expect, it } from 'vitest';
import { readKioskDisk, readServerDisk, readServerHead } from '../simulation/inspect.ts';
import { DIED, type KioskHost } from '../simulation/kiosk-host.ts';
import { columnsOf, TABLE_NAMES } from '../simulation/state-hash.ts';
import { recordedBook } from './recorded.ts';
import { openTodaysPark, type TodaysPark } from './todays-park.ts';
import { v1Facade } from './v1-facade.ts';

const { nodes, pin, pending, codes, sales } = recordedBook();
const NOBODY = 'nobody';

function nodeOf(kiosk: string): string {
  return nodes[kiosk] ?? NOBODY;
}

async function told<Value>(answer: Promise<Value | typeof DIED>): Promise<Value> {
  const value = await answer;
  if (value === DIED) throw new Error('the kiosk is up');
  return value;
}

/** Whether all a kiosk wrote is at the server, and all of the server's at the kiosk. */
async function isLevel(park: TodaysPark, kiosk: KioskHost): Promise<boolean> {
  const disk = readKioskDisk(kiosk.databasePath(), false);
  const own = disk.vector.get(`${nodeOf(kiosk.name)}/1`)?.seq ?? 0;
  return disk.acknowledged === own && disk.cursor === (await readServerHead(park.database));
}

async function sellOne(kiosk: KioskHost): Promise<string> {
  await told(kiosk.call((api) => api.logIn({ staffId: 'cashier', pin })));
  await told(kiosk.call((api) => api.openShift({ floatMinor: 1_000, denominations: [] })));
  const lines = [{ productId: 'day-ticket', unitId: 'adult', quantity: 1, date: '2026-11-21', slot: 'day' }];
  const quote = await told(kiosk.call((api) => api.quoteSale({ lines })));
  if (!quote.ok) throw new Error(quote.problem.code);
  const { totalMinor } = quote.value;
  const sale = { commandId: 'today-1', lines, tenderedMinor: totalMinor, expectedTotalMinor: totalMinor };
  const sold = await told(kiosk.call((api) => api.completeSale(sale)));
  if (!sold.ok) throw new Error(sold.problem.code);
  return sold.value.saleId;
}

/** Both kiosks and the server hold the same rows, in every read model and column. */
async function expectSameState(park: TodaysPark, kiosks: readonly KioskHost[]): Promise<void> {
  const deps = park.server.deps();
  await deps?.projections.projectNow();
  const server = await readServerDisk(park.database);
  for (const kiosk of kiosks) {
    const { tables } = readKioskDisk(kiosk.databasePath(), true);
    for (const table of TABLE_NAMES) {
      expect(tables.get(table), `${kiosk.name}: ${table} (${columnsOf(table)})`).toEqual(server.tables.get(table));
    }
  }
}

/** A lease with places left, so that the till of the recording can sell on. */
async function lendMore(park: TodaysPark): Promise<void> {
  const { grantLease } = await import('../simulation/headquarters.ts');
  const deps = park.server.deps();
  if (deps === null) throw new Error('the server is up');
  const places = { node: nodeOf('till-1') as Parameters<typeof grantLease>[1]['node'], epoch: 1 };
  expect(await grantLease(deps, places, { places: 5, lastsMs: null })).not.toBe('refused');
}

describe.each([
  { server: 'the server of today', facade: null },
  { server: 'a server that speaks version 1', facade: v1Facade },
])('a kiosk of today on the data of version 1, with $server', ({ facade }) => {
  let park: TodaysPark;
  afterEach(() => park.close());

  it('migrates, delivers what was pending, sells on, scans, and folds to the same state as the server', {
    timeout: 180_000,
  }, async () => {
    const old = facade?.() ?? null;
    park = await openTodaysPark(old?.facade);
    const till = await park.kiosk('till-1', 'till');
    const gate = await park.kiosk('gate-1', 'gate');
    const kiosks = [till, gate];
    const areLevel = async () => (await Promise.all(kiosks.map((kiosk) => isLevel(park, kiosk)))).every(Boolean);
    await park.until('what was pending is delivered', areLevel);
    for (const kiosk of kiosks) {
      const disk = readKioskDisk(kiosk.databasePath(), false);
      expect(disk.acknowledged).toBeGreaterThanOrEqual(pending[kiosk.name]?.own ?? Number.NaN);
      expect(disk).toMatchObject({ stopped: null, held: 0, putAside: [] });
    }

    await lendMore(park);
    await park.until('the till knows of its lease', areLevel);
    const saleId = await sellOne(till);
    await park.until('the sale is at the server', areLevel);
    await told(gate.call((api) => api.logIn({ staffId: 'guard', pin })));
    const code = codes.at(-1)?.code ?? '';
    const scanned = await told(gate.call((api) => api.scan({ text: code, source: 'camera' })));
    expect(scanned).toMatchObject({ ok: true });
    await park.pass(15_000);
    await park.until('the scan is at the server', areLevel);

    const known = (await readServerDisk(park.database)).rows('sales').map((row) => row['sale_id']);
    const earlier = sales.filter(({ kiosk }) => kiosk === 'till-1').map((sale) => sale.saleId);
    expect(known).toEqual(expect.arrayContaining([saleId, ...earlier]));
    expect((await told(till.call((api) => api.getStatus()))).sync.state).toBe('synced');
    await expectSameState(park, kiosks);
    expectSpokenAsV1(old);
  });
});

/** Nothing that a server of version 1 does not know, and all that it does. */
function expectSpokenAsV1(old: ReturnType<typeof v1Facade> | null): void {
  if (old === null) return;
  expect(old.misunderstood).toEqual([]);
  for (const route of ['POST /sync/token', 'GET /sync/state', 'POST /sync/push', 'GET /sync/pull']) {
    expect(old.served).toContain(`${route} 200`);
  }
  expect(old.served).toContain('POST /sync/telemetry 200');
}
