import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestKiosk, PIN, type TestKiosk } from './testing/test-park.ts';

let open: TestKiosk;
afterEach(() => open.remove());

/** Starts again after something happened to its file. */
async function startAfter(change: string): Promise<TestKiosk> {
  open = await openTestKiosk('gate');
  await open.kiosk.api.logIn({ staffId: 'g1', pin: PIN });
  expect(await open.kiosk.api.countExit({ people: 1 })).toMatchObject({ ok: true });
  await open.kiosk.stop();
  const database = new Sqlite(join(open.folder, 'kiosk.sqlite'));
  database.exec(change);
  database.close();
  return open.restart();
}

describe('a kiosk that cannot open its log', () => {
  it('says that it is damaged where its end is not what it sealed', async () => {
    await expect(startAfter(`UPDATE events SET seal = zeroblob(64) WHERE seal IS NOT NULL`)).rejects.toThrow(
      /is damaged .*enrol this kiosk anew/,
    );
  });

  it('tells nobody to give it up for anything else', async () => {
    const start = startAfter('ALTER TABLE quarantine RENAME TO mislaid');
    await expect(start).rejects.toThrow(/could not be opened .*Nothing is lost/);
  });
});
