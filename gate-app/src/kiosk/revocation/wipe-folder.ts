import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { utf8ToBytes } from '@skygate/shared/lib/bytes';
import { syncFolder, writeDurably } from '../durable-file.ts';

/** Its presence says that everything here has to go, whatever else says otherwise. */
const MARKER = 'wiping';

/**
 * What a kiosk keeps, in the order in which it goes: first what can be read without a key (documents, people, read
 * models and log are one database, its write-ahead log before it), the checkpoints of it, then the keys. The node key is
 * the last: as long as any data is here, so is the name of whose it was.
 */
const IN_ORDER = [
  /^kiosk\.sqlite-(wal|journal)$/,
  /^kiosk\.sqlite/,
  /^checkpoint-.*\.sqlite/,
  /^signing(-\d+)*\.key(\.new)?$/,
  /^node(-\d+)?\.key(\.new)?$/,
] as const;
const ZEROS = new Uint8Array(1024 * 1024);

/** Durable before it returns: from now on this folder is wiped, at once or at its next opening (X4). */
export const markForWipe = (folder: string): void =>
  writeDurably(folder, MARKER, utf8ToBytes('This kiosk was revoked. Its data is being erased.\n'));

export const isMarkedForWipe = (folder: string): boolean => existsSync(join(folder, MARKER));

/**
 * Overwrites and removes everything a kiosk keeps in its folder, and the marker at the very end: a power cut between any
 * two steps leaves a folder that is wiped further when it is opened next. Nothing may have the files open. Files that
 * are not a kiosk's stay.
 * @param step called after each step that is on disk
 */
export function wipeFolder(folder: string, step: (done: string) => void = () => {}): void {
  for (const name of IN_ORDER.flatMap((kind) => namesOf(folder, kind))) {
    overwrite(join(folder, name));
    step(`${name} overwritten`);
    rmSync(join(folder, name), { force: true });
    syncFolder(folder);
    step(`${name} removed`);
  }
  rmSync(join(folder, `${MARKER}.new`), { force: true });
  rmSync(join(folder, MARKER), { force: true });
  syncFolder(folder);
  step('marker removed');
}

/** Older generations before newer ones: the key in use goes last of its kind. */
function namesOf(folder: string, kind: RegExp): readonly string[] {
  const earlier = IN_ORDER.slice(0, IN_ORDER.indexOf(kind as never));
  const generation = (name: string): number => Number(/-(\d+)/.exec(name)?.[1] ?? 1);
  return readdirSync(folder)
    .filter((name) => kind.test(name) && !earlier.some((other) => other.test(name)))
    .sort((one, other) => generation(one) - generation(other) || (one < other ? -1 : 1));
}

/** Once with zeros: an undelete finds nothing. What a flash disk keeps of old blocks only its encryption hides. */
function overwrite(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  try {
    for (let at = 0; at < size; at += ZEROS.length) {
      writeSync(file, ZEROS, 0, Math.min(ZEROS.length, size - at), at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
