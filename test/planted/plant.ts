// `node --import ./plant.ts harness.ts`: loads files of the program with a bug in them. Nothing of this is in the program.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Edit } from './planted-bug.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Carries the edits, as JSON, into the process of the harness. */
export const PLANTED = 'SKYGATE_PLANTED';

/** The text of a file with the bug in it. @throws unless what it replaces stands exactly once there */
export function withBug({ file, find, replace }: Edit, text = readFileSync(join(ROOT, file), 'utf8')): string {
  const parts = text.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file} has ${parts.length - 1} times, not once: ${JSON.stringify(find)}`);
  }
  return parts.join(replace);
}

/** The files with all their edits, by path. @throws as `withBug` */
export function withEdits(edits: readonly Edit[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const edit of edits) {
    const path = join(ROOT, edit.file);
    sources.set(path, withBug(edit, sources.get(path)));
  }
  return sources;
}

/** The files that this process is to load in another form. */
export const readPlanted = (): ReadonlyMap<string, string> => withEdits(JSON.parse(process.env[PLANTED] ?? '[]'));

const sources = readPlanted();
if (sources.size > 0) {
  registerHooks({
    load: (url, context, nextLoad) => {
      const source = url.startsWith('file:') ? sources.get(fileURLToPath(url)) : undefined;
      const loaded = nextLoad(url, context);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}
