import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tearWal } from './torn-wal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skygate-torn-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the disk holds in the middle of a transaction that has outgrown its cache: frames without a commit. */
function diskInMidTransaction(): { readonly path: string; readonly committed: number } {
  const live = new Sqlite(join(folder, 'live.sqlite'));
  live.pragma('journal_mode = WAL');
  live.pragma('synchronous = FULL');
  live.pragma('cache_size = 5');
  live.exec('create table facts (fact integer primary key, filler text) strict');
  const insert = live.prepare('insert into facts (filler) values (?)');
  for (let fact = 0; fact < 20; fact += 1) insert.run('committed');
  live.exec('begin');
  for (let fact = 0; fact < 200; fact += 1) insert.run('x'.repeat(1_000));
  const path = join(folder, 'copy.sqlite');
  for (const end of ['', '-wal']) copyFileSync(join(folder, `live.sqlite${end}`), `${path}${end}`);
  live.exec('rollback');
  live.close();
  return { path, committed: 20 };
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a power cut (seed %i) takes what no commit closed, and nothing that one did',
  (seed) => {
    const { path, committed } = diskInMidTransaction();
    const before = readFileSync(`${path}-wal`);
    expect(tearWal(`${path}-wal`, seededRandom(seed))).toBe(true);
    const after = readFileSync(`${path}-wal`);
    expect(after.equals(before)).toBe(false);
    const database = new Sqlite(path);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.prepare('select count(*) from facts').pluck().get()).toBe(committed);
    database.close();
  },
);

it('a machine without a log loses nothing', () => {
  expect(tearWal(join(folder, 'none-wal'), seededRandom(1))).toBe(false);
});
