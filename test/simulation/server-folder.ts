import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the server keeps beside its database: HQ's journal (E9), or the notes of how far it was (E8). */
const FILES = /^(hq-journal|heads)\.sqlite(-wal)?$/;
const LEFTOVERS = /^(hq-journal|heads)\.sqlite/;

/** Nothing is being written meanwhile: the simulated server writes these files synchronously. */
export function copyServerFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) if (FILES.test(file)) copyFileSync(join(from, file), join(to, file));
}

export function replaceServerFolder(from: string, to: string): void {
  for (const file of readdirSync(to)) if (LEFTOVERS.test(file)) rmSync(join(to, file));
  copyServerFolder(from, to);
}
