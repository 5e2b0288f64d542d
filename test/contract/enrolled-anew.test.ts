import { beforeEach, describe, expect, it } from 'vitest';
import { codeFor, grantLease } from '../simulation/headquarters.ts';
import { readIncarnation } from '../simulation/inspect.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

describe('a till that is enrolled anew in the middle of a shift', { timeout: 240_000 }, () => {
  const openPark = parkPerTest();
  let park: RunningPark;
  let till: KioskHost;

  beforeEach(async () => {
    park = await openPark();
    till = await park.kiosk('till-1', 'till');
    await lend(1);
    await park.logIn(till, 'cashier');
    expect(await cashierAt(park, till).openShift()).toMatchObject({ ok: true });
    await park.until('it has places', async () => (await cashierAt(park, till).quote()).ok);
  });

  const status = () => park.call(till, (api) => api.getStatus());
  const isSent = () => park.until('all is sent', async () => (await status()).sync.state === 'synced');
  async function lend(epoch: number): Promise<void> {
    const node = await park.nodeOf(till);
    await park.hq((deps) => grantLease(deps, { node, epoch }, { places: 40, lastsMs: null }));
  }
  const sell = async (): Promise<string> => {
    const sold = await cashierAt(park, till).sell();
    if (!sold.ok) throw new Error(`not sold: ${sold.problem.code}`);
    return sold.value.number;
  };

  it('E6, M1: goes on with the same drawer, and no two of its receipts have one number', async () => {
    const numbers = [await sell(), await sell()];
    await isSent();
    const image = till.takeImage() as string;
    numbers.push(await sell());
    await isSent();
    till.restoreImage(image);
    await park.until('it has stopped', async () => till.isUp() && (await status()).stop !== null);
    const node = await park.nodeOf(till);
    await park.logIn(till, 'chief');
    await park.enrol(till, await park.hq((deps) => codeFor(deps, 'till-1', 'till', node)));
    await lend(readIncarnation(till.databasePath())?.epoch ?? 0);
    await isSent();
    await park.logIn(till, 'cashier');
    expect((await status()).shift).toMatchObject({ number: 1, salesCount: 3 });
    await park.until('it has places', async () => (await cashierAt(park, till).quote()).ok);
    numbers.push(await sell());
    expect(numbers).toEqual(['1-0001', '1-0002', '1-0003', '1-0004']);
    const listed = await park.call(till, (api) => api.listSales());
    expect(listed).toMatchObject({ ok: true });
    const receipts = listed.ok ? listed.value : [];
    expect(receipts.map(({ number }) => number)).toEqual(numbers.toReversed());
    for (const { tickets } of receipts) expect(tickets).toHaveLength(1);
    const closed = await park.call(till, (api) =>
      api.closeShift({ denominations: [], reason: 'counted by the chief' }),
    );
    expect(closed).toMatchObject({ ok: true, value: { shift: { salesCount: 4 } } });
    expect(await cashierAt(park, till).openShift()).toMatchObject({ ok: true });
    expect((await status()).shift).toMatchObject({ number: 2 });
  });
});
