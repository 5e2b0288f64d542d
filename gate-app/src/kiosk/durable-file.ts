import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Whole or not at all, also in a power cut: written aside, flushed, renamed, and the folder flushed. */
export function writeDurably(folder: string, name: string, bytes: Uint8Array): void {
  const aside = join(folder, `${name}.new`);
  const file = openSync(aside, 'w', 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(aside, join(folder, name));
  syncFolder(folder);
}

/** Puts the names in a folder on disk: what was renamed into it or removed from it stays so. */
export function syncFolder(folder: string): void {
  // Windows has no way to flush a folder; its file system orders a rename by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
