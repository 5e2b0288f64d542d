import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KioskStartError, openDataFolder } from './data-folder.ts';

const HOLDER = `
  import { openDataFolder } from ${JSON.stringify(new URL('data-folder.ts', import.meta.url).href)};
  openDataFolder(process.argv[1], { bytes: (count) => new Uint8Array(count).fill(5), fraction: () => 0 });
  console.log('holding');
  setInterval(() => {}, 1000);
`;

describe('the data folder', () => {
  let folder: string;
  let holder: ChildProcess | null = null;
  const open = () => openDataFolder(folder, seededRandom(1));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-folder-'));
  });
  afterEach(() => {
    holder?.kill('SIGKILL');
    holder = null;
    rmSync(folder, { recursive: true });
  });

  it('K1: is refused to a second process, and free again when the first was killed', async () => {
    holder = spawn(process.execPath, ['--input-type=module', '--eval', HOLDER, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (holder.stdout === null) throw new Error('the holder has an output');
    await once(holder.stdout, 'data');
    expect(open).toThrow('is in use by another kiosk process');
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    const opened = open();
    expect(opened.keys.nodeSeed).toEqual(new Uint8Array(32).fill(5));
    opened.close();
  });

  it('is refused to a second kiosk in this process too', () => {
    const opened = open();
    expect(open).toThrow('is in use by another kiosk process');
    opened.close();
    open().close();
  });

  it('S1: keeps its keys, for its owner alone', () => {
    const first = open();
    first.close();
    const second = openDataFolder(folder, seededRandom(2));
    expect(second.keys.nodeSeed).toEqual(first.keys.nodeSeed);
    expect(second.keys.signingSeed).toEqual(first.keys.signingSeed);
    expect(first.keys.nodeSeed).not.toEqual(first.keys.signingSeed);
    expect(statSync(join(folder, 'node.key')).mode & 0o777).toBe(0o600);
    second.close();
  });

  it('S1: makes no new key beside a log that was sealed with the old one', () => {
    open().close();
    rmSync(join(folder, 'node.key'));
    expect(open).toThrow('node.key is missing');
    expect(existsSync(join(folder, 'node.key'))).toBe(false);
  });

  it('is refused by a program older than its data, in words for the operator, and free again', () => {
    const opened = open();
    opened.database.pragma('user_version = 9999');
    opened.close();
    expect(open).toThrow(KioskStartError);
    expect(open).toThrow('Update the program; nothing was changed.');
  });

  it('says which key file is damaged, and makes no new key in its place', () => {
    open().close();
    writeFileSync(join(folder, 'node.key'), 'short');
    expect(open).toThrow('node.key is damaged');
    expect(readFileSync(join(folder, 'node.key'), 'utf8')).toBe('short');
  });

  it('E6: has the keys of the next enrolment on disk before they are used, and keeps the old ones', () => {
    const first = open();
    const next = first.keys.ofGeneration(2);
    expect(next.nodeSeed).not.toEqual(first.keys.nodeSeed);
    expect(next.signingSeed).not.toEqual(first.keys.signingSeed);
    expect(first.keys.ofGeneration(2)).toEqual(next);
    expect(statSync(join(folder, 'node-2.key')).mode & 0o777).toBe(0o600);
    first.close();
    // A power cut before the answer: the kiosk is what it was, and asks with the same keys again.
    const again = openDataFolder(folder, seededRandom(2));
    expect(again.keys.nodeSeed).toEqual(first.keys.nodeSeed);
    expect(again.keys.ofGeneration(2)).toEqual(next);
    again.keys.use(2);
    expect({ nodeSeed: again.keys.nodeSeed, signingSeed: again.keys.signingSeed }).toEqual(next);
    again.close();
  });
});
