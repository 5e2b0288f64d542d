import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { Hlc } from '@skygate/shared/sync/hlc';
import type { StopCode } from '@skygate/shared/sync/stop-code';
import type { Database } from 'better-sqlite3';
import type { HqKey, KioskIdentity, SyncPosition } from './event-log.ts';
import type { IdentityRow, SyncPositionRow } from './row-types.generated.ts';

/** The single rows: who this kiosk is and where it stands towards the server. Writes belong in a transaction. */
export interface LocalState {
  identity(): KioskIdentity | null;
  saveIdentity(identity: KioskIdentity, keyGeneration: number): void;
  /** Which generation of key files seals the own stream; 1 before the first enrolment. */
  keyGeneration(): number;
  position(): Position;
  savePosition(change: PositionChange): void;
  /** The raw public key in base64url of an epoch of HQ; null if it was never told. */
  hqKey(node: string, epoch: number): string | null;
  saveHqKey(hq: HqKey): void;
}

export interface Position extends SyncPosition {
  readonly hlc: Hlc;
  /** Why this node may write no more, in words; null if it may (E6). */
  readonly stopped: string | null;
  readonly stoppedCode: StopCode | null;
  /** Everything that was in the park's log when this incarnation, or the server's log, began has been pulled. */
  readonly caughtUp: boolean;
}

export type PositionChange = Partial<Position>;

const READ_IDENTITY =
  'SELECT park, node, epoch, name, role, gate_id, number, server_url FROM identity WHERE only_row = 1';
const SAVE_IDENTITY = `
  INSERT OR REPLACE INTO identity
    (only_row, park, node, epoch, name, role, gate_id, number, server_url, key_generation)
  VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const KEY_GENERATION = 'SELECT key_generation FROM identity WHERE only_row = 1';
const READ_POSITION = `
  SELECT acknowledged, durable, log_id, cursor, cursor_stamp, people_revision, people_stamp, hlc, stopped,
    stopped_code, caught_up
  FROM sync_position WHERE only_row = 1`;
const SAVE_POSITION = `
  UPDATE sync_position
  SET acknowledged = ?, durable = ?, log_id = ?, cursor = ?, cursor_stamp = ?, people_revision = ?,
      people_stamp = ?, hlc = ?, stopped = ?, stopped_code = ?, caught_up = ?
  WHERE only_row = 1`;
const READ_HQ_KEY = 'SELECT public_key FROM hq_keys WHERE node = ? AND epoch = ?';
// The first key that was told for an epoch stays: a new key comes with a new epoch (E8).
const SAVE_HQ_KEY = 'INSERT OR IGNORE INTO hq_keys (node, epoch, public_key) VALUES (?, ?, ?)';

type IdentityColumns = Omit<IdentityRow, 'only_row' | 'key_generation'>;

type PositionColumns = Omit<SyncPositionRow, 'only_row'>;

export function createLocalState(database: Database): LocalState {
  const readIdentity = database.prepare<[], IdentityColumns>(READ_IDENTITY);
  const saveIdentity = database.prepare(SAVE_IDENTITY);
  const keyGeneration = database.prepare<[], number>(KEY_GENERATION).pluck();
  const readPosition = database.prepare<[], PositionColumns>(READ_POSITION);
  const savePosition = database.prepare(SAVE_POSITION);
  const readHqKey = database.prepare<[string, number], string>(READ_HQ_KEY).pluck();
  const saveHqKey = database.prepare(SAVE_HQ_KEY);

  const position = (): Position => {
    const row = readPosition.get();
    if (!row) throw new Error('broken invariant: sync_position has its row');
    return rowToPosition(row);
  };

  return {
    identity: () => {
      const row = readIdentity.get();
      return row ? rowToIdentity(row) : null;
    },
    saveIdentity: ({ park, node, epoch, name, role, gateId, number, serverUrl }, generation) => {
      saveIdentity.run(park, node, epoch, name, role, gateId, number, serverUrl, generation);
    },
    keyGeneration: () => keyGeneration.get() ?? 1,
    position,
    savePosition: (change) => {
      const next = { ...position(), ...change };
      const { acknowledged, durable, logId, cursor, cursorStamp, hlc, stopped, stoppedCode } = next;
      const people = [next.peopleRevision, next.peopleStamp];
      const end = [stopped, stopped === null ? null : stoppedCode, next.caughtUp ? 1 : 0];
      savePosition.run(acknowledged, durable, logId, cursor, cursorStamp, ...people, hlc, ...end);
    },
    hqKey: (node, epoch) => readHqKey.get(node, epoch) ?? null,
    saveHqKey: ({ node, epoch, publicKey }) => {
      saveHqKey.run(node, epoch, publicKey);
    },
  };
}

function rowToPosition(row: PositionColumns): Position {
  const { acknowledged, durable, cursor, hlc, stopped } = row;
  return {
    acknowledged,
    durable,
    logId: row.log_id,
    cursor,
    cursorStamp: row.cursor_stamp,
    peopleRevision: row.people_revision,
    peopleStamp: row.people_stamp,
    hlc,
    stopped,
    // A stop from before there were codes was always this one.
    stoppedCode: stopped === null ? null : ((row.stopped_code ?? 'other_past') as StopCode),
    caughtUp: row.caught_up === 1,
  };
}

const rowToIdentity = (row: IdentityColumns): KioskIdentity => ({
  park: row.park as ParkId,
  node: row.node as NodeId,
  epoch: row.epoch,
  name: row.name,
  role: row.role as KioskRole,
  gateId: row.gate_id,
  number: row.number,
  serverUrl: row.server_url,
});
