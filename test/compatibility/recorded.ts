import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { schemaProblem } from '@skygate/shared/events/read-event';
import type { Database } from '@skygate/sync-server/db/database';
import { migrateUp } from '@skygate/sync-server/db/migrate';
import { serverTarget } from '@skygate/sync-server/db/migrate-server';
import { CompiledQuery } from 'kysely';
import type Type from 'typebox';
import { copyMigrations } from './copy-migrations.ts';

/** What version 1 of the program left behind (v1/README.md says how it was recorded). Never changed. */
const FOLDER = join(import.meta.dirname, 'v1');
/** The newest migration of the server that version 1 knew. */
const SERVER_SCHEMA = 2;

/** One exchange on the wire, as it was. */
export interface Exchange {
  /** Only where nobody of the park asked. */
  readonly label?: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly status: number;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: string;
}

/** What people had done and were told by then, and the names of things. */
export interface RecordedBook {
  readonly recordedAtMs: number;
  readonly lateCode: string;
  readonly pin: string;
  /** Node ids by kiosk. */
  readonly nodes: Readonly<Record<string, string>>;
  /** Node keys by kiosk, in hex. */
  readonly nodeKeys: Readonly<Record<string, string>>;
  readonly head: number;
  readonly codes: readonly { readonly code: string; readonly ticketId: string }[];
  readonly sales: readonly { readonly saleId: string; readonly kiosk: string }[];
  /** What waits in the recorded folders. */
  readonly pending: Readonly<Record<string, { readonly acknowledged: number; readonly own: number }>>;
}

const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const unpacked = (name: string): Buffer => gunzipSync(readFileSync(join(FOLDER, name)));
const linesOf = (name: string): readonly string[] => unpacked(name).toString('utf8').trimEnd().split('\n');

export const recordedBook = (): RecordedBook => JSON.parse(textOf('book.json'));

/** `before` the state that is recorded in the folders and the database, or what came `after` it. */
export const recordedWire = (when: 'before' | 'after'): readonly Exchange[] =>
  linesOf(`wire-${when}.jsonl.gz`).map((line) => JSON.parse(line));

/** A schema of version 1, by its name in the program. */
export function schemaOfV1(name: string): Type.TSchema {
  const schema = JSON.parse(textOf('schemas.json'))[name];
  if (schema === undefined) throw new Error(`version 1 has no schema ${name}`);
  return schema;
}

/** What is wrong with a value by version 1's schema; null if nothing. */
export const problemByV1 = (name: string, value: unknown): string | null => schemaProblem(schemaOfV1(name), value);

/** Lays a kiosk's data folder as version 1 left it when it was switched off. */
export function layDataFolder(kiosk: 'till' | 'gate', target: string): void {
  mkdirSync(target, { recursive: true });
  for (const key of ['node.key', 'signing.key']) copyFileSync(join(FOLDER, kiosk, key), join(target, key));
  writeFileSync(join(target, 'kiosk.sqlite'), unpacked(`${kiosk}/kiosk.sqlite.gz`));
}

/** HQ's journal, which belongs to the recorded database (E9). */
export function layJournal(target: string): void {
  writeFileSync(join(target, 'hq-journal.sqlite'), unpacked('hq-journal.sqlite.gz'));
}

/** Fills an empty database with version 1's schema and rows, and then brings it to today's. */
export async function restoreServer(database: Database): Promise<void> {
  const target = serverTarget(database);
  const older = copyMigrations('server', SERVER_SCHEMA);
  try {
    await migrateUp(target, older.folder);
  } finally {
    older.remove();
  }
  const say = (sql: string, values: readonly unknown[] = []) =>
    database.kysely.executeQuery(CompiledQuery.raw(sql, [...values]));
  // Rows come by table, not in the order in which they refer to each other.
  await say('set session_replication_role = replica');
  for (const line of linesOf('server.jsonl.gz')) {
    const { table, row } = JSON.parse(line) as { readonly table: string; readonly row: unknown };
    if (table === 'schema_version') continue;
    const rowOfTable = `select * from json_populate_record(null::${table}, $1::json)`;
    await say(`insert into ${table} ${rowOfTable}`, [JSON.stringify(row)]);
  }
  await say('set session_replication_role = origin');
  await migrateUp(target);
}
