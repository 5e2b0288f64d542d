import { existsSync, readFileSync } from 'node:fs';
import type { Event, Seal } from '@skygate/shared/events/envelope';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { TableName } from '@skygate/shared/read-models/tables';
import type { Database } from '@skygate/sync-server/db/database';
import { EVENT_COLUMNS, storedToEvent } from '@skygate/sync-server/ingest/stored-event';
import Sqlite from 'better-sqlite3';
import { CompiledQuery } from 'kysely';
import { diskVersion } from './disk-version.ts';
import { PARK } from './headquarters.ts';
import { columnsOf, linesOf, TABLE_NAMES } from './state-hash.ts';

/** What a kiosk's disk says, read by a connection of its own. */
export interface KioskDisk {
  readonly vector: ReadonlyMap<string, { readonly seq: number; readonly hash: string }>;
  /** Which stream it writes: `node/epoch`. */
  readonly incarnation: string;
  readonly acknowledged: number;
  readonly cursor: number;
  readonly stopped: string | null;
  /** By which code; an older program wrote none. */
  readonly stoppedCode: string | null;
  readonly held: number;
  /** Streams besides its own that the server is not known to have to their end here (E6, E8). */
  readonly toDeliver: number;
  /** Places of events that a read model could not take. */
  readonly putAside: readonly string[];
  /** The people that it knows of, by the newest change. */
  readonly peopleRevision: number;
  readonly tables: ReadonlyMap<TableName, readonly string[]>;
}

const VECTOR = `
  SELECT s.node || '/' || s.epoch AS stream, e.seq, lower(hex(e.hash)) AS hash FROM streams s
  CROSS JOIN events e ON e.stream = s.stream AND e.seq = (SELECT max(l.seq) FROM events l WHERE l.stream = s.stream)
  ORDER BY 1`;

/** What was seen last on each disk, and at which version of it. */
const seen = new Map<string, { readonly version: string; readonly disk: KioskDisk }>();
/** More than a seed has. */
const SEEN_MAX = 100;

/** Of a machine that died while it erased itself (X4). */
const ERASED: KioskDisk = {
  vector: new Map(),
  incarnation: '',
  acknowledged: 0,
  cursor: 0,
  stopped: null,
  stoppedCode: null,
  held: 0,
  toDeliver: 0,
  putAside: [],
  peopleRevision: 0,
  tables: new Map(),
};

/** Without its tables: of a disk that has not changed since the last look, what was seen then. */
export function lookAtKioskDisk(path: string): KioskDisk {
  if (!existsSync(path)) return ERASED;
  const version = diskVersion(path);
  const known = seen.get(path);
  if (known !== undefined && known.version === version) return known.disk;
  const disk = readKioskDisk(path, false);
  if (seen.size >= SEEN_MAX) seen.clear();
  if (version !== null) seen.set(path, { version, disk });
  return disk;
}

export function readKioskDisk(path: string, withTables: boolean): KioskDisk {
  const database = new Sqlite(path, { readonly: true });
  try {
    const heads = database.prepare<[], { stream: string; seq: number; hash: string }>(VECTOR).all();
    const position = database
      .prepare<[], { acknowledged: number; cursor: number; stopped: string | null; stoppedCode: string | null }>(
        'SELECT acknowledged, cursor, stopped, stopped_code AS stoppedCode FROM sync_position',
      )
      .get();
    const count = (table: string): number =>
      database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
    const rowsOf = (table: TableName) =>
      database.prepare<[], Record<string, unknown>>(`SELECT ${columnsOf(table).join(', ')} FROM ${table}`).all();
    const identity = database.prepare<[], string>(INCARNATION).pluck().get();
    return {
      incarnation: identity ?? '',
      vector: new Map(heads.map(({ stream, seq, hash }) => [stream, { seq, hash }])),
      acknowledged: position?.acknowledged ?? 0,
      cursor: position?.cursor ?? 0,
      stopped: position?.stopped ?? null,
      stoppedCode: position?.stoppedCode ?? null,
      held: count('held_runs'),
      toDeliver: database.prepare<[], number>(TO_DELIVER).pluck().get() ?? 0,
      putAside: database.prepare<[], string>(PUT_ASIDE).pluck().all(),
      peopleRevision: database.prepare<[], number>('SELECT coalesce(max(revision), 0) FROM people').pluck().get() ?? 0,
      tables: new Map(withTables ? TABLE_NAMES.map((table) => [table, linesOf(table, rowsOf(table))]) : []),
    };
  } finally {
    database.close();
  }
}

const TO_DELIVER = `
  SELECT count(*) FROM deliveries d JOIN streams s ON s.node = d.node AND s.epoch = d.epoch
  WHERE d.delivered < (SELECT max(e.seq) FROM events e WHERE e.stream = s.stream)`;
const PUT_ASIDE = "SELECT node || '/' || epoch || '/' || seq FROM quarantine";
const INCARNATION = "SELECT node || '/' || epoch FROM identity";

const STOPPED = 'SELECT stopped FROM sync_position';
const seenStopped = new Map<string, { readonly version: string; readonly stopped: string | null }>();

/** Why a kiosk stopped writing (E6); null while it writes. Asked every second of a run, so it reads nothing else. */
export function readStopped(path: string): string | null {
  const version = diskVersion(path);
  const known = seenStopped.get(path);
  if (known !== undefined && known.version === version) return known.stopped;
  const database = new Sqlite(path, { readonly: true });
  try {
    const stopped = database.prepare<[], string | null>(STOPPED).pluck().get() ?? null;
    if (seenStopped.size >= SEEN_MAX) seenStopped.clear();
    if (version !== null) seenStopped.set(path, { version, stopped });
    return stopped;
  } finally {
    database.close();
  }
}

/** Who a kiosk is now; null before its first enrolment. */
export function readIncarnation(path: string): { readonly node: NodeId; readonly epoch: number } | null {
  const [node, epoch] = lookAtKioskDisk(path).incarnation.split('/');
  return node && epoch ? { node: node as NodeId, epoch: Number(epoch) } : null;
}

/** Files of a kiosk's database in which these words stand, deleted or not (P1). */
export const filesNaming = (path: string, words: string): readonly string[] =>
  [path, `${path}-wal`].filter((file) => existsSync(file) && readFileSync(file).includes(words));

export interface ServerDisk {
  readonly head: number;
  readonly vector: ReadonlyMap<string, { readonly seq: number; readonly hash: string }>;
  readonly publicKeys: ReadonlyMap<string, string>;
  /** In park order. */
  readonly events: readonly (Event & { readonly position: number })[];
  readonly seals: readonly Seal[];
  /** Places of events that a read model could not take. */
  readonly putAside: readonly string[];
  /** Streams of which a run was refused and kept (E6). */
  readonly runsKept: readonly string[];
  /** Incarnations that said they had wiped themselves (X4). */
  readonly wiped: readonly string[];
  readonly tables: ReadonlyMap<TableName, readonly string[]>;
  rows(table: TableName): readonly Readonly<Record<string, unknown>>[];
}

export async function readServerHead(database: Database): Promise<number> {
  const row = await database.reader.selectFrom('parks').select('head').where('park', '=', PARK).executeTakeFirst();
  return row?.head ?? 0;
}

export async function readPeopleRevision(database: Database): Promise<number> {
  const row = await database.reader
    .selectFrom('people')
    .select((of) => of.fn.max('revision').as('newest'))
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
}

export async function readServerDisk(database: Database): Promise<ServerDisk> {
  const { reader } = database;
  const nodes = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'public_key', 'head_seq', 'head_hash'])
    .where('park', '=', PARK)
    .execute();
  const stored = await reader.selectFrom('events').select(EVENT_COLUMNS).orderBy('position').execute();
  const seals = await reader
    .selectFrom('seals')
    .select(['node', 'epoch', 'to_seq', 'head_hash', 'hlc', 'kid', 'signature'])
    .execute();
  const quarantine = await reader.selectFrom('quarantine').select(['node', 'epoch', 'seq']).execute();
  const wiped = await reader.selectFrom('wiped_kiosks').select(['node', 'epoch']).execute();
  const kept = await reader.selectFrom('quarantined_runs').select(['node', 'epoch']).execute();
  const rows = new Map<TableName, Record<string, unknown>[]>();
  for (const table of TABLE_NAMES) {
    const sql = `select ${columnsOf(table).join(', ')} from ${table} where park = $1`;
    rows.set(table, (await database.kysely.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, [PARK]))).rows);
  }
  const nameOf = (row: { node: string; epoch: number }): string => `${row.node}/${row.epoch}`;
  return {
    head: await readServerHead(database),
    vector: new Map(nodes.map((row) => [nameOf(row), { seq: row.head_seq, hash: row.head_hash }])),
    publicKeys: new Map(nodes.map((row) => [nameOf(row), row.public_key])),
    events: stored.map((row) => ({ ...storedToEvent(row), position: row.position })),
    seals: seals.map((row) => ({ ...row, to: row.to_seq, headHash: row.head_hash }) as unknown as Seal),
    putAside: quarantine.map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`),
    runsKept: kept.map(nameOf),
    wiped: wiped.map(nameOf),
    tables: new Map(TABLE_NAMES.map((table) => [table, linesOf(table, rows.get(table) ?? [])])),
    rows: (table) => rows.get(table) ?? [],
  };
}
