import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerdictView } from '../../rpc-contract/gate-view.ts';
import { openTestKiosk, PIN, type TestKiosk, ticketCode } from '../testing/test-park.ts';

const SUPERVISOR = { staffId: 's1', pin: PIN };

describe('a supervisor at a gate', () => {
  let test: TestKiosk;
  let refusal: VerdictView;

  beforeEach(async () => {
    test = await openTestKiosk('gate');
    await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN });
    await scan();
    refusal = await scan();
  });
  afterEach(() => test.remove());

  const scan = async (): Promise<VerdictView> => {
    const reply = await test.kiosk.api.scan({ text: ticketCode(), source: 'camera' });
    if (!reply.ok) throw new Error(reply.problem.code);
    return reply.value;
  };
  const override = (more: object = {}) =>
    test.kiosk.api.overrideRefusal({
      scanId: refusal.scanId,
      reason: 'the child came back for her coat',
      supervisor: SUPERVISOR,
      ...more,
    });
  const overrides = () => {
    const database = new Sqlite(join(test.folder, 'kiosk.sqlite'), { readonly: true });
    // The words that the supervisor typed stand beside the event, which names them (E5).
    const rows = database
      .prepare(
        `SELECT e.actor, e.body, t.text FROM events e LEFT JOIN texts t ON 'text:' || t.name = e.body ->> 'reason'
         WHERE e.type = 'AdmissionOverridden'`,
      )
      .all();
    database.close();
    return rows as { actor: string; body: string; text: string | null }[];
  };
  const admittedToday = async () => (await test.kiosk.api.getStatus()).occupancy?.admittedToday;

  it('T3, C3: lets in whom the gate refused, by name and with the reason in the event, once', async () => {
    expect(refusal).toMatchObject({ verdict: 'refuse', reasons: ['already_admitted'] });
    const before = (await admittedToday()) ?? 0;
    const first = await override();
    expect(first).toMatchObject({ ok: true, value: { overridden: true } });
    expect(await override()).toEqual(first);
    const [event, ...more] = overrides();
    expect(more).toEqual([]);
    expect(event?.actor).toBe('staff:s1');
    expect(event?.text).toBe('the child came back for her coat');
    expect(JSON.parse(event?.body ?? '')).toMatchObject({ people: 5 });
    expect(await admittedToday()).toBe(before + 5);
  });

  it('X3: not in the name of gate staff, with no PIN or a wrong one', async () => {
    const attempts: readonly (readonly [object, string])[] = [
      [{ supervisor: null }, 'not_permitted'],
      [{ supervisor: { staffId: 'g1', pin: PIN } }, 'not_permitted'],
      [{ supervisor: { ...SUPERVISOR, pin: '0000' } }, 'wrong_pin'],
      [{ supervisor: { staffId: 'nobody', pin: PIN } }, 'unknown_staff'],
    ];
    for (const [more, code] of attempts) {
      expect(await override(more)).toMatchObject({ ok: false, problem: { code } });
    }
    expect(overrides()).toEqual([]);
  });

  it('C3: not without a reason, nor of a scan that was no refusal here', async () => {
    for (const reason of ['', '   ']) {
      expect(await override({ reason })).toMatchObject({ ok: false, problem: { code: 'reason_needed' } });
    }
    const { recentScans } = await test.kiosk.api.getStatus();
    const admission = recentScans.find(({ verdict }) => verdict === 'admit')?.scanId;
    for (const scanId of [admission, 'k-000000000000000A/1/1', 'nonsense']) {
      expect(await override({ scanId })).toMatchObject({ ok: false, problem: { code: 'nothing_to_override' } });
    }
    expect(overrides()).toEqual([]);
  });

  it('K2: repeated after a restart it lets nobody in a second time', async () => {
    await override();
    test = await test.restart();
    await override();
    expect(overrides()).toHaveLength(1);
  });
});
