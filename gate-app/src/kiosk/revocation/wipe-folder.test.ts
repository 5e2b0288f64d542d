import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from '../data-folder.ts';
import { openTestKiosk } from '../testing/test-park.ts';
import { markForWipe, wipeFolder } from './wipe-folder.ts';

/** Wipes a marked folder in a process of its own and kills it with SIGKILL after the given step. */
const KILLED_AFTER = `
  import { wipeFolder } from ${JSON.stringify(new URL('wipe-folder.ts', import.meta.url).href)};
  let steps = 0;
  wipeFolder(process.argv[1], () => {
    steps += 1;
    if (steps === Number(process.argv[2])) process.kill(process.pid, 'SIGKILL');
  });
`;
/** The files whose end stands for a kind: killed before and after each, and in the middle of the dearest. */
const EXTRA = ['checkpoint-3.sqlite', 'signing-2.key', 'signing-1-2.key', 'node-2.key', 'signing-2.key.new'];

describe('X4: the wipe of a revoked kiosk', () => {
  let folder: string;
  let oldKey: Uint8Array;

  beforeEach(async () => {
    const kiosk = await openTestKiosk('till');
    folder = mkdtempSync(join(tmpdir(), 'skygate-wipe-'));
    await kiosk.kiosk.stop();
    for (const name of readdirSync(kiosk.folder))
      writeFileSync(join(folder, name), readFileSync(join(kiosk.folder, name)));
    for (const name of EXTRA) writeFileSync(join(folder, name), 'secret'.repeat(6).slice(0, 32));
    writeFileSync(join(folder, 'notes.txt'), 'not of a kiosk');
    writeFileSync(join(folder, 'kiosk.sqlite-wal'), 'what was written last');
    oldKey = new Uint8Array(readFileSync(join(folder, 'node.key')));
    await kiosk.remove();
    markForWipe(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const stepsOf = (): readonly string[] => {
    const copy = mkdtempSync(join(tmpdir(), 'skygate-wipe-copy-'));
    for (const name of readdirSync(folder)) writeFileSync(join(copy, name), readFileSync(join(folder, name)));
    const steps: string[] = [];
    wipeFolder(copy, (done) => {
      // What a step says is on disk by then.
      const [name = ''] = done.split(' ');
      if (done.endsWith('overwritten')) expect(readFileSync(join(copy, name)).every((byte) => byte === 0)).toBe(true);
      if (done.endsWith('removed')) expect(existsSync(join(copy, name))).toBe(false);
      steps.push(done);
    });
    rmSync(copy, { recursive: true });
    return steps;
  };
  const expectFresh = (): void => {
    const opened = openDataFolder(folder, seededRandom('anew'));
    expect(opened.wasErased).toBe(true);
    expect(opened.database.prepare('SELECT count(*) FROM identity').pluck().get()).toBe(0);
    expect(opened.database.prepare('SELECT count(*) FROM people').pluck().get()).toBe(0);
    expect(opened.database.prepare('SELECT count(*) FROM events').pluck().get()).toBe(0);
    expect(opened.keys.nodeSeed).not.toEqual(oldKey);
    opened.close();
    const again = openDataFolder(folder, seededRandom('anew'));
    expect(again.wasErased).toBe(false);
    again.close();
    const left = readdirSync(folder).filter((name) => !/^(lock|kiosk)\.sqlite/.test(name));
    expect(left.sort()).toEqual(['node.key', 'notes.txt', 'signing.key']);
  };

  it('goes in order: the database, its checkpoints, the ticket keys, and the node keys last', () => {
    const removed = stepsOf().filter((step) => step.endsWith('removed'));
    expect(removed).toEqual([
      'kiosk.sqlite-wal removed',
      'kiosk.sqlite removed',
      'checkpoint-3.sqlite removed',
      'signing-1-2.key removed',
      'signing.key removed',
      'signing-2.key removed',
      'signing-2.key.new removed',
      'node.key removed',
      'node-2.key removed',
      'marker removed',
    ]);
    expectFresh();
  });

  it('killed after any step, it is finished at the next opening, and the folder is a new kiosk’s', () => {
    const steps = stepsOf();
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    for (let step = 1; step < steps.length; step += 1) {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'skygate-wipe-'));
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
      const program = ['--input-type=module', '--eval', KILLED_AFTER, folder, `${step}`];
      const killed = spawnSync(process.execPath, program, { stdio: 'inherit' });
      expect(killed.signal, steps[step - 1]).toBe('SIGKILL');
      expectFresh();
    }
  }, 120_000);

  it('begins with nothing but its marker, and leaves an unmarked folder alone', () => {
    rmSync(join(folder, 'wiping'));
    rmSync(join(folder, 'kiosk.sqlite-wal'));
    const opened = openDataFolder(folder, seededRandom('anew'));
    expect(opened.wasErased).toBe(false);
    expect(opened.database.prepare('SELECT count(*) FROM identity').pluck().get()).toBe(1);
    opened.close();
  });
});
