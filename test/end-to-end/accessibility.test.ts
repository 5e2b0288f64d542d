import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';
import { axeFindings, flawsOfKiosk, sticksOut } from './screen-flaws.ts';
import {
  button,
  HQ_SIZE,
  logInAtKiosk,
  openHq,
  openPage,
  openShift,
  sampleNamed,
  scanAt,
  startDemo,
  type TestDemo,
  tile,
} from './screens.ts';

// Every screen a person can reach: no serious finding of axe, nothing that scrolls or sticks out at the sizes kiosks
// have, and targets that a wet thumb hits.

let running: TestDemo;
let browser: Browser;

beforeAll(async () => {
  running = await startDemo(5480);
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

describe('the till', () => {
  let page: Page;
  const screen = (name: string, reach: () => Promise<unknown>) =>
    it(name, async () => {
      await reach();
      expect(await flawsOfKiosk(page)).toEqual([]);
    });

  beforeAll(async () => {
    page = await openPage(browser, running.demo.till.openUrl);
  });

  screen('who is working', () => button(page, /Айгүл/).waitFor());
  screen('a PIN being typed', () => button(page, /Айгүл/).tap());
  screen('opening a shift', async () => {
    await logInAtKiosk(page, 'aigul');
    await button(page, 'Open the shift').waitFor();
  });
  screen('nothing sold yet', () => openShift(page));
  screen('a sale', async () => {
    await tile(page, 'Family').tap();
    await tile(page, 'Adult').tap();
  });
  screen('starting times', async () => {
    await tile(page, 'Observation wheel').tap();
    await button(page, 'Back').waitFor();
  });
  screen('the exchange with HQ', async () => {
    await button(page, 'Back').tap();
    await button(page, /^synced|^sending/).tap();
    await page.getByRole('dialog').waitFor();
  });
  screen("the till's places", async () => {
    await closeDialog(page);
    await button(page, 'Places').tap();
    await page.getByRole('dialog').getByText(/left$/).first().waitFor();
  });
  screen("the cashier's menu", async () => {
    await closeDialog(page);
    await button(page, /^АК: /).tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('paying', async () => {
    await closeDialog(page);
    await button(page, /^Pay/).tap();
    await button(page, 'Exact').waitFor();
  });
  screen('sold', async () => {
    await button(page, 'Exact').tap();
    await page.locator('.ticket-pages').waitFor();
    // Looked at for longer than the screen waits for the next guest.
    await button(page, 'Next page').tap();
  });
  screen('past sales', async () => {
    await button(page, /^Next guest/).tap();
    await button(page, 'Sales').tap();
    await page.locator('button.sale-row').first().waitFor();
  });
  screen('the shift', async () => {
    await button(page, 'Back to selling').tap();
    await button(page, 'Shift').tap();
    await button(page, 'Close the shift').waitFor();
  });
  screen('cash taken out', async () => {
    await button(page, 'Cash out').tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('closing the shift', async () => {
    await closeDialog(page);
    await button(page, 'Close the shift').tap();
    await button(page, 'Compare').waitFor();
  });
  screen('a difference in the drawer', async () => {
    await button(page, 'Compare').tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('the report of the shift', async () => {
    await button(page, 'Reason unknown').tap();
    await button(page, 'Close with this reason').tap();
    await button(page, 'Done, log out').waitFor();
  });

  it('speaks another language after one touch', async () => {
    const chip = page.getByRole('button', { name: /^EN: / });
    await chip.tap();
    await page.getByRole('button', { name: /^RU: / }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('ru');
    expect(await page.getByRole('button', { name: 'Done, log out' }).count()).toBe(0);
    expect(await page.locator('main').textContent()).toMatch(/[а-я]/);
  });
});

describe('the gate', () => {
  let page: Page;
  const screen = (name: string, reach: () => Promise<unknown>) =>
    it(name, async () => {
      await reach();
      expect(await flawsOfKiosk(page)).toEqual([]);
    });
  /** Scans, and holds the verdict with a touch, as somebody does who reads it out. */
  const holdVerdict = async (code: string, kind: string) => {
    if (await page.locator('[data-verdict]').isVisible()) await button(page, 'Close').tap();
    await page.locator('[data-verdict]').waitFor({ state: 'detached' });
    await touchNextVerdict(page);
    await scanAt(page, code);
    await page.locator(`[data-verdict=${kind}]`).waitFor();
  };

  beforeAll(async () => {
    page = await openPage(browser, running.demo.gate.openUrl);
    await logInAtKiosk(page, 'gulnara');
  });

  screen('waiting for a ticket', () => page.getByTestId('inside').waitFor());
  screen('the time of the kiosk', async () => {
    await button(page, /Time of this kiosk/).tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('admitted', async () => {
    await closeDialog(page);
    await holdVerdict(sampleNamed(running.demo, 'valid, adult'), 'admit');
  });
  screen('admitted, with a child to look at', () =>
    holdVerdict(sampleNamed(running.demo, 'valid, child under 3'), 'attention'),
  );
  screen('refused', () => holdVerdict(sampleNamed(running.demo, 'used'), 'refuse'));
  screen('why it was refused', async () => {
    await button(page, 'Why').tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('a code typed by hand', async () => {
    await closeDialog(page);
    if (await page.locator('[data-verdict]').isVisible()) await button(page, 'Close').tap();
    await page.locator('[data-verdict]').waitFor({ state: 'detached' });
    await button(page, 'Enter code').tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('a ticket looked up', async () => {
    await closeDialog(page);
    await button(page, 'Find').tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('people counted out', async () => {
    await closeDialog(page);
    await button(page, 'Both').tap();
    await button(page, 'Exit without ticket').tap();
    await page.getByRole('dialog').waitFor();
  });
  screen('names and prices', async () => {
    await closeDialog(page);
    await button(page, /^ГТ: /).tap();
    await button(page, 'Names and prices').tap();
    await button(page, 'Day ticket').tap();
  });
  screen('a price being edited', async () => {
    await button(page, /^Adult/).tap();
    await page.getByRole('dialog').waitFor();
  });
});

describe('HQ', () => {
  let page: Page;
  const screen = (name: string, reach: () => Promise<unknown>) =>
    it(name, async () => {
      await reach();
      expect(await axeFindings(page)).toEqual([]);
      expect(await sticksOut(page, 'across')).toEqual([]);
    });
  const section = async (name: string) => {
    await page.getByRole('link', { name, exact: true }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  };

  const closeModal = async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  };

  it('the log-in', async () => {
    const outside = await openPage(browser, running.demo.serverUrl, { size: HQ_SIZE });
    await outside.locator('input[type=email]').waitFor();
    expect(await axeFindings(outside)).toEqual([]);
    await outside.context().close();
    page = await openHq(browser, running.demo);
  });

  screen('now', () => page.locator('.totals').waitFor());
  screen('now, on a wall', async () => {
    await page.getByRole('button', { name: 'Wall screen' }).click();
    await page.getByRole('button', { name: 'Leave wall screen' }).waitFor();
  });
  screen('catalogue', async () => {
    await page.getByRole('button', { name: 'Leave wall screen' }).click();
    await section('Catalogue');
    await page.locator('.price-button').first().waitFor();
  });
  screen('places and shares', async () => {
    await section('Places and shares');
    await page.locator('table').first().waitFor();
  });
  screen('places held for a guest', async () => {
    await page.getByRole('button', { name: 'New booking' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Family' }).fill('1');
    await form.getByRole('button', { name: 'Hold places' }).waitFor();
  });
  screen('a booking', async () => {
    await page.getByRole('button', { name: 'Hold places' }).click();
    await page.getByRole('button', { name: 'Confirm', exact: true }).click();
    await page.getByText('confirmed', { exact: true }).waitFor();
  });
  screen('what is kept for HQ', async () => {
    await page.getByRole('button', { name: /^Kept for HQ/ }).click();
    await page.getByRole('dialog').waitFor();
  });
  screen('kiosks', async () => {
    await closeModal();
    await section('Kiosks');
    await page.getByText('Касса 1').first().waitFor();
  });
  screen('a kiosk about to be revoked', async () => {
    await page.getByRole('button', { name: 'Revocation: Касса 1' }).click();
    await page.getByRole('dialog').getByRole('listitem').first().waitFor();
  });
  screen('what was put aside', async () => {
    await closeModal();
    await page.getByText(/^Quarantine/).click();
    await page.getByText('Nothing is put aside').waitFor();
  });
  screen('a code to enrol a kiosk anew', async () => {
    await page.getByText('Kiosks', { exact: true }).last().click();
    await page.getByRole('button', { name: 'Enrol anew' }).first().click();
    await page.getByRole('dialog').waitFor();
  });
  screen('cases', async () => {
    await closeModal();
    await section('Cases');
    await page.locator('.state-title').waitFor();
  });
  screen('keys', async () => {
    await section('Keys');
    await page.locator('table').first().waitFor();
  });
  screen('a key about to be revoked', async () => {
    await page
      .getByRole('button', { name: /^Revoke/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  });
  screen('somebody about to be erased', async () => {
    await closeModal();
    await section('Staff');
    await page.getByRole('button', { name: 'Erase' }).first().click();
    await page.getByRole('dialog').waitFor();
  });
  screen('staff', async () => {
    await closeModal();
    await section('Staff');
    await page.getByText('Айгүл Касымова').first().waitFor();
  });
  screen('what people typed', async () => {
    await section('Typed texts');
    await page.locator('.typed-words').first().waitFor();
  });
  screen('a text about to be erased', async () => {
    await page
      .getByRole('button', { name: /^Erase/ })
      .first()
      .click();
    await page.getByRole('dialog').waitFor();
  });
  screen('tickets', async () => {
    await closeModal();
    await section('Tickets');
  });

  it('speaks another language after one touch', async () => {
    await page.getByRole('button', { name: 'Рус' }).click();
    await page.getByRole('heading', { level: 1, name: 'Билеты' }).waitFor();
  });
});

async function closeDialog(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Close', exact: true }).tap();
  await dialog.waitFor({ state: 'detached' });
}

/** Touches the next verdict as it appears: a green one is gone after a glance, however slow this machine is. */
const touchNextVerdict = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const shown = () => document.querySelector('[data-verdict]');
    const touch = () => {
      const verdict = shown();
      if (verdict === null) return;
      verdict.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
      watcher.disconnect();
    };
    const watcher = new MutationObserver(touch);
    watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
  });
