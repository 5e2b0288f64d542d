import type { HqNow } from '@skygate/shared/hq-api/now';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted, connectToKiosk } from '../demo/kiosk-client.ts';
import type { Program } from '../demo/program.ts';
import { until } from '../demo/until.ts';
import { startBrowser } from './browser.ts';
import {
  asStaff,
  button,
  logInAtKiosk,
  openPage,
  openShift,
  personNamed,
  sampleNamed,
  scanAt,
  sellFamily,
  startDemo,
  type TestDemo,
} from './screens.ts';

// Power cuts: each program is killed without a goodbye at its worst moment. What a screen has shown holds after it, and
// nothing is counted twice at HQ.

const PORT_BASE = 5420;
const FAMILY_MINOR = 125_000;

let running: TestDemo;
let browser: Browser;
let till: string;
let gate: string;
/** Killed and started again in the last test; the demo itself never starts it twice. */
let secondServer: Program | null = null;

beforeAll(async () => {
  running = await startDemo(PORT_BASE);
  till = running.demo.till.openUrl;
  gate = running.demo.gate.openUrl;
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await secondServer?.stop();
  await running?.stop();
});

const hqNow = () => running.demo.hq.get<HqNow>('/now');
const salesAtHq = async () => (await hqNow()).totals.sales;

describe('the power goes', () => {
  it('at the till, with the receipt on the screen and the network down: the sale is kept, and told to HQ once', async () => {
    const { demo } = running;
    await demo.cable.unplug();
    const before = await openPage(browser, till);
    await logInAtKiosk(before, 'aigul');
    await openShift(before);
    const code = await sellFamily(before);
    await demo.till.program.kill();
    await before.context().close();

    till = (await demo.restart('till')).openUrl;
    // The cashier goes on where the power left her: logged in, her shift open.
    const after = await openPage(browser, till);
    await button(after, 'Sales').tap();
    const rows = after.locator('button.sale-row');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(1);
    await rows.first().tap();
    await after.locator('.ticket-pages svg.ticket-code').waitFor();
    expect(await after.locator('.ticket-pages svg.ticket-code').getAttribute('data-code')).toBe(code);

    await demo.cable.plug();
    await button(after, 'synced').waitFor();
    await until('the sale to reach HQ', async () => (await salesAtHq()).length > 0);
    expect(await salesAtHq()).toEqual([{ currency: 'KGS', amountMinor: FAMILY_MINOR, count: 1 }]);
    await after.context().close();

    await asStaff(gate, 'nurlan', async (api) => {
      expect(accepted('scan', await api.scan({ text: code, source: 'typed' })).verdict).toBe('admit');
      expect(accepted('scan', await api.scan({ text: code, source: 'typed' })).reasons).toEqual(['already_admitted']);
    });
    // The used sample and the family.
    await until('the family’s admission to reach HQ', async () => (await hqNow()).totals.admittedToday >= 5);
    expect((await hqNow()).totals.admittedToday).toBe(5);
  });

  it('at the gate, right after the green: the guest stays admitted, and a second scan is refused', async () => {
    const { demo } = running;
    const { admittedToday } = (await hqNow()).totals;
    await demo.cable.unplug();
    const code = sampleNamed(demo, 'valid, adult');
    const before = await openPage(browser, gate);
    await logInAtKiosk(before, 'nurlan');
    await before.getByTestId('inside').waitFor();
    await scanAt(before, code);
    await before.locator('[data-verdict=admit]').waitFor();
    await demo.gate.program.kill();
    await before.context().close();

    gate = (await demo.restart('gate')).openUrl;
    const after = await openPage(browser, gate);
    await after.getByTestId('inside').waitFor();
    await scanAt(after, code);
    await after.locator('[data-verdict=refuse]').waitFor();
    expect(await after.locator('[data-verdict=refuse]').textContent()).toMatch(/Already used/);

    await demo.cable.plug();
    await button(after, 'synced').waitFor();
    await after.context().close();
    await until('the admission to reach HQ', async () => (await hqNow()).totals.admittedToday > admittedToday);
    expect((await hqNow()).totals.admittedToday).toBe(admittedToday + 1);
  });

  it('at the server, again and again while kiosks push: in the end both sides have the same sums', async () => {
    const { demo } = running;
    await demo.cable.plug();
    const [tillKiosk, gateKiosk] = [await connectToKiosk(till), await connectToKiosk(gate)];
    const logIn = async (kiosk: typeof tillKiosk, staffId: 'aigul' | 'nurlan') =>
      accepted('log in', await kiosk.api.logIn({ staffId, pin: personNamed(staffId).pin }));
    await logIn(tillKiosk, 'aigul');
    await logIn(gateKiosk, 'nurlan');
    const hasToldAll = (kiosk: typeof tillKiosk) => async () => {
      const { sync } = await kiosk.api.getStatus();
      return sync.state === 'synced' && sync.waiting === 0;
    };
    for (const kiosk of [tillKiosk, gateKiosk]) await until('a kiosk to have told all so far', hasToldAll(kiosk));
    const { sales, admittedToday } = (await hqNow()).totals;
    const before = sales[0] ?? { amountMinor: 0, count: 0 };
    const date = (await tillKiosk.api.getStatus()).businessDate ?? '';
    const line = { productId: 'day-ticket', unitId: 'adult', quantity: 1, date, slot: 'day' };
    const guests = demo.presold.slice(20, 80);
    let sold = 0;
    let admitted = 0;
    const work = async () => {
      for (const [turn, text] of guests.entries()) {
        const sale = { commandId: `crash-${String(turn).padStart(10, '0')}`, lines: [line] };
        const money = { tenderedMinor: 50_000, expectedTotalMinor: 50_000 };
        accepted('sell', await tillKiosk.api.completeSale({ ...sale, ...money }));
        sold += 1;
        const seen = accepted('scan', await gateKiosk.api.scan({ text, source: 'typed' }));
        expect(seen.verdict).toBe('admit');
        admitted += 1;
        await tillKiosk.api.testContact();
      }
    };
    const killServer = async () => {
      for (const after of [10, 25, 40]) {
        await until(`${after} sales`, () => sold >= after, { everyMs: 5 });
        await (secondServer ?? demo.server).kill();
        secondServer = demo.restartServer();
      }
    };
    await Promise.all([work(), killServer()]);
    expect([sold, admitted]).toEqual([guests.length, guests.length]);
    for (const kiosk of [tillKiosk, gateKiosk]) {
      // It may be in a backoff of half a minute (S5).
      await until('a kiosk to have told all', hasToldAll(kiosk), { timeoutMs: 120_000 });
      kiosk.close();
    }
    const now = await until('HQ to have counted all', async () => {
      const told = await hqNow().catch(() => null);
      return told?.totals.sales[0]?.count === before.count + sold && told;
    });
    const amountMinor = before.amountMinor + sold * 50_000;
    expect(now.totals.sales).toEqual([{ currency: 'KGS', amountMinor, count: before.count + sold }]);
    expect(now.totals.admittedToday).toBe(admittedToday + admitted);
    expect(now.parks.map(({ quarantined }) => quarantined)).toEqual([0, 0]);
  }, 300_000);
});
