import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../rpc-contract/kiosk-api.ts';
import { openTestKiosk, PIN, type TestKiosk } from '../testing/test-park.ts';

describe('logging in without a network', () => {
  let test: TestKiosk;
  beforeEach(async () => {
    test = await openTestKiosk('gate');
  });
  afterEach(() => test.remove());

  const tryPin = async (pin: string): Promise<Problem | null> => {
    const reply = await test.kiosk.api.logIn({ staffId: 'g1', pin });
    return reply.ok ? null : reply.problem;
  };

  it('X3: takes the right PIN and no other', async () => {
    expect(await tryPin('0000')).toMatchObject({ code: 'wrong_pin', data: { waitMs: 0 } });
    expect((await test.kiosk.api.getStatus()).staff).toBeNull();
    expect(await tryPin(PIN)).toBeNull();
    expect((await test.kiosk.api.getStatus()).staff).toMatchObject({ staffId: 'g1', initials: 'AG', role: 'gate' });
    await test.kiosk.api.logOut();
    expect((await test.kiosk.api.getStatus()).staff).toBeNull();
  });

  it('X3: locks out after three wrong PINs, longer each time, and a restart does not help', async () => {
    await tryPin('0000');
    await tryPin('0001');
    expect(await tryPin('0002')).toMatchObject({ code: 'wrong_pin', data: { waitMs: 30_000 } });
    expect(await tryPin(PIN)).toMatchObject({ code: 'locked_out' });
    test = await test.restart();
    test.clock.advance(29_000);
    expect(await tryPin(PIN)).toMatchObject({ code: 'locked_out', data: { waitMs: 1_000 } });
    test.clock.advance(1_000);
    expect(await tryPin('0003')).toMatchObject({ code: 'wrong_pin', data: { waitMs: 60_000 } });
    test.clock.advance(60_000);
    expect(await tryPin(PIN)).toBeNull();
    expect(await tryPin('0004')).toMatchObject({ code: 'wrong_pin', data: { waitMs: 0 } });
  });

  it('X3: lets nobody wait longer, or get round it, by setting the clock', async () => {
    for (const pin of ['0000', '0001', '0002']) await tryPin(pin);
    test.clock.jumpTo(0);
    expect(await tryPin(PIN)).toMatchObject({ code: 'locked_out', data: { waitMs: 30_000 } });
    test.clock.advance(30_000);
    expect(await tryPin(PIN)).toBeNull();
  });

  it('X3: checks many tries at once one after another', async () => {
    const tries = await Promise.all(['0000', '0001', '0002', '0003', PIN].map(tryPin));
    expect(tries.map((problem) => problem?.code)).toEqual([
      'wrong_pin',
      'wrong_pin',
      'wrong_pin',
      'locked_out',
      'locked_out',
    ]);
  });

  it('names who can log in, without their PINs', async () => {
    const staff = await test.kiosk.api.listStaff();
    expect(staff.map(({ staffId }) => staffId)).toEqual(['c1', 'g1', 's1']);
    expect(JSON.stringify(staff)).not.toContain('salt');
    expect(await test.kiosk.api.logIn({ staffId: 'nobody', pin: PIN })).toMatchObject({
      problem: { code: 'unknown_staff' },
    });
  });
});
