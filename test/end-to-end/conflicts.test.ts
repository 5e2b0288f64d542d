import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CapacityAnswer } from '@skygate/shared/hq-api/capacity';
import type { CasesAnswer } from '@skygate/shared/hq-api/cases';
import type { KiosksAnswer } from '@skygate/shared/hq-api/kiosks';
import type { IssuedTicketsAnswer } from '@skygate/shared/hq-api/tickets';
import { localDateOf } from '@skygate/shared/lib/local-time';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../demo/until.ts';
import { startBrowser } from './browser.ts';
import { addKiosk, type ExtraKiosk } from './more-kiosks.ts';
import { axeFindings, flawsOfKiosk, sticksOut } from './screen-flaws.ts';
import {
  button,
  logInAtKiosk,
  openHq,
  openPage,
  openShift,
  personNamed,
  scanAt,
  startDemo,
  type TestDemo,
  tile,
  typeOnPad,
  wordsOf,
} from './screens.ts';

// What two honest kiosks cannot know of one another, and what people do about it: through the real programs, by the
// screens that a person has.

const PORT_BASE = 5640;
const PARK = '/parks/ala-archa';
const CLOCK_BEHIND = pathToFileURL(resolve(import.meta.dirname, 'clock-behind.mjs')).href;

let running: TestDemo;
let gate2: ExtraKiosk;
let till2: ExtraKiosk;
let browser: Browser;

beforeAll(async () => {
  running = await startDemo(PORT_BASE);
  // Tills get what HQ lends them by hand, nothing more: the test counts places.
  await running.demo.hq.put(`${PARK}/capacity/reserve`, { places: 3000 });
  gate2 = await addKiosk(running, { name: 'Вход 2', role: 'gate', gateId: 'gate-2', port: PORT_BASE + 20 });
  till2 = await addKiosk(running, { name: 'Касса 2', role: 'till', gateId: 'till-2', port: PORT_BASE + 22 });
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await gate2?.stop();
  await till2?.stop();
  await running?.stop();
});

const today = () => localDateOf(Date.now(), running.timeZone);
const dayPlaces = async () => {
  const { slots } = await running.demo.hq.get<CapacityAnswer>(`${PARK}/capacity?date=${today()}`);
  const day = slots.find(({ slot }) => slot === 'day');
  if (!day) throw new Error('the day has no places');
  return day;
};
/** A ticket of today that nobody has used. */
const freshTicket = async () => {
  const { tickets } = await running.demo.hq.post<IssuedTicketsAnswer>(`${PARK}/tickets`, {
    productId: 'day-ticket',
    date: today(),
    slot: 'day',
    tickets: [{ party: [{ unitId: 'adult', count: 1 }], count: 1 }],
  });
  const [ticket] = tickets;
  if (!ticket) throw new Error('no ticket was issued');
  return ticket;
};

async function openGate(url: string, staffId: 'nurlan' | 'gulnara'): Promise<Page> {
  const page = await openPage(browser, url);
  const isIn = page.getByTestId('inside');
  await isIn.or(page.locator('button.login-tile').first()).first().waitFor();
  if (!(await isIn.isVisible())) await logInAtKiosk(page, staffId);
  await isIn.waitFor();
  return page;
}

async function admit(page: Page, code: string): Promise<void> {
  await scanAt(page, code);
  await page.locator('[data-verdict=admit], [data-verdict=provisional]').waitFor();
  await page.locator('[data-verdict]').waitFor({ state: 'detached' });
}

async function hqSection(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name }).first().click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

async function expectSoundHqPage(page: Page): Promise<void> {
  expect(await axeFindings(page)).toEqual([]);
  expect(await sticksOut(page, 'across')).toEqual([]);
}

describe('what gates cut off from each other bring about', () => {
  it('T3: two gates let in one ticket; both are told, HQ sees both scans and closes the case', async () => {
    const { demo } = running;
    const ticket = await freshTicket();
    const first = await openGate(demo.gate.openUrl, 'nurlan');
    const second = await openGate(gate2.openUrl(), 'nurlan');
    await Promise.all([demo.cable.unplug(), gate2.cable.unplug()]);
    await admit(first, ticket.code);
    await admit(second, ticket.code);
    await Promise.all([demo.cable.plug(), gate2.cable.plug()]);

    for (const gate of [first, second]) await gate.locator('.case-line.shown').waitFor();
    expect(await wordsOf(first.locator('.case-line.shown'))).toMatch(
      new RegExp(`^One admission too many: .*…${ticket.ticketId.slice(-6)}`),
    );
    expect(await flawsOfKiosk(first)).toEqual([]);
    await first.locator('.case-line.shown').tap();
    await first.getByRole('dialog').getByText('Вход 2').waitFor();
    expect(await flawsOfKiosk(first)).toEqual([]);

    const hq = await openHq(browser, demo);
    await hqSection(hq, 'Cases');
    await hq.getByRole('button', { name: `Open the case of ticket ${ticket.ticketId}` }).waitFor();
    await expectSoundHqPage(hq);
    await hq.getByRole('button', { name: `Open the case of ticket ${ticket.ticketId}` }).click();
    const line = hq.getByRole('table').first();
    await line.waitFor();
    expect(await line.locator('tbody tr').count()).toBe(2);
    expect(await wordsOf(line.locator('tbody'))).toMatch(/Gate 1.*Gate 2|Gate 2.*Gate 1/);
    await expectSoundHqPage(hq);

    await hq.getByPlaceholder('Choose').click();
    await hq.getByRole('option', { name: 'Technical cause' }).click();
    await hq.getByLabel(/^Why/).fill('the cable was cut');
    await hq.getByRole('button', { name: 'Close the case' }).click();
    await hq.getByText('the cable was cut').waitFor();
    await until('no open case', async () => (await demo.hq.get<CasesAnswer>(`${PARK}/cases?state=open`)).open === 0);
    await first.context().close();
    await second.context().close();
    await hq.context().close();
  }, 180_000);

  it('T4: a supervisor lets in whom the gate refused, by name, PIN and reason; whoever works there stays logged in', async () => {
    const ticket = await freshTicket();
    const page = await openGate(gate2.openUrl(), 'nurlan');
    await admit(page, ticket.code);
    await scanAt(page, ticket.code);
    await page.locator('[data-verdict=refuse]').waitFor();
    await button(page, 'Override').tap();
    await page.getByRole('dialog').waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await button(page, 'Accompanies a guest').tap();
    await button(page, 'Next').tap();
    await button(page, personNamed('gulnara').name).waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);

    await typeOnPad(page, '9999');
    await page.getByRole('dialog').getByRole('button', { name: 'Admit', exact: true }).tap();
    await page.getByText(/wrong_pin/).waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await typeOnPad(page, personNamed('gulnara').pin);
    await page.getByRole('dialog').getByRole('button', { name: 'Admit', exact: true }).tap();
    await page.locator('[data-verdict=admit]').waitFor();
    expect(await wordsOf(page.locator('[data-verdict=admit] .verdict-text'))).toContain("By the supervisor's decision");
    await page.locator('[data-verdict]').waitFor({ state: 'detached' });
    await button(page, /^НА: /).waitFor();
    await page.context().close();
  }, 180_000);
});

describe('a till without a network', () => {
  it("C3: sells past its share with a supervisor's PIN and reason, and the receipt says so", async () => {
    const { demo } = running;
    const { kiosks } = await demo.hq.get<KiosksAnswer>(`${PARK}/kiosks`);
    const node = kiosks.find(({ name }) => name === 'Касса 2')?.node;
    await demo.hq.post(`${PARK}/leases`, { node, date: today(), slot: 'day', places: 4 });
    const page = await openPage(browser, till2.openUrl());
    await logInAtKiosk(page, 'aigul');
    await openShift(page);
    await page.locator('button.date').first().getByText(/\b4\b/).waitFor();
    await button(page, 'Places').tap();
    await page.getByRole('dialog').getByText('4 of 4 left').waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).tap();
    await till2.cable.unplug();

    await tile(page, 'Family').tap();
    await tile(page, 'Family').tap();
    await button(page, 'Sell past the share (supervisor)').waitFor();
    expect(await button(page, /^Pay/).isDisabled()).toBe(true);
    expect(await flawsOfKiosk(page)).toEqual([]);
    await button(page, 'Sell past the share (supervisor)').tap();
    await button(page, 'Group on site').tap();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Next', exact: true }).tap();
    await button(page, personNamed('gulnara').name).waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await typeOnPad(page, personNamed('gulnara').pin);
    await button(page, 'Allow this sale').tap();
    await page.getByText('A supervisor allows this sale past the share').waitFor();
    await button(page, /^Pay/).tap();
    await button(page, 'Exact').tap();
    await page.locator('.ticket-pages').waitFor();
    expect(await page.locator('.print-sheet').textContent()).toMatch(/Past the share: 4 places.*Group on site/);

    // With nothing left of it, too.
    await button(page, /^Next guest/).tap();
    await tile(page, 'Family').getByText('sold out').waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await tile(page, 'Family').tap();
    await button(page, 'Sell past the share (supervisor)').waitFor();
    await till2.cable.plug();
    await until('HQ to know of it', async () => (await dayPlaces()).overridden === 4);
    await page.context().close();
  }, 180_000);
});

describe('a kiosk that woke up in the past', () => {
  it('H2: lets in with reserve, until a supervisor confirms the time at its screen', async () => {
    const ticket = await freshTicket();
    await gate2.cable.unplug();
    await gate2.restart({ NODE_OPTIONS: `--import=${CLOCK_BEHIND}` });
    const page = await openGate(gate2.openUrl(), 'nurlan');
    await button(page, /check the time/).tap();
    await page.getByText('A supervisor can confirm the time').waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).tap();
    await scanAt(page, ticket.code);
    await page.locator('[data-verdict=provisional]').waitFor();
    expect(await wordsOf(page.locator('.verdict-text'))).toContain('The clock is not confirmed');
    await button(page, 'Close').tap();
    await button(page, /^НА: /).tap();
    await button(page, 'Log out').tap();

    await logInAtKiosk(page, 'gulnara');
    await page.getByTestId('inside').waitFor();
    await button(page, /check the time/).tap();
    await button(page, 'It is wrong, enter it').waitFor();
    expect(await flawsOfKiosk(page)).toEqual([]);
    await button(page, 'It is wrong, enter it').tap();
    const [year = '', month = '', day = ''] = today().split('-');
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: running.timeZone, hour: '2-digit', minute: '2-digit' });
    await typeOnPad(page, `${day}${month}${year}`);
    await typeOnPad(page, clock.format(Date.now()).replace(':', ''));
    expect(await flawsOfKiosk(page)).toEqual([]);
    await button(page, /^Right: /).tap();
    await button(page, /time by hand/).waitFor();
    await gate2.cable.plug();
    await button(page, /time by hand/).waitFor({ state: 'detached' });
    await page.context().close();
  }, 180_000);
});

describe('a voided ticket', () => {
  it('C5: its places come free when the last gate knows of it, and not before', async () => {
    const { demo } = running;
    await gate2.restart();
    const ticket = await freshTicket();
    await gate2.cable.unplug();
    const { left } = await dayPlaces();
    await demo.hq.post(`${PARK}/tickets/${ticket.ticketId}/void`, { reason: 'bought twice' });
    const hq = await openHq(browser, demo);
    await hqSection(hq, 'Places and shares');
    await hq.getByText('1 to come free').waitFor();
    await expectSoundHqPage(hq);
    expect((await dayPlaces()).left).toBe(left);

    await gate2.cable.plug();
    await hq.getByText('1 to come free').waitFor({ state: 'detached' });
    expect((await dayPlaces()).left).toBe(left + 1);
    await hq.context().close();
  }, 180_000);
});
