import { readdirSync, readFileSync } from 'node:fs';
import { assert } from '@skygate/shared/lib/assert';
import { DatabaseError } from './database.ts';

/** A database's own way to keep a schema version and to run a script as one transaction with it. */
export interface MigrationTarget {
  /** 0 for an empty database. */
  version(): Promise<number>;
  /** Runs the script and sets the version, both or neither; neither if the version is not `from` (any more). */
  apply(script: string, step: { readonly from: number; readonly to: number }): Promise<void>;
}

export interface Migration {
  readonly number: number;
  readonly name: string;
}

const MIGRATIONS = new URL('../../../migrations/', import.meta.url);
const UP_NAME = /^(\d{4})-([a-z0-9-]+)\.up\.sql$/;

export const migrationFolder = (database: 'server' | 'gate'): URL => new URL(`${database}/`, MIGRATIONS);

/** The migrations of a folder, oldest first; their numbers run from 1 without a gap. */
export function migrationsIn(folder: URL): readonly Migration[] {
  const migrations = readdirSync(folder)
    .flatMap((file) => {
      const match = UP_NAME.exec(file);
      return match ? [{ number: Number(match[1]), name: `${match[1]}-${match[2]}` }] : [];
    })
    .sort((a, b) => a.number - b.number);
  assert(
    migrations.every(({ number }, index) => number === index + 1),
    `migrations in ${folder.pathname} are numbered from 1 without gaps`,
  );
  return migrations;
}

/** Brings the schema to what this program knows. @returns the version. @throws DatabaseError if it is newer than that */
export async function migrateUp(target: MigrationTarget, folder: URL = migrationFolder('server')): Promise<number> {
  const migrations = migrationsIn(folder);
  // Looked at before each step: another instance may be doing the same.
  let next = migrations[await knownVersion(target, migrations)];
  while (next) {
    const script = readFileSync(new URL(`${next.name}.up.sql`, folder), 'utf8');
    await target.apply(script, { from: next.number - 1, to: next.number });
    next = migrations[await knownVersion(target, migrations)];
  }
  return migrations.length;
}

/** Takes the newest migration back. @returns the version after it */
export async function migrateDown(target: MigrationTarget, folder: URL = migrationFolder('server')): Promise<number> {
  const migrations = migrationsIn(folder);
  const version = await knownVersion(target, migrations);
  const newest = migrations[version - 1];
  if (!newest) return 0;
  await target.apply(readFileSync(new URL(`${newest.name}.down.sql`, folder), 'utf8'), {
    from: version,
    to: version - 1,
  });
  return version - 1;
}

async function knownVersion(target: MigrationTarget, migrations: readonly Migration[]): Promise<number> {
  const version = await target.version();
  if (version > migrations.length) {
    throw new DatabaseError(
      `The database is of a newer program (schema ${version}; this program knows ${migrations.length}). ` +
        'Update the program; nothing was changed.',
    );
  }
  return version;
}
