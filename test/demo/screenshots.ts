// `npm run screenshots`: the README's pictures, taken of a demo that is really running. English, for README's readers.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { HqNow } from '@skygate/shared/hq-api/now';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../.ci/build-web.ts';
import { startBrowser } from '../end-to-end/browser.ts';
import { typeAsScanner } from '../end-to-end/hand-scanner.ts';
import { writeRoomVideo } from '../end-to-end/qr-video.ts';
import { demoPorts, zoneInTheMorning } from './demo-config.ts';
import { DEMO_HQ_USER } from './demo-park.ts';
import { accepted, connectToKiosk } from './kiosk-client.ts';
import { type Demo, runDemo } from './run-demo.ts';
import { until } from './until.ts';

const TARGET = resolve(import.meta.dirname, '../../docs/screenshots');
const KIOSK_SIZE = { width: 1280, height: 800 };
const HQ_SIZE = { width: 1920, height: 1080 };
/** Guests let in before the pictures, so that the screens look like a working day. */
const GUESTS = 140;

const folder = mkdtempSync(join(tmpdir(), 'skygate-screenshots-'));
mkdirSync(TARGET, { recursive: true });
buildWeb();
const timeZone = zoneInTheMorning(Date.now());
const demo = await runDemo({ dataFolder: join(folder, 'demo'), fresh: true, ports: demoPorts(5300), timeZone });
try {
  await workADay(demo);
  const browser = await startBrowser({ cameraVideo: emptyRoomVideo() });
  await takeGate(browser, demo);
  await takeTill(browser, demo);
  await takeHq(browser, demo);
  await browser.close();
} finally {
  await demo.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function workADay({ gate, till, presold }: Demo): Promise<void> {
  const [gateKiosk, tillKiosk] = [await connectToKiosk(gate.openUrl), await connectToKiosk(till.openUrl)];
  accepted('log in', await gateKiosk.api.logIn({ staffId: 'nurlan', pin: '2222' }));
  for (const code of presold.slice(20, 20 + GUESTS)) await gateKiosk.api.scan({ text: code, source: 'typed' });
  accepted('log in', await tillKiosk.api.logIn({ staffId: 'aigul', pin: '1111' }));
  accepted(
    'open the shift',
    await tillKiosk.api.openShift({ floatMinor: 500_000, denominations: [{ valueMinor: 100_000, count: 5 }] }),
  );
  gateKiosk.close();
  tillKiosk.close();
}

async function openPage(browser: Browser, url: string, viewport: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport });
  await page.addInitScript(() => {
    window.localStorage.setItem('skygate.language', 'en');
  });
  await page.goto(url);
  return page;
}

async function take(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(TARGET, `${name}.png`), animations: 'disabled' });
  console.log(`docs/screenshots/${name}.png`);
}

/** What the gate's camera sees between guests. */
function emptyRoomVideo(): string {
  const file = join(folder, 'camera.y4m');
  writeRoomVideo(file);
  return file;
}

async function takeGate(browser: Browser, { gate, samples }: Demo): Promise<void> {
  const page = await openPage(browser, gate.openUrl, KIOSK_SIZE);
  await page.getByTestId('inside').waitFor();
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0);
  await take(page, 'gate-idle');
  const scenes = [
    ['valid, family', 'gate-admit'],
    ['valid, child under 3', 'gate-attention'],
    ['used', 'gate-refuse'],
  ] as const;
  for (const [sample, picture] of scenes) {
    await typeAsScanner(page, samples.find(({ name }) => name === sample)?.code ?? '');
    await page.locator('[data-verdict]').waitFor();
    await take(page, picture);
    await page.locator('[data-verdict]').waitFor({ state: 'detached' });
  }
  await page.close();
}

async function takeTill(browser: Browser, { till }: Demo): Promise<void> {
  const page = await openPage(browser, till.openUrl, KIOSK_SIZE);
  await page
    .getByRole('button', { name: /Family/ })
    .first()
    .click();
  await page.getByRole('button', { name: /Adult/ }).first().click();
  await page
    .getByRole('button', { name: /under 3/ })
    .first()
    .click();
  await take(page, 'till-sale');
  await page.getByRole('button', { name: /^Pay/ }).click();
  await page.getByRole('button', { name: /2.000/ }).first().click();
  await page.getByTestId('change').waitFor();
  await take(page, 'till-paid');
  await page.close();
}

async function takeHq(browser: Browser, { serverUrl, hq }: Demo): Promise<void> {
  const page = await openPage(browser, serverUrl, HQ_SIZE);
  await page.locator('input').nth(0).fill(DEMO_HQ_USER.email);
  await page.locator('input').nth(1).fill(DEMO_HQ_USER.password);
  await page.keyboard.press('Enter');
  await until('the sale to reach HQ', async () => (await hq.get<HqNow>('/now')).totals.sales.length > 0);
  await page.getByText('Ala-Archa').first().waitFor();
  await take(page, 'hq-now');
  await page.close();
}
