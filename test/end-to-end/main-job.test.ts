import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';
import { writeQrVideo } from './qr-video.ts';
import {
  button,
  hqFigure,
  logInAtKiosk,
  nextGuest,
  openHq,
  openPage,
  openShift,
  readQr,
  scanAt,
  sellFamily,
  startDemo,
  type TestDemo,
  tile,
  wordsOf,
} from './screens.ts';

// What Skygate is for, through the real screens of real processes: a family is sold a ticket and let in while the
// network is down, a copy of the ticket is refused, and HQ sees it all once the network is back.

let running: TestDemo;
let browser: Browser;
let till: Page;
let gate: Page;
let hq: Page;
let code: string;

beforeAll(async () => {
  running = await startDemo(5400);
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

const verdict = (page: Page, kind: string) => page.locator(`[data-verdict=${kind}]`);

describe('a family comes while the network is down', () => {
  it('HQ is open on a wall before the network goes', async () => {
    hq = await openHq(browser, running.demo);
    // The demo's one used ticket, an adult.
    await expect.poll(() => hqFigure(hq, 'Inside, all parks').textContent()).toMatch(/^1±/);
    expect(await wordsOf(hqFigure(hq, 'Sales today'))).toMatch(/^0( |$)/);
    await hq.evaluate(() => {
      document.title = 'not loaded again';
    });
  });

  it('the cashier logs in and opens a shift with the network unplugged', async () => {
    await running.demo.cable.unplug();
    till = await openPage(browser, running.demo.till.openUrl);
    await button(till, /^offline/).waitFor();
    await logInAtKiosk(till, 'aigul');
    await openShift(till);
    await button(till, /^offline/).waitFor();
  });

  it('six touches from the product to paid', async () => {
    const touches = await countTouches(till);
    await tile(till, 'Family').tap();
    await tile(till, 'Child under 3').tap();
    await button(till, 'One more: Child under 3').tap();
    expect(await till.getByTestId('total').textContent()).toMatch(/^1\D250/);
    await button(till, /^Pay/).tap();
    await button(till, 'Cash').tap();
    await button(till, 'Exact').tap();
    await till.locator('.ticket-pages svg.ticket-code').waitFor();
    expect(await touches()).toBe(6);
    expect(await till.getByTestId('change').textContent()).toBe('No change');
    expect(await till.locator('.ticket-pages').textContent()).toMatch(/Ticket 1 of 3/);
  });

  it('the QR on the screen is the ticket', async () => {
    code = await readQr(till);
    expect(code).toMatch(/^SG1:/);
    expect(await till.locator('.ticket-pages svg.ticket-code').getAttribute('data-code')).toBe(code);
  });

  it('the gate lets the family in, offline too', async () => {
    gate = await openPage(browser, running.demo.gate.openUrl);
    await button(gate, /^offline/).waitFor();
    await logInAtKiosk(gate, 'nurlan');
    await gate.getByTestId('inside').waitFor();
    await scanAt(gate, code);
    const words = await wordsOf(verdict(gate, 'admit'));
    expect(words).toMatch(/Welcome/);
    expect(words).toMatch(/Adult × 2/);
    expect(words).toMatch(/Child over 3 × 2/);
  });

  it('a second scan of the same ticket is refused with the reason', async () => {
    await verdict(gate, 'admit').waitFor({ state: 'detached' });
    await scanAt(gate, code);
    const words = await wordsOf(verdict(gate, 'refuse'));
    expect(words).toMatch(/Already used/);
    expect(words).toMatch(/Gate 1|Вход 1/);
    expect(words).toMatch(/today \d\d:\d\d/);
    expect(await wordsOf(hqFigure(hq, 'Sales today'))).toMatch(/^0( |$)/);
  });

  it('the network comes back, and HQ sees people and money without a reload', async () => {
    await running.demo.cable.plug();
    await expect.poll(() => hqFigure(hq, 'Sales today').textContent()).toMatch(/^1\D250/);
    await expect.poll(() => hqFigure(hq, 'Inside, all parks').textContent()).toMatch(/^5±/);
    expect(await hqFigure(hq, 'Admitted today').textContent()).toBe('5');
    expect(await hq.title()).toBe('not loaded again');
    await button(till, 'synced').waitFor();
    await button(gate, 'synced').waitFor();
  });
});

describe('a ticket held before the camera', () => {
  it('is read, let in, and refused when it is held up again', async () => {
    if (await button(till, /^Next guest/).isVisible()) await nextGuest(till);
    const printed = await sellFamily(till);
    const cameraVideo = join(running.folder, 'ticket.y4m');
    writeQrVideo(cameraVideo, printed);
    const withCamera = await startBrowser({ cameraVideo });
    try {
      const page = await openPage(withCamera, running.demo.gate.openUrl);
      expect(await wordsOf(verdict(page, 'admit'))).toMatch(/Adult × 2/);
      expect(await wordsOf(verdict(page, 'refuse'))).toMatch(/Already used/);
    } finally {
      await withCamera.close();
    }
  });
});

/** Counts fingers going down on the screen, from now on. */
async function countTouches(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const counted = window as unknown as { touches: number };
    counted.touches = 0;
    const count = () => {
      counted.touches += 1;
    };
    window.addEventListener('touchstart', count, { capture: true, passive: true });
  });
  return () => page.evaluate(() => (window as unknown as { touches: number }).touches);
}
