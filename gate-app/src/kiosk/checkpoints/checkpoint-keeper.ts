import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeKey } from '@skygate/shared/sync/chain';
import type { Database } from 'better-sqlite3';
import { hasErasedLeft } from '../event-log/erased-pages.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import type { StoredEvents } from '../event-log/stored-event.ts';
import type { Log } from '../ports.ts';
import { type Checkpoint, type CheckpointContent, goesThrough, readCheckpoints, saveCheckpoint } from './checkpoint.ts';
import { removeOtherCheckpoints, writeCheckpoint } from './write-checkpoint.ts';

/**
 * The checkpoints of this kiosk: the one that events are let go under, and a younger one that grows up behind it.
 *
 * Invariants (K4):
 * - An older one is forgotten only for a grown one that the log goes through: what is pruned is always in one of them.
 * - None is made of read models that no checkpoint and log come to: it would make right what is not.
 */
export interface CheckpointKeeper {
  /**
   * The newest checkpoint that is old enough to let events go; makes the next where none is growing up.
   * @param nowMs the server's time
   */
  grown(nowMs: number): Promise<Checkpoint | null>;
  /** Whether the log still goes through it: a part may have been cut back since (E6, E8). */
  stands(checkpoint: Checkpoint): boolean;
  /** Removes files that no checkpoint is of. */
  tidy(): void;
}

export interface CheckpointKeeperDeps {
  readonly database: Database;
  readonly folder: string;
  readonly stored: StoredEvents;
  readonly crypto: Crypto;
  readonly key: () => NodeKey;
  readonly log: Log;
  readonly retentionMs: number;
  /** Between two slices of work. */
  readonly pause: () => Promise<void>;
  readonly isOver: () => boolean;
}

const FORGET_OLDER = 'DELETE FROM checkpoints WHERE number < ?';
const FORGET = 'DELETE FROM checkpoints WHERE number = ?';
const BEGIN_ANEW = 'UPDATE checkpoints SET made_ms = ? WHERE made_ms > ?';
const ANY_PRUNED = 'SELECT 1 FROM pruned_streams LIMIT 1';

export function createCheckpointKeeper(deps: CheckpointKeeperDeps): CheckpointKeeper {
  const { database, folder, stored, crypto, key, log, retentionMs } = deps;
  const all = (): readonly Checkpoint[] => readCheckpoints(database, crypto, key());
  const stands = (one: Checkpoint): boolean => goesThrough(stored, one);
  const anyPruned = database.prepare(ANY_PRUNED);

  /** Those that are good for something, newest first; null while the disk is full. */
  const settled = (nowMs: number): readonly Checkpoint[] | null => {
    const written = writeTransaction(database, () => {
      // Noted by a clock that ran ahead, it would never be old enough, nor let another be made: its age begins now (H1).
      database.prepare(BEGIN_ANEW).run(nowMs, nowMs);
      for (const one of all()) if (!stands(one)) database.prepare(FORGET).run(one.number);
      return null;
    });
    return written.ok ? all() : null;
  };
  const forgetOlder = ({ number }: Checkpoint): void => {
    writeTransaction(database, () => database.prepare(FORGET_OLDER).run(number).changes);
  };
  const tidy = (): void =>
    removeOtherCheckpoints(
      folder,
      all().map(({ number }) => number),
    );

  return {
    grown: async (nowMs) => {
      const standing = settled(nowMs);
      if (standing === null) return null;
      const [newest] = standing;
      if (newest === undefined && anyPruned.get() !== undefined) {
        log.error(
          {},
          'what was let go is in no checkpoint that the log goes through: enrol this kiosk with an empty folder',
        );
        return null;
      }
      const grown = standing.find(({ madeMs }) => madeMs <= nowMs - retentionMs) ?? null;
      if (grown !== null) forgetOlder(grown);
      if (newest === undefined || newest === grown) await makeCheckpoint(deps, (newest?.number ?? 0) + 1, nowMs);
      tidy();
      return grown;
    },
    stands,
    tidy,
  };
}

async function makeCheckpoint(deps: CheckpointKeeperDeps, number: number, madeMs: number): Promise<void> {
  const { database, crypto, key, log } = deps;
  const content = await writeUnlessErased(deps, number);
  if (content === null || deps.isOver()) return;
  const made: Checkpoint = { ...content, number, madeMs };
  const saved = writeTransaction(database, () => saveCheckpoint(database, { crypto, key: key() }, made));
  if (!saved.ok) return;
  const { stateHash, vector } = made;
  log.info({ number, stateHash, streams: vector.length }, 'a checkpoint of the read models is on disk');
}

class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/** It reads an older moment, in which what was erased is still there: then it is made another time (P1, E5). */
async function writeUnlessErased(deps: CheckpointKeeperDeps, number: number): Promise<CheckpointContent | null> {
  const pause = async (): Promise<void> => {
    await deps.pause();
    if (hasErasedLeft(deps.database)) throw new GivenUp('what was erased has to leave the files first');
  };
  try {
    return await writeCheckpoint({ ...deps, pause }, number);
  } catch (error) {
    if (error instanceof GivenUp) return null;
    throw error;
  }
}
