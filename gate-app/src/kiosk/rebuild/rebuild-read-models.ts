import { existsSync } from 'node:fs';
import type { Event } from '@skygate/shared/events/envelope';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { ParkId } from '@skygate/shared/lib/ids';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import { TABLE_NAMES } from '@skygate/shared/read-models/state-hash';
import type { NodeKey } from '@skygate/shared/sync/chain';
import Sqlite, { type Database } from 'better-sqlite3';
import { type Checkpoint, checkpointFile, goesThrough, readCheckpoints } from '../checkpoints/checkpoint.ts';
import { createProjection } from '../event-log/project.ts';
import { createStoredEvents, type StoredEvents, type StreamPlace } from '../event-log/stored-event.ts';
import { createRunFold } from '../read-models/answer-questions.ts';
import { createApplyRowChanges } from '../read-models/apply-row-changes.ts';
import { hashState, readState } from '../read-models/read-state.ts';
import { createFactRefolds } from '../read-models/refold-facts.ts';
import { createTicketRefolds } from '../read-models/refold-tickets.ts';

export interface RebuildDeps {
  readonly crypto: Crypto;
  readonly park: ParkId;
  /** Signs and verifies the checkpoints. */
  readonly key: NodeKey;
  /** The kiosk's data folder, where checkpoints lie. */
  readonly folder: string;
}

export interface Rebuilt {
  /** The state hash before and after (S7). */
  readonly before: string;
  readonly after: string;
  /** Events folded now; the checkpoint has the others. */
  readonly events: number;
}

/** The log cannot be folded anew; nothing was changed. The message is for the operator. */
export class RebuildError extends Error {
  override readonly name = 'RebuildError';
}

const STREAMS = 'SELECT stream, node, epoch FROM streams ORDER BY stream';
const ANY_PRUNED = 'SELECT 1 FROM pruned_streams LIMIT 1';
const DUE_ANEW = ['entry_limit_refolds', 'late_fact_refolds'];
const PAGE_EVENTS = 500;

/**
 * Makes all read models anew from the log (S7): from the checkpoint that pruned events are in, and from every event
 * after it. To be called within a transaction, which decides whether the result stays.
 * @throws RebuildError if events are gone that no usable checkpoint has
 */
export function rebuildReadModels(database: Database, deps: RebuildDeps): Rebuilt {
  refoldDue(database, deps);
  const before = hashState(database, deps.crypto);
  const events = refoldLog(database, deps);
  refoldDue(database, deps);
  return { before, after: hashState(database, deps.crypto), events };
}

/** The cases of a checkpoint are by the limits of then. */
const OTHER_LIMITS_THEN = `
  INSERT INTO entry_limit_refolds (park, product_id, after_ticket)
  SELECT park, product_id, '' FROM (
    SELECT * FROM (SELECT park, product_id, entries_allowed FROM entry_limits EXCEPT SELECT * FROM limits_now)
    UNION SELECT * FROM (SELECT * FROM limits_now EXCEPT SELECT park, product_id, entries_allowed FROM entry_limits))
  GROUP BY park, product_id`;

/** What a running kiosk does some at a time (T3, X4). */
function refoldDue(database: Database, { crypto, park }: RebuildDeps): void {
  const events = createStoredEvents(database, { crypto, park: () => park });
  const runFold = createRunFold(database, { applyRowChanges: createApplyRowChanges(database), events });
  for (const refolds of [createTicketRefolds, createFactRefolds].map((create) =>
    create(database, { runFold, crypto }),
  )) {
    while (refolds.areDue()) refolds.some();
  }
}

/**
 * The same without the hashes, for when a part of the log was replaced (E6, E8).
 * Tickets and facts that are due anew after it are noted. @returns how many events were folded. @throws RebuildError, before anything is changed
 */
export function refoldLog(database: Database, deps: RebuildDeps): number {
  const stored = createStoredEvents(database, { crypto: deps.crypto, park: () => deps.park });
  const checkpoint = usableCheckpoint(database, deps, stored);
  // These follow from the catalogue in use and from no event: cases are folded by them as they are now (T3).
  database.exec('CREATE TEMP TABLE limits_now AS SELECT park, product_id, entries_allowed FROM entry_limits');
  for (const table of [...TABLE_NAMES, 'quarantine', ...DUE_ANEW]) database.exec(`DELETE FROM ${table}`);
  if (checkpoint !== null) {
    loadCheckpoint(database, deps, checkpoint);
    database.exec(OTHER_LIMITS_THEN);
  }
  database.exec('DELETE FROM entry_limits');
  database.exec(
    'INSERT INTO entry_limits (park, product_id, entries_allowed) SELECT park, product_id, entries_allowed FROM limits_now',
  );
  database.exec('DROP TABLE limits_now');
  return foldLog(database, { ...deps, stored, checkpoint });
}

/** The newest checkpoint that the log still goes through and whose file is whole. */
function usableCheckpoint(database: Database, deps: RebuildDeps, stored: StoredEvents): Checkpoint | null {
  const isUsable = (one: Checkpoint): boolean => goesThrough(stored, one) && isWhole(deps, one);
  const usable = readCheckpoints(database, deps.crypto, deps.key).find(isUsable) ?? null;
  if (usable === null && database.prepare(ANY_PRUNED).get() !== undefined) {
    throw new RebuildError(
      'Events were pruned, and no checkpoint in the data folder has them: its file is missing or damaged, or the log no longer goes through it.',
    );
  }
  return usable;
}

/** Whether a checkpoint's file is there and has the rows that were signed. */
function isWhole({ crypto, folder }: RebuildDeps, { number, stateHash }: Checkpoint): boolean {
  const path = checkpointFile(folder, number);
  if (!existsSync(path)) return false;
  try {
    const file = new Sqlite(path, { readonly: true });
    try {
      return hashState(file, crypto) === stateHash;
    } finally {
      file.close();
    }
  } catch {
    return false; // no database any more
  }
}

function loadCheckpoint(database: Database, { folder }: RebuildDeps, checkpoint: Checkpoint): void {
  const file = new Sqlite(checkpointFile(folder, checkpoint.number), { readonly: true });
  try {
    for (const { table, rows } of readState(file)) {
      // By name: a later schema may have put a column elsewhere.
      const columns = columnsOf(table);
      const insert = database.prepare(
        `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
      );
      for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
    }
    const columns = 'read_model, key, node, epoch, seq, error, program, waits_for';
    const put = database.prepare(`INSERT INTO quarantine (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    for (const row of file.prepare<[], unknown[]>(`SELECT ${columns} FROM quarantine`).raw().iterate()) put.run(...row);
  } finally {
    file.close();
  }
}

interface Folding extends RebuildDeps {
  readonly stored: StoredEvents;
  readonly checkpoint: Checkpoint | null;
}

/** Recoveries go last: by then it shows which of their events stand in their streams. */
function foldLog(database: Database, { crypto, stored, checkpoint }: Folding): number {
  const projection = createProjection(database, { crypto, events: stored });
  const streams = database.prepare<[], { node: string; epoch: number }>(STREAMS).all();
  const held = new Map((checkpoint?.vector ?? []).map(({ node, epoch, seq }) => [`${node}/${epoch}`, seq]));
  let events = 0;
  for (const isRecovery of [false, true]) {
    for (const place of streams) {
      const after = held.get(`${place.node}/${place.epoch}`) ?? 0;
      for (const page of pagesFrom(stored, place, after)) {
        const now = page.filter((event) => (event.type === 'EventRecovered') === isRecovery);
        projection.projectForeign(now);
        events += now.length;
      }
    }
  }
  return events;
}

/** A page at a time: the connection cannot write while it reads row by row. */
function* pagesFrom(stored: StoredEvents, place: StreamPlace, afterSeq: number): Generator<readonly Event[]> {
  let page = stored.readFrom(place, afterSeq, PAGE_EVENTS);
  while (page.length > 0) {
    yield page;
    page = stored.readFrom(place, page.at(-1)?.seq ?? Number.MAX_SAFE_INTEGER, PAGE_EVENTS);
  }
}
