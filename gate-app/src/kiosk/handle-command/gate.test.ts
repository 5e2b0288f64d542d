import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerdictView } from '../../rpc-contract/gate-view.ts';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import { crypto, openTestKiosk, PIN, type TestKiosk, ticketCode } from '../testing/test-park.ts';

const granted = <Value>(reply: Reply<Value>): Value => {
  if (!reply.ok) throw new Error(`${reply.problem.code} ${JSON.stringify(reply.problem.data)}`);
  return reply.value;
};

describe('a gate without a network', () => {
  let test: TestKiosk;
  const scan = async (text: string): Promise<VerdictView> =>
    granted(await test.kiosk.api.scan({ text, source: 'camera' }));

  beforeEach(async () => {
    test = await openTestKiosk('gate');
    granted(await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN }));
  });
  afterEach(() => test.remove());

  it('admits a good ticket once, and says when it was used', async () => {
    const first = await scan(ticketCode());
    expect(first).toMatchObject({ verdict: 'admit', ticketId: '0000000000TEST01', canUndo: true, entriesUsed: 1 });
    expect(first.party).toEqual([
      { unitId: 'adult', count: 2 },
      { unitId: 'child', count: 3 },
    ]);
    test.clock.advance(5_000);
    const second = await scan(ticketCode());
    expect(second).toMatchObject({ verdict: 'refuse', reasons: ['already_admitted'] });
    expect(second.facts).toMatchObject({ usedAtMs: first.atMs, usedAtGate: { ru: 'North gate', en: 'North gate' } });
    expect((await test.kiosk.api.getStatus()).occupancy).toMatchObject({ admittedToday: 5, thisGateAdmitted: 5 });
  });

  it('K2: remembers the admission and who is logged in over a restart', async () => {
    const first = await scan(ticketCode());
    test = await test.restart();
    expect((await test.kiosk.api.getStatus()).staff?.staffId).toBe('g1');
    expect((await test.kiosk.api.getStatus()).recentScans[0]?.scanId).toBe(first.scanId);
    expect(await scan(ticketCode())).toMatchObject({ verdict: 'refuse', reasons: ['already_admitted'] });
  });

  it('ends the session with the business day', async () => {
    test.clock.advance(24 * 3_600_000);
    expect((await test.kiosk.api.getStatus()).staff).toBeNull();
    test = await test.restart();
    expect((await test.kiosk.api.getStatus()).staff).toBeNull();
    expect(await test.kiosk.api.scan({ text: ticketCode(), source: 'camera' })).toMatchObject({
      ok: false,
      problem: { code: 'not_logged_in' },
    });
  });

  it('T2: refuses each bad code for its own reason, and goes on', async () => {
    const good = ticketCode();
    const stranger = nodeKeyFrom(crypto, new Uint8Array(32).fill(77));
    // The last character belongs to the signature.
    const forged = `${good.slice(0, -3)}${good.at(-3) === '0' ? '1' : '0'}${good.slice(-2)}`;
    const cases: readonly (readonly [string, string])[] = [
      ['https://example.org', 'foreign'],
      ['', 'foreign'],
      ['A'.repeat(10_240), 'foreign'],
      [`SG1:${'A'.repeat(10_240)}`, 'unreadable'],
      [good.slice(0, 60), 'unreadable'],
      [forged, 'bad_signature'],
      [ticketCode({}, stranger), 'unknown_key'],
      [ticketCode({ parks: ['issyk-kul'] }), 'wrong_park'],
      [
        ticketCode({ notBeforeMs: Date.parse('2026-11-21T22:00:00Z'), expiresMs: Date.parse('2026-11-22T22:00:00Z') }),
        'not_yet_valid',
      ],
      [
        ticketCode({ notBeforeMs: Date.parse('2026-11-19T22:00:00Z'), expiresMs: Date.parse('2026-11-20T22:00:00Z') }),
        'expired',
      ],
    ];
    for (const [text, reason] of cases) {
      expect([reason, await scan(text)]).toMatchObject([reason, { verdict: 'refuse', reasons: [reason] }]);
    }
    expect((await scan(good)).verdict).toBe('admit');
  });

  it('undoes the last admission once; the ticket is good again', async () => {
    const first = await scan(ticketCode());
    expect((await test.kiosk.api.undoLast({ scanId: first.scanId })).ok).toBe(true);
    const again = await test.kiosk.api.undoLast({ scanId: first.scanId });
    expect(again).toMatchObject({ ok: false, problem: { code: 'nothing_to_undo' } });
    expect((await test.kiosk.api.getStatus()).occupancy).toMatchObject({ inside: 0, admittedToday: 0 });
    expect((await test.kiosk.api.getStatus()).recentScans[0]).toMatchObject({ undone: true });
    expect((await scan(ticketCode())).verdict).toBe('admit');
  });

  it('undoes nothing but the last scan', async () => {
    const first = await scan(ticketCode());
    await scan('https://example.org');
    const undone = await test.kiosk.api.undoLast({ scanId: first.scanId });
    expect(undone).toMatchObject({ ok: false, problem: { code: 'nothing_to_undo' } });
  });

  it('T4: counts people out with and without a ticket', async () => {
    await scan(ticketCode());
    granted(await test.kiosk.api.setGateMode({ mode: 'exit' }));
    expect((await scan(ticketCode())).verdict).toBe('exit');
    granted(await test.kiosk.api.countExit({ people: 4 }));
    const { occupancy, gateMode } = await test.kiosk.api.getStatus();
    expect(gateMode).toBe('exit');
    expect(occupancy).toMatchObject({ inside: 0, exitedToday: 9, uncertainty: 4 });
  });

  it('finds a ticket by number, by its ending and by its code', async () => {
    await scan(ticketCode());
    const found = granted(await test.kiosk.api.findTicket({ query: '0000 0000 00te st01' }));
    expect(found[0]?.entries).toMatchObject([{ kind: 'admitted', kiosk: 'The gate', people: 5, gateId: 'north' }]);
    expect(granted(await test.kiosk.api.findTicket({ query: ticketCode() }))).toHaveLength(1);
    expect(await test.kiosk.api.findTicket({ query: 'ZZZZZZ' })).toMatchObject({
      problem: { code: 'ticket_not_found' },
    });
  });

  it('X3: lets gate staff do neither sales nor prices', async () => {
    expect(await test.kiosk.api.listSales()).toMatchObject({ problem: { code: 'not_permitted' } });
    expect(await test.kiosk.api.listEditableProducts()).toMatchObject({ problem: { code: 'not_permitted' } });
  });

  it('H2: without a trusted clock judges no date and admits provisionally', async () => {
    await scan('https://example.org');
    test = await test.restart();
    test.clock.jumpTo(0);
    granted(await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN })); // another day, as far as it knows
    const expired = ticketCode({ notBeforeMs: 1_000_000, expiresMs: 2_000_000 });
    expect(await scan(expired)).toMatchObject({ verdict: 'provisional', facts: { clockUnsure: true } });
  });

  it('pushes the status with every change', async () => {
    const seen: (string | undefined)[] = [];
    const end = test.kiosk.onStatus((status) => seen.push(status.recentScans[0]?.verdict));
    await scan(ticketCode());
    await expect.poll(() => seen).toContain('admit');
    end();
  });
});

describe('a gate that cannot know what another gate admitted', () => {
  it('L4: admits provisionally, naming the silent gate, as the product says', async () => {
    const test = await openTestKiosk('gate', { otherGate: true });
    granted(await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN }));
    const view = granted(await test.kiosk.api.scan({ text: ticketCode(), source: 'camera' }));
    expect(view).toMatchObject({
      verdict: 'provisional',
      facts: { silentGates: [{ ky: 'North gate' }] },
      canUndo: true,
    });
    expect(view.coverage).toMatchObject({ kind: 'partial', gatesTotal: 1, gatesCovered: 0 });
    expect((await test.kiosk.api.getStatus()).occupancy).toMatchObject({ inside: 5, uncertainty: 5 });
    granted(await test.kiosk.api.undoLast({ scanId: view.scanId }));
    expect((await test.kiosk.api.getStatus()).occupancy).toMatchObject({ inside: 0, uncertainty: 0 });
    await test.remove();
  });
});
