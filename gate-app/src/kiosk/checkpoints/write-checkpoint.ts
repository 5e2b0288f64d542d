import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '@skygate/shared/lib/assert';
import { bytesToHex } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import { createStateHash, TABLE_NAMES } from '@skygate/shared/read-models/state-hash';
import Sqlite, { type Database } from 'better-sqlite3';
import { schemaVersion } from '../event-log/migrate.ts';
import { readState } from '../read-models/read-state.ts';
import { type CheckpointContent, type CheckpointHead, checkpointFile } from './checkpoint.ts';

export interface WriteCheckpointDeps {
  readonly crypto: Crypto;
  /** The kiosk's data folder, with its database. */
  readonly folder: string;
  /** Between two slices: a gate must never wait for a checkpoint. */
  readonly pause: () => Promise<void>;
}

const QUARANTINE_COLUMNS = 'read_model, key, node, epoch, seq, error, program, waits_for';
const HEADS = `
  SELECT s.node, s.epoch, e.seq, e.hash FROM streams s
  JOIN events e ON e.stream = s.stream AND e.seq = (SELECT max(l.seq) FROM events l WHERE l.stream = s.stream)
  ORDER BY s.node, s.epoch`;
/**
 * Everything own is where the server keeps it for good: else a past that is cut back later would be in the state. And no
 * ticket has to be folded anew: its cases would stay those of another entry limit (T3). Nor has a fact of a revoked kiosk to
 * be looked at: its money would stay in the sums (X4).
 */
const IS_SETTLED = `
  SELECT p.durable >= coalesce((SELECT max(e.seq) FROM events e WHERE e.stream = s.stream), 0)
    AND NOT EXISTS (SELECT 1 FROM own_epochs o JOIN streams os ON os.node = o.node AND os.epoch = o.epoch
                    LEFT JOIN deliveries d ON d.node = o.node AND d.epoch = o.epoch
                    WHERE coalesce(d.delivered, 0) < (SELECT max(e.seq) FROM events e WHERE e.stream = os.stream))
    AND NOT EXISTS (SELECT 1 FROM entry_limit_refolds) AND NOT EXISTS (SELECT 1 FROM late_fact_refolds)
  FROM sync_position p, identity i JOIN streams s ON s.node = i.node AND s.epoch = i.epoch`;

/**
 * Writes the read models, as one moment has them, to `checkpoint-<number>.sqlite`, and reads the file again before it
 * says so: only what came back from the disk with the same hash is a checkpoint (K4). The kiosk goes on meanwhile: the
 * rows are read by a connection of their own, a slice at a time.
 * @returns null if the kiosk has own events that the server does not hold durably, or tickets or facts to be folded anew
 */
export async function writeCheckpoint(deps: WriteCheckpointDeps, number: number): Promise<CheckpointContent | null> {
  const database = new Sqlite(join(deps.folder, 'kiosk.sqlite'), { readonly: true });
  try {
    database.exec('BEGIN');
    if (database.prepare<[], number>(IS_SETTLED).pluck().get() !== 1) return null;
    const vector = headsOf(database);
    const aside = `${checkpointFile(deps.folder, number)}.new`;
    const stateHash = await copyState(database, aside, deps);
    flush(aside);
    assert((await hashOfFile(aside, deps)) === stateHash, 'a checkpoint reads back as it was written');
    renameSync(aside, checkpointFile(deps.folder, number));
    if (process.platform !== 'win32') flush(deps.folder);
    return { vector, stateHash, schema: schemaVersion(database), projection: PROJECTION_VERSION };
  } finally {
    database.close();
  }
}

function headsOf(database: Database): readonly CheckpointHead[] {
  const rows = database.prepare<[], { node: string; epoch: number; seq: number; hash: Uint8Array }>(HEADS).all();
  return rows.map(({ hash, ...head }) => ({ ...head, hash: bytesToHex(hash) }));
}

async function copyState(database: Database, path: string, { crypto, pause }: WriteCheckpointDeps): Promise<string> {
  rmSync(path, { force: true });
  const file = new Sqlite(path);
  try {
    const sqlOf = database
      .prepare<[string], string>("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?")
      .pluck();
    for (const table of [...TABLE_NAMES, 'quarantine']) file.exec(sqlOf.get(table) ?? '');
    const hash = createStateHash(crypto);
    for (const { table, rows } of readState(database)) {
      const columns = columnsOf(table);
      const insert = file.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      file.transaction(() => {
        for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
      })();
      hash.add(table, rows);
      await pause();
    }
    const put = file.prepare(`INSERT INTO quarantine (${QUARANTINE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    const aside = database.prepare<[], unknown[]>(`SELECT ${QUARANTINE_COLUMNS} FROM quarantine`).raw().all();
    file.transaction(() => {
      for (const row of aside) put.run(...row);
    })();
    return hash.digest();
  } finally {
    file.close();
  }
}

async function hashOfFile(path: string, { crypto, pause }: WriteCheckpointDeps): Promise<string> {
  const file = new Sqlite(path, { readonly: true });
  try {
    const hash = createStateHash(crypto);
    for (const { table, rows } of readState(file)) {
      hash.add(table, rows);
      await pause();
    }
    return hash.digest();
  } finally {
    file.close();
  }
}

function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const OURS = /^checkpoint-(\d+)\.sqlite(\.new|-journal|\.new-journal)?$/;

/** Removes files of checkpoints that were never noted (a power cut) or that are not needed any more. */
export function removeOtherCheckpoints(folder: string, kept: readonly number[]): void {
  for (const name of readdirSync(folder)) {
    const match = OURS.exec(name);
    if (match && (!kept.includes(Number(match[1])) || match[2] !== undefined)) {
      rmSync(join(folder, name), { force: true });
    }
  }
}
