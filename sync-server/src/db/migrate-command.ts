import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Sqlite from 'better-sqlite3';
import { readConfig } from '../config.ts';
import { DatabaseError } from './database.ts';
import { type MigrationTarget, migrateDown, migrateUp, migrationFolder, migrationsIn } from './migrate.ts';
import { gateTarget } from './migrate-gate.ts';
import { serverTarget } from './migrate-server.ts';
import { openPglite } from './open-pglite.ts';
import { openPostgres } from './open-postgres.ts';

const USAGE = `Usage: npm run migrate -- up | down | version | create NAME [--database server|gate] [--data DIR]
  up       bring the schema to what this program knows
  down     take the newest migration back
  version  say which migration the database is at
  create   make the two files of a new migration (NAME in kebab-case)
The server's database is DATABASE_URL or the data folder; a kiosk's is the SQLite file in --data DIR.`;

/** As the kiosk itself names it. */
const GATE_FILE = 'kiosk.sqlite';

class UsageError extends Error {}

type DatabaseName = 'server' | 'gate';

interface Opened {
  readonly target: MigrationTarget;
  close(): Promise<void>;
}

try {
  console.log(await run(process.argv.slice(2)));
} catch (error) {
  const isOurs = !(error instanceof UsageError || error instanceof DatabaseError);
  console.error(isOurs ? error : (error as Error).message);
  process.exit(1);
}

async function run(args: readonly string[]): Promise<string> {
  const { command, name, database, data } = readArguments(args);
  if (command === 'create') return createMigration(database, name);
  const opened = await (database === 'gate' ? openGate(data) : openServer(data));
  try {
    return await runOn(opened.target, command, database);
  } finally {
    await opened.close();
  }
}

async function runOn(target: MigrationTarget, command: string, database: DatabaseName): Promise<string> {
  const folder = migrationFolder(database);
  if (command === 'up') return `The ${database} schema is at version ${await migrateUp(target, folder)}.`;
  if (command === 'down') return `The ${database} schema is at version ${await migrateDown(target, folder)}.`;
  const known = migrationsIn(folder).length;
  return `The ${database} schema is at version ${await target.version()}; this program knows ${known}.`;
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { database: { type: 'string', default: 'server' }, data: { type: 'string' } },
      allowPositionals: true,
    });
    const [command = '', name, ...rest] = positionals;
    if (!['up', 'down', 'version', 'create'].includes(command)) {
      throw new UsageError(command === '' ? USAGE : `There is no command "${command}".\n${USAGE}`);
    }
    if (rest.length > 0 || (command !== 'create' && name !== undefined))
      throw new UsageError(`Too many words.\n${USAGE}`);
    if (values.database !== 'server' && values.database !== 'gate') {
      throw new UsageError(`--database is server or gate, not "${values.database}".`);
    }
    const database: DatabaseName = values.database;
    return { command, name, database, data: values.data };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${(error as Error).message}\n${USAGE}`);
  }
}

async function openServer(data: string | undefined): Promise<Opened> {
  const config = readConfig(process.env, data === undefined ? [] : ['--data', data]);
  if (!config.ok) throw new UsageError(config.error);
  const { databaseUrl, dataFolder } = config.value;
  const database = await (databaseUrl ? openPostgres(databaseUrl) : openPglite(dataFolder));
  return { target: serverTarget(database), close: () => database.close() };
}

async function openGate(data: string | undefined): Promise<Opened> {
  const folder = data ?? process.env['SKYGATE_KIOSK_DATA'];
  if (folder === undefined) throw new UsageError("--database gate needs --data DIR, the kiosk's data folder.");
  try {
    const database = new Sqlite(join(folder, GATE_FILE));
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    return {
      target: gateTarget(database),
      close: async () => {
        database.close();
      },
    };
  } catch (error) {
    throw new DatabaseError(`The kiosk database in ${folder} does not open: ${(error as Error).message}`);
  }
}

function createMigration(database: DatabaseName, name: string | undefined): string {
  if (!name || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) {
    throw new UsageError('create needs a NAME in kebab-case, such as add-refunds.');
  }
  const folder = migrationFolder(database);
  const number = String(migrationsIn(folder).length + 1).padStart(4, '0');
  const files = ['up', 'down'].map((direction) => `${number}-${name}.${direction}.sql`);
  for (const file of files) writeFileSync(new URL(file, folder), '', { flag: 'wx' });
  return `Made ${files.join(' and ')} in migrations/${database} (${readdirSync(folder).length} files).`;
}
