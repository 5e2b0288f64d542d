// `npm run screenshots`: the README's pictures, taken of a demo that is really running. English, for README's readers.
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { OpenCasesAnswer } from '@skygate/shared/hq-api/cases';
import type { KiosksAnswer, NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import type { HqNow } from '@skygate/shared/hq-api/now';
import type { Browser, Page } from 'playwright-core';
import { buildWeb } from '../../.ci/build-web.ts';
import { startBrowser } from '../end-to-end/browser.ts';
import { typeAsScanner } from '../end-to-end/hand-scanner.ts';
import { addKiosk, type ExtraKiosk } from '../end-to-end/more-kiosks.ts';
import { writeRoomVideo } from '../end-to-end/qr-video.ts';
import { demoPorts, zoneInTheMorning } from './demo-config.ts';
import { DEMO_HQ_USER } from './demo-park.ts';
import { accepted, connectToKiosk } from './kiosk-client.ts';
import { type Program, startProgram } from './program.ts';
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
let gate2: ExtraKiosk | null = null;
try {
  await workADay(demo);
  gate2 = await addKiosk({ demo, folder }, { name: 'Вход 2', role: 'gate', gateId: 'gate-2', port: 5330 });
  await letInTwice(demo, gate2);
  const browser = await startBrowser({ cameraVideo: emptyRoomVideo() });
  await takeGate(browser, demo);
  await takeTill(browser, demo);
  await takeHq(browser, demo);
  await takeStopped(browser, demo, gate2);
  await browser.close();
} finally {
  await gate2?.stop();
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

/** A family's ticket, sold at the till, at two gates that cannot hear each other: what HQ's cases are about. */
async function letInTwice({ gate, till, cable, hq }: Demo, other: ExtraKiosk): Promise<void> {
  const ticket = await sellFamily(till.openUrl);
  await until('the sale to reach HQ', async () => (await hq.get<HqNow>('/now')).totals.sales.length > 0);
  await Promise.all([cable.unplug(), other.cable.unplug()]);
  for (const url of [gate.openUrl, other.openUrl()]) {
    const kiosk = await connectToKiosk(url);
    accepted('log in', await kiosk.api.logIn({ staffId: 'nurlan', pin: '2222' }));
    accepted('scan', await kiosk.api.scan({ text: ticket, source: 'typed' }));
    kiosk.close();
  }
  await Promise.all([cable.plug(), other.cable.plug()]);
  await until('the case at HQ', async () =>
    (await hq.get<OpenCasesAnswer>('/cases/open')).parks.some(({ open }) => open > 0),
  );
}

/** @returns the ticket's code */
async function sellFamily(openUrl: string): Promise<string> {
  const till = await connectToKiosk(openUrl);
  const { date } = accepted('the catalogue', await till.api.getSaleCatalogue({ date: null }));
  const lines = [{ productId: 'day-ticket', unitId: 'family', quantity: 1, date, slot: 'day' }];
  const { totalMinor } = accepted('the price', await till.api.quoteSale({ lines }));
  const sale = { commandId: randomUUID(), lines, tenderedMinor: totalMinor, expectedTotalMinor: totalMinor };
  const { tickets } = accepted('the sale', await till.api.completeSale(sale));
  till.close();
  return tickets[0]?.code ?? '';
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
  await page.getByRole('button', { name: 'Places' }).click();
  await page
    .getByRole('dialog')
    .getByText(/ left$/)
    .first()
    .waitFor();
  await take(page, 'till-shares');
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
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
  await page.getByRole('link', { name: 'Cases' }).click();
  await page.getByRole('button', { name: /^Open the case/ }).click();
  await page.getByRole('table').first().waitFor();
  await take(page, 'hq-case');
  await page.close();
}

/** The second gate, once another machine has taken its place in the park: it stops, and its screen leads on. */
async function takeStopped(browser: Browser, { hq }: Demo, kiosk: ExtraKiosk): Promise<void> {
  const { kiosks } = await hq.get<KiosksAnswer>('/parks/ala-archa/kiosks');
  const node = kiosks.find(({ name }) => name === 'Вход 2')?.node;
  const page = await openPage(browser, kiosk.openUrl(), KIOSK_SIZE);
  await page.getByTestId('inside').waitFor();
  const { code } = await hq.post<NewKioskAnswer>(`/parks/ala-archa/kiosks/${node}/enrolments`, {});
  const spare = await startSpare(code, kiosk.cable.port);
  await page.getByRole('heading', { name: 'This kiosk has stopped' }).waitFor();
  await take(page, 'kiosk-stopped');
  await spare.stop();
  await page.close();
}

async function startSpare(code: string, cablePort: number): Promise<Program> {
  const program = startProgram({
    script: 'gate-app/src/headless.ts',
    args: ['--port', '5332', '--data', join(folder, 'spare')],
    logFile: join(folder, 'spare.log'),
  });
  const openUrl = await until('the spare kiosk to start', () => /"open":"([^"]+)"/.exec(program.output())?.[1], {
    timeoutMs: 60_000,
  });
  const kiosk = await connectToKiosk(openUrl);
  accepted('enrol', await kiosk.api.enrol({ serverUrl: `http://127.0.0.1:${cablePort}`, code }));
  kiosk.close();
  return program;
}
