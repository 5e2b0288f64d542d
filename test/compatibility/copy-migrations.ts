import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations');

/** The migrations that an older program knew, in a folder of their own. */
export function copyMigrations(
  database: 'server' | 'gate',
  newest: number,
): { readonly folder: URL; readonly remove: () => void } {
  const from = join(MIGRATIONS, database);
  const to = mkdtempSync(join(tmpdir(), 'skygate-migrations-'));
  for (const file of readdirSync(from)) {
    if (Number(file.slice(0, 4)) <= newest) copyFileSync(join(from, file), join(to, file));
  }
  return { folder: pathToFileURL(`${to}/`), remove: () => rmSync(to, { recursive: true }) };
}
