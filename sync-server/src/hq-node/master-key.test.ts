import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseError } from '../db/database.ts';
import { createNodeRandom } from '../node-crypto.ts';
import { masterKeyFile } from './master-key.ts';

let folder: string;
const random = createNodeRandom();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skygate-key-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is made once, and leaves nothing else behind', () => {
  const first = masterKeyFile(folder, random);
  expect(masterKeyFile(folder, random)).toEqual(first);
  expect(readdirSync(folder)).toEqual(['master.key']);
});

it('is never written over by a second process that looked at the same moment', () => {
  const path = join(folder, 'master.key');
  let other: Uint8Array | null = null;
  // The other process makes its key while this one is about to: after the look, before the write.
  const racing = {
    bytes: (count: number) => {
      if (other === null) {
        other = new Uint8Array(32).fill(9);
        writeFileSync(path, '09'.repeat(32));
      }
      return random.bytes(count);
    },
  };
  expect(masterKeyFile(folder, racing)).toEqual(new Uint8Array(32).fill(9));
  expect(readdirSync(folder)).toEqual(['master.key']);
});

it('a file that is no key, and a folder that is none, are named in one sentence', () => {
  writeFileSync(join(folder, 'master.key'), '');
  expect(() => masterKeyFile(folder, random)).toThrow(DatabaseError);
  expect(() => masterKeyFile(folder, random)).toThrow(/is not a master key/);
  expect(() => masterKeyFile(join(folder, 'master.key'), random)).toThrow(/cannot be used/);
});
