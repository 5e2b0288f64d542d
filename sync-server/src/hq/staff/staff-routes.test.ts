import type { StaffAnswer } from '@skygate/shared/hq-api/staff';
import type { ParkId } from '@skygate/shared/lib/ids';
import { expect, it } from 'vitest';
import { enrolKiosk } from '../../db/testing/test-server.ts';
import { revokeKiosk } from '../kiosks/revoke.ts';
import { describeHq, openPark } from '../testing/describe-hq.ts';
import type { HqTestServer } from '../testing/hq-test-server.ts';

const PERSON = { staffId: 'aigul', name: 'Айгүл', role: 'cashier', pin: '4711' };

describeHq('P1: people at HQ', (eachTest) => {
  let hq: HqTestServer;
  let park: ParkId;

  eachTest(async (given) => {
    ({ hq, park } = given);
    await openPark(hq, park);
  });

  const add = (person: object) => hq.call('POST', `/parks/${park}/staff`, { body: person });
  const erase = async (staffId: string) => (await hq.call('POST', `/parks/${park}/staff/${staffId}/erase`)).statusCode;
  const answer = async (): Promise<StaffAnswer> => (await hq.call('GET', `/parks/${park}/staff`)).json();

  it('P1: the same id again is an edit of that person with a newer revision, and shows no PIN', async () => {
    const added = await add(PERSON);
    expect([added.statusCode, added.json().hasPin]).toEqual([201, true]);
    const edited = await add({ ...PERSON, name: 'Айгүл К.', role: 'supervisor' });
    expect(edited.json().revision).toBeGreaterThan(added.json().revision);
    const { staff } = await answer();
    expect(staff).toMatchObject([{ staffId: 'aigul', name: 'Айгүл К.', role: 'supervisor', removed: false }]);
    const kept = hq.server.deps.database.reader.selectFrom('people').select('pin').where('park', '=', park);
    const rows = await kept.execute();
    expect(rows).toMatchObject([{ pin: expect.any(String) }]);
    expect(JSON.stringify([staff, added.json(), edited.json(), rows])).not.toContain('4711');
  });

  it('P1: erases a person once; who is revoked or came later is not waited for', async () => {
    const here = await enrolKiosk(hq.server, { park });
    const gone = await enrolKiosk(hq.server, { park, name: 'Gate 2' });
    await add(PERSON);
    expect(await erase('aigul')).toBe(204);
    const { revision } = (await answer()).staff[0] ?? {};
    expect((await answer()).staff).toMatchObject([{ staffId: 'aigul', name: '', removed: true, hasPin: false }]);
    expect(await erase('aigul')).toBe(204);
    expect((await answer()).staff[0]?.revision).toBe(revision);
    const waiting = async () => (await answer()).erasures[0]?.waitingFor.map(({ name }) => name).sort();
    expect(await waiting()).toEqual(['Gate 1', 'Gate 2']);
    hq.server.clock.advance(1_000);
    await enrolKiosk(hq.server, { park, name: 'Gate 3' });
    const deps = { ...hq.server.deps, publicUrl: null };
    await revokeKiosk(deps, { park, node: gone.enrolled.node, reason: 'stolen', actor: 'hq:a@example.org' });
    expect(await waiting()).toEqual(['Gate 1']);
    expect(here.enrolled.epoch).toBe(1);
  });

  it('X2: what is no person is named and changes nothing', async () => {
    await add(PERSON);
    const before = (await answer()).staff;
    const bad = [
      { ...PERSON, pin: '12' },
      { ...PERSON, pin: 'abcd' },
      { ...PERSON, name: '' },
      { ...PERSON, role: 'king' },
      { ...PERSON, staffId: '../x' },
      { ...PERSON, more: 1 },
    ];
    for (const person of bad) expect((await add(person)).statusCode).toBe(400);
    expect(await erase('nobody')).toBe(404);
    expect((await hq.call('POST', '/parks/nowhere/staff', { body: PERSON })).statusCode).toBe(404);
    expect((await hq.call('POST', '/parks/nowhere/staff/aigul/erase')).statusCode).toBe(404);
    expect((await hq.call('GET', '/parks/nowhere/staff')).statusCode).toBe(404);
    expect((await answer()).staff).toEqual(before);
  });
});
