import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** The header of SQLite's WAL index: it counts every commit, and has the salts of the log and its last frame's checksum. */
const HEADER_BYTES = 48;

/**
 * What changes with every commit to a kiosk's database, for the price of three calls to the file system: who looked
 * before need not look again. Null while nobody has the database open.
 */
export function diskVersion(path: string): string | null {
  const index = `${path}-shm`;
  if (!existsSync(index)) return null;
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(index, 'r');
  try {
    readSync(file, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
  const isEmpty = header.every((byte) => byte === 0);
  return isEmpty ? null : `${statSync(index).ino} ${header.toString('hex')}`;
}
