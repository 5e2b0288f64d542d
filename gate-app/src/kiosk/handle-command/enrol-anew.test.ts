import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestKiosk, PIN, type TestKiosk, type TestKioskOptions } from '../testing/test-park.ts';

let open: TestKiosk | null = null;
afterEach(async () => {
  await open?.remove();
  open = null;
});

/** A kiosk that met another past of its own before its last start. */
async function stoppedKiosk(role: 'gate' | 'till', change = '', options: TestKioskOptions = {}): Promise<TestKiosk> {
  const kiosk = await openTestKiosk(role, options);
  await kiosk.kiosk.stop();
  const database = new Sqlite(join(kiosk.folder, 'kiosk.sqlite'));
  database.exec(`UPDATE sync_position SET stopped = 'it was cloned', stopped_code = 'cloned'; ${change}`);
  database.close();
  open = await kiosk.restart();
  return open;
}
const input = { serverUrl: 'http://hq.example', code: 'ABCD2345' };

describe('a kiosk that has stopped', () => {
  it('E6: says why, and what waits, and does not work', async () => {
    const { kiosk } = await stoppedKiosk('gate');
    expect((await kiosk.api.getStatus()).stop).toEqual({ code: 'cloned', waiting: 0, mayEnrol: false, farewell: null });
    await kiosk.api.logIn({ staffId: 'g1', pin: PIN });
    expect(await kiosk.api.countExit({ people: 1 })).toMatchObject({ ok: false });
    expect(await kiosk.api.scan({ text: 'anything', source: 'typed' })).toMatchObject({ ok: false });
  });

  it('X3: is enrolled anew by a supervisor, and by nobody else', async () => {
    const { kiosk } = await stoppedKiosk('till');
    expect(await kiosk.api.enrol(input)).toMatchObject({ ok: false, problem: { code: 'not_logged_in' } });
    await kiosk.api.logIn({ staffId: 'c1', pin: PIN });
    expect(await kiosk.api.enrol(input)).toMatchObject({ ok: false, problem: { code: 'not_permitted' } });
    expect((await kiosk.api.getStatus()).stop).toMatchObject({ mayEnrol: false });
    await kiosk.api.logOut();
    await kiosk.api.logIn({ staffId: 's1', pin: PIN });
    expect((await kiosk.api.getStatus()).stop).toMatchObject({ mayEnrol: true });
    // There is no network in this test: it was allowed to ask.
    expect(await kiosk.api.enrol(input)).toMatchObject({ ok: false, problem: { code: 'server_unreachable' } });
    expect((await kiosk.api.getStatus()).stop).not.toBeNull();
  });

  it('E8: does not stop at the word of a person while the server knows the kiosk, or does not answer', async () => {
    open = await openTestKiosk('till');
    const { api } = open.kiosk;
    await api.logIn({ staffId: 's1', pin: PIN });
    expect(await api.stopToEnrolAnew()).toMatchObject({ ok: false, problem: { code: 'already_enrolled' } });
    expect((await api.getStatus()).stop).toBeNull();
  });

  it("E8, X3: takes HQ's code alone before it has pulled HQ's word of it: nobody can log in there yet", async () => {
    const { kiosk } = await stoppedKiosk('gate', '', { isIntroduced: false });
    expect(await kiosk.api.listStaff()).not.toEqual([]);
    expect(await kiosk.api.logIn({ staffId: 's1', pin: PIN })).toMatchObject({ problem: { code: 'waiting_for_park' } });
    expect((await kiosk.api.getStatus()).stop).toMatchObject({ mayEnrol: true });
    expect(await kiosk.api.enrol(input)).toMatchObject({ ok: false, problem: { code: 'server_unreachable' } });
  });

  it("takes HQ's code alone where no supervisor is known", async () => {
    const { kiosk } = await stoppedKiosk('till', 'DELETE FROM people;');
    expect(await kiosk.api.enrol(input)).toMatchObject({ ok: false, problem: { code: 'server_unreachable' } });
  });
});
