import { describe, expect, it } from 'vitest';
import { issueGroup, voidTicket } from '../simulation/headquarters.ts';
import { readKioskDisk } from '../simulation/inspect.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';

/** The park's own time: nothing here measures how fast the machine is, but whether anybody sleeps over the news. */
const A_SECOND_MS = 1_000;
const LOOK_MS = 50;

describe('S4: what happens at one gate, with the network up', { timeout: 240_000 }, () => {
  const openPark = parkPerTest();

  it('S4: is known at another and at HQ within a second, also after a long silence, and so is what HQ says', async () => {
    const park = await openPark();
    const first = await park.kiosk('gate-1', 'gate');
    const other = await park.kiosk('gate-2', 'gate');
    await park.logIn(first, 'guard');
    await park.logIn(other, 'guard');
    const group = await park.hq((deps) => issueGroup(deps, 2));
    if (group === 'refused') throw new Error('HQ issues tickets');
    const factsAt = (kiosk: KioskHost, ticketId = ''): number =>
      (readKioskDisk(kiosk.databasePath(), true).tables.get('ticket_facts') ?? []).filter((row) =>
        row.includes(ticketId),
      ).length;
    const [used, voided] = group;
    const knows = (kiosk: KioskHost) => readKioskDisk(kiosk.databasePath(), true).tables.get('tickets')?.length === 2;
    await park.until('both gates know the tickets', () => knows(first) && knows(other));
    const tookMs = async (holds: () => Promise<boolean> | boolean): Promise<number> => {
      const fromMs = park.scheduler.nowMs();
      while (!(await holds()) && park.scheduler.nowMs() < fromMs + 60_000) await park.pass(LOOK_MS);
      return park.scheduler.nowMs() - fromMs;
    };
    // Long enough that every pull has waited in vain, some more than once.
    await park.pass(70_000);
    const scan = await park.call(first, (api) => api.scan({ text: used?.code ?? '', source: 'camera' }));
    expect(scan).toMatchObject({ ok: true, value: { verdict: 'admit' } });
    expect(await tookMs(() => factsAt(other, used?.ticketId) === 1)).toBeLessThanOrEqual(A_SECOND_MS);
    const atHq = async () =>
      park.hq(async ({ database: { reader } }) => {
        const rows = await reader.selectFrom('ticket_facts').select('seq').execute();
        return rows.length === 1;
      });
    expect(await tookMs(atHq)).toBeLessThanOrEqual(A_SECOND_MS);
    await park.pass(70_000);
    await park.hq((deps) => voidTicket(deps, voided?.ticketId ?? '', 'a wrong date'));
    const bothHeard = () => [first, other].every((gate) => factsAt(gate, voided?.ticketId) === 1);
    expect(await tookMs(bothHeard)).toBeLessThanOrEqual(A_SECOND_MS);
    const late = await park.call(other, (api) => api.scan({ text: voided?.code ?? '', source: 'camera' }));
    expect(late).toMatchObject({ ok: true, value: { verdict: 'refuse', reasons: ['voided'] } });
  });
});
