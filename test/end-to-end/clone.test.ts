import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { NewKioskAnswer } from '@skygate/shared/hq-api/kiosks';
import type { HqNow } from '@skygate/shared/hq-api/now';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, startProgram } from '../demo/program.ts';
import { until } from '../demo/until.ts';
import { startBrowser } from './browser.ts';
import { flawsOfKiosk } from './screen-flaws.ts';
import {
  button,
  logInAtKiosk,
  nextGuest,
  openPage,
  openShift,
  sellFamily,
  startDemo,
  type TestDemo,
} from './screens.ts';

// A till's data folder is copied to a second machine, and both sell. HQ takes what the first one says; the copy stops,
// says why, and comes back through its own screen with every sale of both at HQ exactly once (E6).

const PORT_BASE = 5560;
const FAMILY_MINOR = 125_000;

let running: TestDemo;
let browser: Browser;
let copy: Program | null = null;

beforeAll(async () => {
  running = await startDemo(PORT_BASE);
  browser = await startBrowser();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await copy?.stop();
  await running?.stop();
});

const salesAtHq = async () => (await running.demo.hq.get<HqNow>('/now')).totals.sales;
const salesAre = async (count: number) => {
  await until(`${count} sales at HQ`, async () => ((await salesAtHq())[0]?.count ?? 0) >= count);
  expect(await salesAtHq()).toEqual([{ currency: 'KGS', amountMinor: count * FAMILY_MINOR, count }]);
};

/** The copied folder on a second machine. @returns the address that opens its screens */
async function startCopy(folder: string): Promise<string> {
  const port = String(PORT_BASE + 19);
  const program = startProgram({
    script: 'gate-app/src/headless.ts',
    args: ['--port', port, '--data', folder],
    logFile: `${folder}.log`,
  });
  copy = program;
  return until('the copy to start', () => /"open":"([^"]+)"/.exec(program.output())?.[1], { timeoutMs: 60_000 });
}

describe('a copied till', () => {
  it('E6: stops, says why, and comes back through its screen: every sale of both is at HQ exactly once', async () => {
    const { demo, folder } = running;
    // given one sale that both have, and that HQ has not
    await demo.cable.unplug();
    const before = await openPage(browser, demo.till.openUrl);
    await logInAtKiosk(before, 'aigul');
    await openShift(before);
    await sellFamily(before);
    await demo.till.program.kill();
    await before.context().close();
    cpSync(join(folder, 'demo', 'till'), join(folder, 'copy'), { recursive: true });

    // when the copy sells twice without a network, and the till once with it
    const page = await openPage(browser, await startCopy(join(folder, 'copy')));
    for (let sale = 0; sale < 2; sale += 1) {
      await sellFamily(page);
      await nextGuest(page);
    }
    const till = await openPage(browser, (await demo.restart('till')).openUrl);
    await sellFamily(till);
    await copy?.kill();
    await demo.cable.plug();
    await salesAre(2);
    await till.context().close();
    await page.context().close();

    // then the copy stops at its first contact, and says so
    const stopped = await openPage(browser, await startCopy(join(folder, 'copy')));
    await stopped.getByRole('heading', { name: 'This kiosk has stopped' }).waitFor();
    expect(await stopped.locator('main').textContent()).toMatch(/sells nothing.*Nothing is lost/s);
    expect(await flawsOfKiosk(stopped)).toEqual([]);

    // A cashier may not enrol it; a supervisor may.
    await button(stopped, 'Log in as supervisor').tap();
    await logInAtKiosk(stopped, 'gulnara');
    await stopped.getByRole('heading', { name: 'Enrol this kiosk anew' }).waitFor();
    expect(await flawsOfKiosk(stopped)).toEqual([]);
    const { code } = await demo.hq.post<NewKioskAnswer>('/parks/ala-archa/kiosks', {
      name: 'Касса 2',
      role: 'till',
      gateId: 'till-1',
    });
    await stopped.getByLabel(/Enrolment code/).fill(code);
    await button(stopped, 'Enrol anew').tap();
    await stopped.locator('[data-step=brought][data-done=true]').waitFor();
    await stopped.getByRole('heading', { name: 'The kiosk is ready' }).waitFor();
    expect(await flawsOfKiosk(stopped)).toEqual([]);
    await salesAre(4);
    await button(stopped, 'Go on working').tap();
    await button(stopped, 'Open the shift').waitFor();
    await stopped.context().close();

    // and nothing is counted again when it starts once more
    await copy?.kill();
    const again = await openPage(browser, await startCopy(join(folder, 'copy')));
    await button(again, 'synced').waitFor();
    await salesAre(4);
  }, 180_000);
});
