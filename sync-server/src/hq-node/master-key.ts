import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytesToHex, hexToBytes } from '@skygate/shared/lib/bytes';
import { DatabaseError } from '../db/database.ts';
import type { Random } from '../ports.ts';

const KEY_BYTES = 32;

/**
 * The key that seals the secret keys in the database: from `master.key` in the data folder (only its owner may read
 * it), made at the first start. @throws DatabaseError if the file is no key
 */
export function masterKeyFile(dataFolder: string, random: Random): Uint8Array {
  const path = join(dataFolder, 'master.key');
  try {
    if (!existsSync(path)) makeKeyFile(path, random);
    chmodSync(path, 0o600);
    const key = hexToBytes(readFileSync(path, 'utf8').trim());
    if (key?.length === KEY_BYTES) return key;
  } catch (error) {
    throw new DatabaseError(`${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new DatabaseError(`${path} is not a master key of 64 hexadecimal digits.`);
}

/** Whole or not at all, and the first of two processes wins: a key that sealed something must not be written over. */
function makeKeyFile(path: string, random: Random): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${bytesToHex(random.bytes(8))}`;
  writeFileSync(draft, `${bytesToHex(random.bytes(KEY_BYTES))}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft);
  }
}
