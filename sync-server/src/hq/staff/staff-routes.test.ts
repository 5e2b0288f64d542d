import type { StaffAnswer } from '@skygate/shared/hq-api/staff';
import type { ParkId } from '@skygate/shared/lib/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, type OpenedDatabase } from '../../db/testing/databases.ts';
import { enrolKiosk } from '../../db/testing/test-server.ts';
import { revokeKiosk } from '../kiosks/revoke.ts';
import { createHqTestServer, type HqTestServer, PARK_DOCUMENT } from '../testing/hq-test-server.ts';

const PERSON = { staffId: 'aigul', name: 'Айгүл', role: 'cashier', pin: '4711' };

describe.each(Object.entries(DATABASES))('P1: people at HQ over %s', (_name, open) => {
  let opened: OpenedDatabase;
  let hq: HqTestServer;
  let park: ParkId;
  let parks = 0;

  beforeAll(async () => {
    opened = await open();
    hq = await createHqTestServer(opened.database);
  }, 180_000);
  afterAll(async () => {
    await hq?.close();
    await opened?.close();
  });
  beforeEach(async () => {
    parks += 1;
    park = `staff-${parks}` as ParkId;
    await hq.call('POST', '/parks', { body: { park, document: PARK_DOCUMENT } });
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
