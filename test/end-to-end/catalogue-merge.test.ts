import type { HistoryAnswer } from '@skygate/shared/hq-api/catalogue';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accepted } from '../demo/kiosk-client.ts';
import { startBrowser } from './browser.ts';
import {
  asStaff,
  button,
  logInAtKiosk,
  openHq,
  openPage,
  PATIENCE_MS,
  startDemo,
  type TestDemo,
  typeOnPad,
  wordsOf,
} from './screens.ts';

// Two people edit one product at the same time, one of them without a network: both edits hold, and both stand in the
// history of both places.

let running: TestDemo;
let browser: Browser;
let kiosk: Page;
let hq: Page;

beforeAll(async () => {
  running = await startDemo(5440);
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

const PRODUCT = 'Day ticket';
const RENAMED = 'Mountain day';
const product = (page: Page, name: string) => page.locator('section.card').filter({ hasText: name }).first();

describe('a price is edited at the park and a name at HQ, at the same time', () => {
  it('the supervisor changes the price on the kiosk with the network unplugged', async () => {
    await running.demo.cable.unplug();
    kiosk = await openPage(browser, running.demo.till.openUrl);
    await logInAtKiosk(kiosk, 'gulnara');
    await openCatalogue(kiosk);
    await button(kiosk, PRODUCT).tap();
    await button(kiosk, /^Adult/).tap();
    await typeOnPad(kiosk, '560');
    await button(kiosk, 'Save').tap();
    await expect.poll(() => wordsOf(kiosk.locator('.catalogue-price').first()), POLL).toBe('Adult560 som');
  });

  it('HQ changes the name meanwhile, knowing nothing of the price', async () => {
    hq = await openHq(browser, running.demo);
    await hq.getByRole('link', { name: 'Catalogue' }).click();
    const card = product(hq, PRODUCT);
    await card.getByRole('button', { name: 'Name in three languages' }).click();
    await hq.getByLabel('English').fill(RENAMED);
    await hq.getByRole('button', { name: 'Save' }).click();
    await product(hq, RENAMED).waitFor();
    expect(await priceAtHq()).toBe('Adult: Usual price: 500');
  });

  it('with the network back, both hold at HQ', async () => {
    await running.demo.cable.plug();
    await button(kiosk, 'synced').waitFor();
    await expect
      .poll(async () => {
        await hq.reload();
        await product(hq, RENAMED).waitFor();
        return priceAtHq();
      }, POLL)
      .toBe('Adult: Usual price: 560');
  });

  it('and at the park', async () => {
    await expect
      .poll(async () => {
        await kiosk.reload();
        await openCatalogue(kiosk);
        return button(kiosk, RENAMED).isVisible();
      }, POLL)
      .toBe(true);
    await button(kiosk, RENAMED).tap();
    expect(await wordsOf(kiosk.locator('.catalogue-price').first())).toBe('Adult560 som');
    await asStaff(running.demo.gate.openUrl, 'gulnara', async (api) => {
      await expect
        .poll(async () => {
          const edited = accepted('products', await api.listEditableProducts())[0];
          return [edited?.name.en, edited?.units[0]?.priceMinor];
        }, POLL)
        .toEqual([RENAMED, 56_000]);
    });
  });

  it('both edits stand in the history at the park', async () => {
    await button(kiosk, 'History of edits').tap();
    const edits = kiosk.locator('.edits li');
    await edits.nth(1).waitFor();
    const lines = [await wordsOf(edits.nth(0)), await wordsOf(edits.nth(1))].join('\n');
    expect(lines).toMatch(/Гүлнара Токтогулова · Касса 1[^\n]*Adult · Price: 500.som → 560.som/);
    expect(lines).toMatch(/HQ[^\n]*Name, English: Day ticket → Mountain day/);
  });

  it('and at HQ, marked as made at the same time', async () => {
    await product(hq, RENAMED).getByRole('button', { name: 'History' }).click();
    const entries = hq.getByRole('dialog').locator('article');
    await entries.nth(1).waitFor();
    const lines = [await wordsOf(entries.nth(0)), await wordsOf(entries.nth(1))].join('\n');
    expect(lines).toMatch(/Гүлнара Токтогулова[^\n]*at kiosk “Касса 1”[^\n]*at the same time[^\n]*500 som ?560 som/);
    expect(lines).toMatch(/at HQ[^\n]*at the same time[^\n]*Day ticketMountain day/);
    const history = await running.demo.hq.get<HistoryAnswer>('/parks/ala-archa/catalogue/history');
    expect(history.waiting).toBe(0);
    expect(history.entries.slice(0, 2).every(({ changes }) => changes.every(({ holds }) => holds))).toBe(true);
  });
});

const POLL = { timeout: PATIENCE_MS };

async function openCatalogue(page: Page): Promise<void> {
  await button(page, /^ГТ: /).tap();
  await button(page, 'Names and prices').tap();
}

const priceAtHq = (): Promise<string> =>
  wordsOf(product(hq, RENAMED).locator('.price-button').filter({ hasText: 'Adult: Usual price' }));
