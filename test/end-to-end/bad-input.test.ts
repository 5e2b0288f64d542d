import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './browser.ts';
import {
  button,
  logInAtKiosk,
  nextGuest,
  openPage,
  openShift,
  sampleNamed,
  scanAt,
  startDemo,
  type TestDemo,
  tile,
  typeOnPad,
  wordsOf,
} from './screens.ts';

// Whatever is shown to a scanner or typed at a screen is answered in words of its own, and the next guest is not kept
// waiting for it.

let running: TestDemo;
let browser: Browser;
let gate: Page;
let till: Page;
/** Good tickets, each used once. */
let fresh: string[];

beforeAll(async () => {
  running = await startDemo(5460);
  browser = await startBrowser();
  fresh = running.demo.presold.slice(20, 40);
  gate = await openPage(browser, running.demo.gate.openUrl);
  await logInAtKiosk(gate, 'nurlan');
  await gate.getByTestId('inside').waitFor();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await running?.stop();
});

const verdict = (kind: string) => gate.locator(`[data-verdict=${kind}]`);

/** Scans at the gate and reads the verdict that comes. */
async function shownFor(text: string, kind: 'refuse' | 'unreadable' | 'admit'): Promise<string> {
  if (await verdict('refuse').or(verdict('unreadable')).isVisible()) await button(gate, 'Close').tap();
  await gate.locator('[data-verdict]').waitFor({ state: 'detached' });
  await scanAt(gate, text);
  // Read in one step: a green verdict is gone after a glance.
  return wordsOf(verdict(kind).getByRole('alert'));
}

const nextGuestComesIn = async () => expect(await shownFor(fresh.shift() ?? '', 'admit')).toContain('Welcome');

describe('a gate says why not, each reason in its own words, and lets the next guest in', () => {
  it.each([
    ['used', /^Already used.*today \d\d:\d\d.*ago/],
    ['wrong day', /^Too early.*The ticket is for/],
    ['wrong park', /^Other park/],
    ['voided', /^Ticket voided.*Voided: today \d\d:\d\d/],
    ['forged', /^Forged ticket/],
  ])('%s', async (sample, words) => {
    expect(await shownFor(sampleNamed(running.demo, sample), 'refuse')).toMatch(words);
    await nextGuestComesIn();
  });

  it("another system's code", async () => {
    expect(await shownFor('https://museum.example/ticket/4711', 'refuse')).toMatch(/^Not our ticket/);
    await nextGuestComesIn();
  });

  it('a ticket of which half is torn off', async () => {
    const whole = sampleNamed(running.demo, 'valid, adult');
    expect(await shownFor(whole.slice(0, 120), 'unreadable')).toMatch(/^Not readable/);
    await nextGuestComesIn();
  });

  it('a ticket with one letter changed is not let in', async () => {
    const whole = sampleNamed(running.demo, 'valid, adult');
    const changed = `${whole.slice(0, 60)}${whole[60] === 'A' ? 'B' : 'A'}${whole.slice(61)}`;
    await scanAt(gate, changed);
    await verdict('refuse').or(verdict('unreadable')).waitFor();
    expect(await wordsOf(gate.getByRole('alert'))).toMatch(/^(Not readable|Forged ticket)/);
    await nextGuestComesIn();
  });

  it('ten thousand characters typed by a scanner', async () => {
    expect(await shownFor('SG1:'.padEnd(10_240, 'A7'), 'unreadable')).toMatch(/^Not readable/);
    await nextGuestComesIn();
  });

  it('a code typed by hand into the panel, and nonsense typed there', async () => {
    await gate.locator('[data-verdict]').waitFor({ state: 'detached' });
    for (const [text, kind] of [
      ['NONSENSE', 'refuse'],
      [fresh.shift() ?? '', 'admit'],
    ] as const) {
      await button(gate, 'Enter code').tap();
      await gate.getByRole('dialog').getByRole('textbox').fill(text);
      await button(gate, 'Check').tap();
      await verdict(kind).waitFor();
      if (kind === 'refuse') await button(gate, 'Close').tap();
      await verdict(kind).waitFor({ state: 'detached' });
    }
  });
});

describe('a till takes no wrong PIN, no short cash and no more guests than it has places for', () => {
  it('a wrong PIN is told so, and the third locks the person out for half a minute', async () => {
    till = await openPage(browser, running.demo.till.openUrl);
    await logInAtKiosk(till, 'gulnara', '9876');
    await till.getByText('That PIN is wrong. Try again.').waitFor();
    for (const pin of ['9875', '9874']) {
      await typeOnPad(till, pin);
      await button(till, 'Log in').tap();
      await expect.poll(() => till.getByLabel(/type your PIN/).inputValue()).toBe('');
    }
    await till.getByText(/Too many tries\. The next one in (30|2\d) s/).waitFor();
    await typeOnPad(till, '3333');
    expect(await button(till, 'Log in').isDisabled()).toBe(true);
  });

  it('another person is not locked out with her', async () => {
    await logInAtKiosk(till, 'aigul');
    await openShift(till);
  });

  it('less cash than the total cannot be confirmed; enough can', async () => {
    await tile(till, 'Adult').tap();
    await button(till, /^Pay/).tap();
    await typeOnPad(till, '499');
    await till.getByText(/^1.som missing$/).waitFor();
    const take = button(till, /^Take/);
    expect(await take.isDisabled()).toBe(true);
    await till.getByLabel('Received').press('Enter');
    expect(await till.locator('.ticket-pages').count()).toBe(0);
    await till.getByRole('button', { name: 'Erase a character' }).tap();
    await typeOnPad(till, '0');
    await till.getByRole('button', { name: 'Clear the field' }).or(button(till, 'Cash')).first().tap();
    await typeOnPad(till, '600');
    expect(await wordsOf(till.getByTestId('change'))).toBe('100');
    await take.tap();
    await till.locator('.ticket-pages').waitFor();
    expect(await wordsOf(till.getByTestId('change'))).toBe('100');
    await nextGuest(till);
  });

  it('a basket past the share is refused with the number left, before anybody pays', async () => {
    await button(till, 'Tomorrow').tap();
    await tile(till, 'Observation wheel').tap();
    await tile(till, 'Adult').tap();
    const more = button(till, /^One more: /);
    for (let places = 1; places < 41; places += 1) await more.tap();
    await till.getByText(/share_exceeded/).waitFor();
    expect(await wordsOf(till.getByRole('alert'))).toMatch(/^Places left here for that time: 40\./);
    expect(await button(till, /^Pay/).isDisabled()).toBe(true);
    await button(till, /^One less: /).tap();
    await button(till, /^Pay/).tap();
    await button(till, 'Exact').tap();
    await till.locator('.ticket-pages').waitFor();
  });
});
