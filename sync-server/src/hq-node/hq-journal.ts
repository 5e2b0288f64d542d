import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '@skygate/shared/lib/assert';
import Sqlite from 'better-sqlite3';
import { DatabaseError } from '../db/database.ts';
import type { Batch } from '../ingest/append-batch.ts';
import { type KeptRow, keptKeyOf } from './kept-rows.ts';

/**
 * What PGlite could lose in a power cut, on disk before anyone is answered (E9): HQ's own events, the rows beside the
 * log, and how far each park's log was. The newest of it is replayed into the database at start.
 */
export interface HqJournal {
  /** One durable transaction. @returns how to take it back, should the database refuse its part */
  record(entry: {
    readonly park?: string;
    readonly batch: Batch | null;
    readonly further?: readonly Batch[];
    readonly rows: readonly KeptRow[];
  }): () => void;
  /** The newest position of a park that anybody may have seen. */
  noteHead(park: string, position: number): void;
  heads(): ReadonlyMap<string, number>;
  /** After positions were lost, they are given anew from here. */
  resetHead(park: string, position: number): void;
  rows(): readonly KeptRow[];
  /** HQ's batches of a stream beyond a seq, oldest first. */
  batchesAfter(stream: {
    readonly park: string;
    readonly node: string;
    readonly epoch: number;
    readonly seq: number;
  }): readonly Batch[];
  /** HQ's newest batch of a stream; null if it has none. */
  lastBatch(stream: { readonly park: string; readonly node: string; readonly epoch: number }): Batch | null;
  /** Empties the write-ahead log, so that no older version of a row is left in it (P1). */
  wipeReplaced(): void;
  close(): void;
}

// Batches in a table with rowids: without them each of a kilobyte or more would take a page of its own besides.
const SCHEMA = `
create table if not exists batches (
  park text not null,
  node text not null,
  epoch integer not null,
  to_seq integer not null,
  batch text not null,
  primary key (park, node, epoch, to_seq)
) strict;
create table if not exists kept_rows (
  name text primary key,
  kept text not null
) strict;
create table if not exists heads (
  park text primary key,
  position integer not null
) strict, without rowid;`;

const INSERT_BATCH =
  'insert into batches (park, node, epoch, to_seq, batch) values (?, ?, ?, ?, ?) on conflict do nothing';
/** What stands where a batch has to go: the database, which is asked first, refused it, and taking it back failed. */
const OVERTAKEN = `select to_seq, batch from batches
  where park = ? and node = ? and epoch = ? and to_seq >= ? and json_extract(batch, '$.events[0].seq') >= ?
    and batch <> ?`;
const DELETE_BATCH = 'delete from batches where park = ? and node = ? and epoch = ? and to_seq = ?';
const BATCHES_AFTER =
  'select batch from batches where park = ? and node = ? and epoch = ? and to_seq > ? order by to_seq';
const LAST_BATCH = 'select batch from batches where park = ? and node = ? and epoch = ? order by to_seq desc limit 1';
const KEPT_ROW = 'select kept from kept_rows where name = ?';
const KEEP_ROW =
  'insert into kept_rows (name, kept) values (?, ?) on conflict (name) do update set kept = excluded.kept';
const FORGET_ROW = 'delete from kept_rows where name = ?';
const KEPT_ROWS = 'select kept from kept_rows order by rowid';
const SET_HEAD = `insert into heads (park, position) values (?, ?)
  on conflict (park) do update set position = excluded.position`;
const HEADS = 'select park, position from heads';

/** @throws DatabaseError if the file cannot be used */
export function openHqJournal(dataFolder: string): HqJournal {
  const database = openFile(join(dataFolder, 'hq-journal.sqlite'));
  const setHead = database.prepare(SET_HEAD);
  const heads = new Map(
    (database.prepare(HEADS).all() as { park: string; position: number }[]).map((row) => [row.park, row.position]),
  );
  const moveHead = (park: string, position: number): void => {
    setHead.run(park, position);
    heads.set(park, position);
  };
  return {
    record: (entry) => recordEntry(database, entry),
    noteHead: (park, position) => {
      if (position > (heads.get(park) ?? 0)) moveHead(park, position);
    },
    heads: () => heads,
    resetHead: moveHead,
    rows: () => (database.prepare(KEPT_ROWS).all() as { kept: string }[]).map(({ kept }) => JSON.parse(kept)),
    batchesAfter: ({ park, node, epoch, seq }) =>
      (database.prepare(BATCHES_AFTER).all(park, node, epoch, seq) as { batch: string }[]).map(({ batch }) =>
        JSON.parse(batch),
      ),
    lastBatch: ({ park, node, epoch }) => {
      const row = database.prepare(LAST_BATCH).get(park, node, epoch) as { batch: string } | undefined;
      return row ? JSON.parse(row.batch) : null;
    },
    wipeReplaced: () => {
      database.pragma('wal_checkpoint(TRUNCATE)');
    },
    close: () => database.close(),
  };
}

function openFile(path: string): Sqlite.Database {
  try {
    const database = new Sqlite(path);
    // Keys, though sealed, and people's verifiers are in it; SQLite gives its other files the same rights.
    chmodSync(path, 0o600);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    // What a newer version of a row replaces is overwritten on disk, not only forgotten (P1).
    database.pragma('secure_delete = ON');
    assert(database.pragma('synchronous', { simple: true }) === 2, 'the journal is synchronous=FULL');
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    throw new DatabaseError(
      `The journal ${path} cannot be used (${error instanceof Error ? error.message : String(error)}). ` +
        "It may hold what the database has lost: put the folder's backup back rather than deleting it.",
    );
  }
}

function recordEntry(
  database: Sqlite.Database,
  { park, batch, further = [], rows }: Parameters<HqJournal['record']>[0],
): () => void {
  const names = rows.map((kept) => `${kept.table}${keptKeyOf(kept)}`);
  const before = names.map((name) => database.prepare(KEPT_ROW).pluck().get(name) as string | undefined);
  const keep = database.prepare(KEEP_ROW);
  const forgetBatches: (() => void)[] = [];
  const write = database.transaction(() => {
    for (const one of batch ? [batch, ...further] : []) {
      forgetBatches.unshift(recordBatch(database, [park, one.seal.node, one.seal.epoch], one));
    }
    for (const [index, kept] of rows.entries()) keep.run(names[index], JSON.stringify(kept));
  });
  const takeBack = database.transaction(() => {
    for (const forget of forgetBatches) forget();
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) database.prepare(FORGET_ROW).run(name);
      else keep.run(name, before[index]);
    }
  });
  write.immediate();
  return () => takeBack.immediate();
}

type Stream = readonly [park: string | undefined, node: string, epoch: number];

/** Within a transaction. @returns how to have the stream's batches again as they were */
function recordBatch(database: Sqlite.Database, stream: Stream, batch: Batch): () => void {
  const [first] = batch.events;
  assert(first, 'a batch has events');
  const text = JSON.stringify(batch);
  const insert = database.prepare(INSERT_BATCH);
  const forget = database.prepare(DELETE_BATCH);
  const overtaken = database.prepare(OVERTAKEN).all(...stream, first.seq, first.seq, text) as {
    to_seq: number;
    batch: string;
  }[];
  for (const { to_seq } of overtaken) forget.run(...stream, to_seq);
  const isNew = insert.run(...stream, batch.seal.to, text).changes === 1;
  return () => {
    if (isNew) forget.run(...stream, batch.seal.to);
    for (const one of overtaken) insert.run(...stream, one.to_seq, one.batch);
  };
}
