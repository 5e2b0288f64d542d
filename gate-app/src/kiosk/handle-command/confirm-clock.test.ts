import { afterEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../../rpc-contract/status-view.ts';
import { openTestKiosk, PIN, type TestKiosk, TODAY, ticketCode } from '../testing/test-park.ts';

const NOON_MS = Date.parse('2026-11-21T06:00:00Z'); // 12:00 in Bishkek
const HOUR_MS = 3_600_000;

const granted = <Value>(reply: Reply<Value>): Value => {
  if (!reply.ok) throw new Error(`${reply.problem.code} ${JSON.stringify(reply.problem.data)}`);
  return reply.value;
};
const adult = { productId: 'day-ticket', unitId: 'adult', quantity: 1, date: TODAY, slot: 'day' };
const sale = (commandId: string) => ({
  commandId,
  lines: [adult],
  tenderedMinor: 50_000,
  expectedTotalMinor: 50_000,
});

describe('the time of a kiosk without a network', () => {
  let test: TestKiosk;
  const status = (): Promise<KioskStatus> => test.kiosk.api.getStatus();
  const logIn = async (staffId: string) => granted(await test.kiosk.api.logIn({ staffId, pin: PIN }));
  const enter = (date: string, time: string) => test.kiosk.api.confirmClock({ entered: { date, time } });

  afterEach(() => test.remove());

  it('H2: at none a dated ticket is provisional, and once a supervisor confirmed the time it is judged again', async () => {
    test = await openTestKiosk('gate');
    test.clock.jumpTo(0);
    await logIn('g1');
    const scan = async () => granted(await test.kiosk.api.scan({ text: ticketCode(), source: 'camera' }));
    expect(await scan()).toMatchObject({ verdict: 'provisional' });
    expect(await enter(TODAY, '12:00')).toMatchObject({ problem: { code: 'not_permitted' } });
    await logIn('s1');
    granted(await enter('2026-11-23', '12:00'));
    expect(await status()).toMatchObject({ clock: { trust: 'supervisor' }, businessDate: '2026-11-23' });
    await logIn('g1');
    expect(await scan()).toMatchObject({ verdict: 'refuse', reasons: expect.arrayContaining(['expired']) });
  });

  it('H2: at none a till sells nothing, as every product is dated; confirmed it sells, and a restart keeps that', async () => {
    test = await openTestKiosk('till');
    test.clock.jumpTo(HOUR_MS);
    await logIn('s1');
    granted(await test.kiosk.api.openShift({ floatMinor: 0, denominations: [] }));
    expect((await status()).clock.trust).toBe('none');
    expect(await test.kiosk.api.completeSale(sale('command-1'))).toMatchObject({
      problem: { code: 'clock_untrusted' },
    });
    granted(await enter(TODAY, '12:00'));
    // Whoever confirmed it stays logged in on the day that it turned out to be.
    expect(await status()).toMatchObject({ staff: { staffId: 's1' }, businessDate: TODAY });
    const receipt = granted(await test.kiosk.api.completeSale(sale('command-1')));
    expect(receipt.atMs).toBe(NOON_MS + 30_000);
    test.clock.advance(60_000);
    test = await test.restart();
    expect(await status()).toMatchObject({ clock: { trust: 'supervisor' }, nowMs: NOON_MS + 90_000 });
    expect(granted(await test.kiosk.api.completeSale(sale('command-2'))).atMs).toBe(NOON_MS + 90_000);
  });

  it('H2: a battery that died again asks again', async () => {
    test = await openTestKiosk('till');
    test.clock.jumpTo(HOUR_MS);
    await logIn('s1');
    granted(await enter(TODAY, '12:00'));
    test.clock.jumpTo(0);
    test = await test.restart();
    expect((await status()).clock.trust).toBe('none');
  });

  it('H2: a clock set back across the cut-off is none, and makes today no yesterday again', async () => {
    test = await openTestKiosk('gate');
    await logIn('s1');
    granted(await enter('2026-11-22', '04:01'));
    expect((await status()).businessDate).toBe('2026-11-22');
    test.clock.jumpTo(test.clock.nowMs() - 10 * 60_000);
    expect(await status()).toMatchObject({ clock: { trust: 'none' } });
  });

  it('H2: a leap day is a business day, and ends at its cut-off', async () => {
    test = await openTestKiosk('gate');
    await logIn('s1');
    granted(await enter('2028-02-29', '23:59'));
    expect((await status()).businessDate).toBe('2028-02-29');
    test.clock.advance(4 * HOUR_MS);
    expect((await status()).businessDate).toBe('2028-02-29');
    test.clock.advance(60_000);
    expect((await status()).businessDate).toBe('2028-03-01');
  });

  it('H2: refuses what is no time, and changes nothing', async () => {
    test = await openTestKiosk('gate');
    await logIn('s1');
    for (const [date, time] of [
      ['2026-02-30', '12:00'],
      ['2026-11-21', '24:00'],
      ['1900-01-01', '12:00'],
    ] as const) {
      expect(await enter(date, time)).toMatchObject({ problem: { code: 'bad_input' } });
    }
    expect(await status()).toMatchObject({ clock: { trust: 'rtc' }, sync: { waiting: 0 } });
  });
});
