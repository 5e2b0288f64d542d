import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KioskApi } from '@skygate/gate-app/rpc-contract/kiosk-api';
import { layPglite } from '@skygate/sync-server/db/testing/test-pglite';
import jsQr from 'jsqr';
import type { Browser, Locator, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { buildWeb } from '../../.ci/build-web.ts';
import { demoPorts, zoneInTheMorning } from '../demo/demo-config.ts';
import { DEMO_HQ_USER, DEMO_STAFF } from '../demo/demo-park.ts';
import { accepted, connectToKiosk, type KioskClient } from '../demo/kiosk-client.ts';
import { type Demo, runDemo } from '../demo/run-demo.ts';
import { until } from '../demo/until.ts';

/** A kiosk whose network comes back may wait half a minute before it asks again (S5), and then has things to do. */
export const PATIENCE_MS = 60_000;

export const KIOSK_SIZE = { width: 1280, height: 800 } as const;
export const HQ_SIZE = { width: 1920, height: 1080 } as const;
export type Size = { readonly width: number; readonly height: number };
type StaffId = (typeof DEMO_STAFF)[number]['staffId'];

export const personNamed = (staffId: StaffId) => {
  const person = DEMO_STAFF.find((member) => member.staffId === staffId);
  if (!person) throw new Error(`the demo has no ${staffId}`);
  return person;
};

export interface TestDemo {
  readonly demo: Demo;
  readonly folder: string;
  /** Where its parks stand. */
  readonly timeZone: string;
  stop(): Promise<void>;
}

/** A demo of its own for one test file, with everything HQ knows already at its kiosks: the cable may be pulled. */
export async function startDemo(portBase: number): Promise<TestDemo> {
  buildWeb();
  const folder = mkdtempSync(join(tmpdir(), 'skygate-e2e-'));
  const timeZone = zoneInTheMorning(Date.now());
  const dataFolder = join(folder, 'demo');
  await layPglite(join(dataFolder, 'server'));
  const demo = await runDemo({ dataFolder, fresh: false, ports: demoPorts(portBase), timeZone });
  const stop = async () => {
    await demo.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  await kiosksAreUpToDate(demo).catch(async (error) => {
    await stop();
    throw error;
  });
  return { demo, folder, timeZone, stop };
}

/** The last things HQ said before the test: a ticket voided, and the till's share of today and tomorrow. */
async function kiosksAreUpToDate(demo: Demo): Promise<void> {
  await asStaff(demo.gate.openUrl, 'nurlan', async (api) => {
    const voided = sampleNamed(demo, 'voided');
    await until('the gate to know of the voided ticket', async () =>
      accepted('scan', await api.scan({ text: voided, source: 'typed' })).reasons.includes('voided'),
    );
  });
  await asStaff(demo.till.openUrl, 'aigul', (api) =>
    until('the till to have its share', async () => {
      const sold = accepted('catalogue', await api.getSaleCatalogue({ date: null }));
      return sold.dates.slice(0, 2).every(({ left }) => left !== null && left > 0);
    }),
  );
}

/** Does something at a kiosk as somebody, by its rpc, and logs out. */
export async function asStaff<Value>(
  openUrl: string,
  staffId: StaffId,
  work: (api: KioskApi, kiosk: KioskClient) => Promise<Value>,
): Promise<Value> {
  const kiosk = await connectToKiosk(openUrl);
  try {
    await until(`${staffId} to be known`, async () =>
      (await kiosk.api.listStaff()).some((member) => member.staffId === staffId),
    );
    accepted('log in', await kiosk.api.logIn({ staffId, pin: personNamed(staffId).pin }));
    const value = await work(kiosk.api, kiosk);
    accepted('log out', await kiosk.api.logOut());
    return value;
  } finally {
    kiosk.close();
  }
}

export function sampleNamed(demo: Demo, name: string): string {
  const sample = demo.samples.find((candidate) => candidate.name === name);
  if (!sample) throw new Error(`the demo has no sample "${name}"`);
  return sample.code;
}

export interface OpenOptions {
  readonly size?: Size;
  readonly language?: 'ru' | 'ky' | 'en';
}

/** A page as a person has it: a touch screen in one language, with a context of its own. */
export async function openPage(browser: Browser, url: string, options: OpenOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: options.size ?? KIOSK_SIZE,
    hasTouch: true,
    // Pictures and figures are looked at, not the way they fade in.
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  const language = options.language ?? 'en';
  await page.evaluate((chosen) => window.localStorage.setItem('skygate.language', chosen), language);
  await page.reload();
  return page;
}

export const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name }).first();

/** A person logs in at a kiosk's screen: tile, PIN on the pad, Log in. */
export async function logInAtKiosk(
  page: Page,
  staffId: StaffId,
  pin: string = personNamed(staffId).pin,
): Promise<void> {
  await page
    .locator('button.login-tile')
    .filter({ hasText: personNamed(staffId).name })
    .tap();
  await typeOnPad(page, pin);
  await button(page, 'Log in').tap();
}

export async function typeOnPad(page: Page, digits: string): Promise<void> {
  const pad = page.getByRole('group', { name: 'Number pad' });
  for (const digit of digits) await pad.getByRole('button', { name: digit, exact: true }).tap();
}

/** Opens a shift with a float of five thousand: five notes of a thousand. */
export async function openShift(page: Page): Promise<void> {
  await button(page, /^1.000/).tap();
  await typeOnPad(page, '5');
  await button(page, 'Open the shift').tap();
  await tile(page, 'Family').waitFor();
}

export const tile = (page: Page, name: string): Locator =>
  page.locator('button.tile').filter({ has: page.getByText(name, { exact: true }) });

/**
 * A hand scanner's burst with its Enter. The keys go off within the page, in one go, and bear the times of a scanner's:
 * what tells a scanner from a person is the time between keys, which no busy machine may stretch here. (Keys from outside:
 * see scanner.test.ts.)
 */
export const scanAt = (page: Page, text: string): Promise<void> =>
  page.evaluate((code) => {
    const keys = [...code, 'Enter'];
    const endsAtMs = performance.now();
    for (const [turn, key] of keys.entries()) {
      for (const type of ['keydown', 'keyup']) {
        const event = new KeyboardEvent(type, { key, bubbles: true, cancelable: true });
        Object.defineProperty(event, 'timeStamp', { value: endsAtMs - (keys.length - turn) });
        (document.activeElement ?? document.body).dispatchEvent(event);
      }
    }
  }, text);

/** What a person reads there; the spaces that hold figures together count as spaces. */
export const wordsOf = async (place: Locator): Promise<string> =>
  ((await place.textContent()) ?? '').replace(/\s+/g, ' ').trim();

/** The next guest: the till's screen as it is between two sales. */
export async function nextGuest(page: Page): Promise<void> {
  await button(page, /^Next guest/).tap();
  await tile(page, 'Family').waitFor();
}

/** Sells one family ticket for exact cash. @returns its code, as the QR on the screen has it */
export async function sellFamily(page: Page): Promise<string> {
  await tile(page, 'Family').tap();
  await button(page, /^Pay/).tap();
  await button(page, 'Exact').tap();
  return readQr(page);
}

/** Reads the ticket's QR off the till's screen, from its pixels, as a guest's phone would. */
export async function readQr(page: Page): Promise<string> {
  const picture = PNG.sync.read(await page.locator('.ticket-pages svg.ticket-code').screenshot());
  // A CommonJS module: its types put the function under `default`, Node does not.
  const decode = jsQr as unknown as typeof jsQr.default;
  const read = decode(new Uint8ClampedArray(picture.data), picture.width, picture.height);
  if (!read) throw new Error('the QR on the screen cannot be read');
  return read.data;
}

/** HQ in a page of its own, through its log-in form. */
export async function openHq(browser: Browser, demo: Demo, options: OpenOptions = {}): Promise<Page> {
  const page = await openPage(browser, demo.serverUrl, { size: HQ_SIZE, ...options });
  await page.locator('input[type=email]').fill(DEMO_HQ_USER.email);
  await page.locator('input[type=password]').fill(DEMO_HQ_USER.password);
  await page.locator('button[type=submit]').click();
  await page.locator('.page-title').waitFor();
  return page;
}

/** One of the four large figures of HQ's page Now. */
export const hqFigure = (page: Page, label: string): Locator =>
  page.locator('.totals .card').filter({ hasText: label }).locator('.total-figure');
