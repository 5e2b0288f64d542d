import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  if (!existsSync(path)) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${bytesToHex(random.bytes(KEY_BYTES))}\n`, { mode: 0o600, flag: 'wx', flush: true });
  }
  chmodSync(path, 0o600);
  const key = hexToBytes(readFileSync(path, 'utf8').trim());
  if (key?.length !== KEY_BYTES) throw new DatabaseError(`${path} is not a master key of 64 hexadecimal digits.`);
  return key;
}
