import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { markForWipe } from '../revocation/wipe-folder.ts';
import { openTestKiosk } from '../testing/test-park.ts';
import { rebuildKiosk } from './rebuild-command.ts';

const rebuild = (args: readonly string[]): { readonly code: number; readonly said: string } => {
  const lines: string[] = [];
  const code = rebuildKiosk(args, (line) => lines.push(line));
  return { code, said: lines.join('\n') };
};

describe('npm run rebuild -- kiosk', () => {
  it('S7: says the same, differs and keeps, replaces; and refuses a folder that a kiosk holds', async () => {
    const kiosk = await openTestKiosk('till');
    const data = ['--data', kiosk.folder];
    expect(rebuild(data)).toMatchObject({ code: 2, said: expect.stringContaining('in use by another kiosk process') });
    await kiosk.kiosk.stop();
    expect(rebuild(data)).toMatchObject({ code: 0, said: expect.stringContaining('The same.') });
    const database = new Sqlite(join(kiosk.folder, 'kiosk.sqlite'));
    database.exec('UPDATE leases SET places = places + 1');
    database.close();
    expect(rebuild(data)).toMatchObject({ code: 1, said: expect.stringContaining('Nothing was changed') });
    expect(rebuild([...data, '--replace'])).toMatchObject({ code: 1, said: expect.stringContaining('rebuilt') });
    expect(rebuild(data).code).toBe(0);
    await kiosk.remove();
  });

  it('X4, S1: leaves a folder alone that is being erased: it goes on with no wipe and makes no keys', async () => {
    const kiosk = await openTestKiosk('till');
    await kiosk.kiosk.stop();
    markForWipe(kiosk.folder);
    const files = () =>
      readdirSync(kiosk.folder)
        .filter((name) => !name.startsWith('lock.sqlite'))
        .map((name) => [name, readFileSync(join(kiosk.folder, name)).toString('base64')]);
    const before = files();
    const asked = rebuild(['--data', kiosk.folder, '--replace']);
    expect(asked).toMatchObject({ code: 2, said: expect.stringContaining('is being erased') });
    expect(files()).toEqual(before);
    await kiosk.remove();
  });

  it('X2: says what is wrong with its words, and makes no folder', () => {
    expect(rebuild([]).code).toBe(2);
    expect(rebuild(['--data', '/nowhere/at/all']).said).toContain('/nowhere/at/all');
    expect(rebuild(['--loudly']).code).toBe(2);
  });
});
