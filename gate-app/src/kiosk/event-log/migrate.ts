import { readdirSync, readFileSync } from 'node:fs';
import { assert } from '@skygate/shared/lib/assert';
import type { Database } from 'better-sqlite3';

const FOLDER = new URL('../../../../migrations/gate/', import.meta.url);
const UP_NAME = /^(\d{4})-[a-z0-9-]+\.up\.sql$/;

/** The database cannot be used by this program; the message is for the operator. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly number: number;
  readonly name: string;
}

/** Brings the schema to what this program knows, one transaction a migration. @throws MigrationError */
export function migrate(database: Database, folder: URL = FOLDER): void {
  const migrations = migrationsIn(folder);
  const version = schemaVersion(database);
  if (version > migrations.length) {
    throw new MigrationError(
      `The kiosk's data is of a newer program (schema ${version}; this program knows ${migrations.length}). ` +
        'Update the program; nothing was changed.',
    );
  }
  for (const { number, name } of migrations.slice(version)) {
    runScript(database, { folder, name, nextVersion: number });
  }
}

/** Takes the newest migration back, for tests of the down scripts and for support. */
export function migrateDown(database: Database, folder: URL = FOLDER): void {
  const newest = migrationsIn(folder)[schemaVersion(database) - 1];
  if (!newest) return;
  const name = newest.name.replace('.up.sql', '.down.sql');
  runScript(database, { folder, name, nextVersion: newest.number - 1 });
}

export const schemaVersion = (database: Database): number => Number(database.pragma('user_version', { simple: true }));

function runScript(database: Database, step: { folder: URL; name: string; nextVersion: number }): void {
  const sql = readFileSync(new URL(step.name, step.folder), 'utf8');
  database
    .transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${step.nextVersion}`);
    })
    .immediate();
}

function migrationsIn(folder: URL): readonly Migration[] {
  const migrations = readdirSync(folder)
    .flatMap((name) => {
      const match = UP_NAME.exec(name);
      return match ? [{ number: Number(match[1]), name }] : [];
    })
    .sort((a, b) => a.number - b.number);
  assert(
    migrations.every(({ number }, index) => number === index + 1),
    'migrations/gate is numbered from 1 without gaps',
  );
  return migrations;
}
