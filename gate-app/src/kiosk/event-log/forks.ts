import type { Event } from '@skygate/shared/events/envelope';
import { assert } from '@skygate/shared/lib/assert';
import { type Crypto, keyIdOf } from '@skygate/shared/lib/crypto';
import { hqNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { StreamHeadOnWire } from '@skygate/shared/protocol/state';
import { type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { chainEvent } from '@skygate/shared/sync/chain';
import type { Fork, ForkTransaction } from '@skygate/shared/sync/recovery';
import type { Database } from 'better-sqlite3';
import { createCutPruned } from './cut-pruned.ts';
import type { ForkRunsRow } from './row-types.generated.ts';
import { createReadSealedRun, ONE_GROUP } from './sealed-runs.ts';
import type { StoredEvents, StreamPlace } from './stored-event.ts';
import type { PublicKeyOf } from './stream-keys.ts';

/**
 * A past that stood in the local copy of a stream where the park's log has another one (E6, E8). The park's log wins,
 * and nothing is thrown away: what is cut off is kept here, sealed as it was.
 */
export interface Forks {
  /**
   * Takes everything from `seq` on out of a stream and keeps it. To be called within a transaction; the read models have
   * to be folded anew before it ends. @returns how many events were cut off
   */
  cutBack(place: StreamPlace, seq: number): number;
  /** A transaction of an own earlier incarnation that has to be recorded again; null if there is none. */
  nextToRecord(): KeptRun | null;
  /** One of anybody else, which the server should see; null if there is none. */
  nextToShow(): KeptRun | null;
  hasToRecord(): boolean;
  /** Of which stream `nextToShow` is; cheaper than the run itself. */
  placeToShow(): StreamPlace | null;
  /**
   * Where pasts of HQ end that were cut off here and the server has not been shown yet, under HQ's seals: it lacks them,
   * though the copy of its stream here is the server's by now (E8).
   */
  lostHeadsOfHq(): readonly StreamHeadOnWire[];
  /** It was recorded again, or shown. To be called within a transaction. */
  done(push: PushRequest): void;
  counts(): { readonly toRecord: number; readonly recorded: number };
  /** An event of a past that was cut off here. */
  read(place: StreamPlace, seq: number, fork: string): Event | null;
}

export interface KeptRun {
  readonly fork: Fork;
  readonly push: PushRequest;
  readonly transaction: ForkTransaction;
}

const CUT = 'DELETE FROM events WHERE stream = ? AND seq >= ?';
const CUT_COMMANDS = 'UPDATE commands SET fork = ? WHERE stream = ? AND seq >= ? AND fork IS NULL';
const SEALED_BEFORE = `
  SELECT coalesce(max(seq), 0) FROM events WHERE stream = ? AND seq < ? AND seal IS NOT NULL`;
const KEEP = `
  INSERT OR IGNORE INTO fork_runs
    (node, epoch, head_hash, from_seq, to_seq, prev, fork_from, fork_hash, run, done)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`;
const IS_OWN = 'EXISTS (SELECT 1 FROM own_epochs o WHERE o.node = f.node AND o.epoch = f.epoch)';
const next = (which: string): string =>
  `SELECT * FROM fork_runs f WHERE f.done = 0 AND ${which} ORDER BY f.node, f.epoch, f.from_seq LIMIT 1`;
/** Of each past the last run: it stands for those before it. */
const LOST_HQ = `
  SELECT * FROM fork_runs f WHERE f.done = 0 AND f.node = ? AND f.to_seq = (
    SELECT max(g.to_seq) FROM fork_runs g
    WHERE g.done = 0 AND g.node = f.node AND g.epoch = f.epoch AND g.fork_hash = f.fork_hash
  ) ORDER BY f.epoch DESC, f.to_seq DESC LIMIT 20`;
const DONE = 'UPDATE fork_runs SET done = 1 WHERE node = ? AND epoch = ? AND head_hash = ?';
const COUNT = `SELECT count(1) FROM fork_runs f WHERE f.done = ? AND ${IS_OWN}`;
const FIND = `
  SELECT * FROM fork_runs WHERE node = ? AND epoch = ? AND fork_hash = ? AND from_seq <= ? AND to_seq >= ? LIMIT 1`;

export interface ForksDeps {
  readonly database: Database;
  readonly crypto: Crypto;
  readonly events: StoredEvents;
  readonly publicKeyOf: PublicKeyOf;
  readonly park: () => ParkId;
}

export function createForks(deps: ForksDeps): Forks {
  const { database, events } = deps;
  const nextToRecord = database.prepare<[], ForkRunsRow>(next(IS_OWN));
  const nextToShow = database.prepare<[], ForkRunsRow>(next(`NOT ${IS_OWN}`));
  const lostHq = database.prepare<[string], ForkRunsRow>(LOST_HQ);
  const done = database.prepare(DONE);
  const count = database.prepare<[number], number>(COUNT).pluck();
  const find = database.prepare<[string, number, string, number, number], ForkRunsRow>(FIND);
  const kept = (row: ForkRunsRow | undefined): KeptRun | null => (row ? keptRun(deps, row) : null);
  return {
    cutBack: createCutBack(deps, events),
    nextToRecord: () => kept(nextToRecord.get()),
    nextToShow: () => kept(nextToShow.get()),
    hasToRecord: () => nextToRecord.get() !== undefined,
    placeToShow: () => nextToShow.get() ?? null,
    lostHeadsOfHq: () =>
      lostHq.all(hqNodeOf(deps.park())).map((row) => {
        const { seal }: PushRequest = JSON.parse(row.run);
        return { node: row.node, epoch: row.epoch, to: row.to_seq, headHash: row.head_hash, seal };
      }),
    done: (push) => {
      done.run(push.node, push.epoch, push.seal.headHash);
    },
    counts: () => ({ toRecord: count.get(0) ?? 0, recorded: count.get(1) ?? 0 }),
    read: ({ node, epoch }, seq, fork) => {
      const run = kept(find.get(node, epoch, fork, seq, seq));
      return run?.transaction.events.find((event) => event.seq === seq) ?? null;
    },
  };
}

function createCutBack({ database, crypto, publicKeyOf, park }: ForksDeps, events: StoredEvents): Forks['cutBack'] {
  const readRun = createReadSealedRun(database);
  const sealedBefore = database.prepare<[number, number], number>(SEALED_BEFORE).pluck();
  const keep = database.prepare(KEEP);
  const cut = database.prepare(CUT);
  const cutCommands = database.prepare(CUT_COMMANDS);
  const cutPruned = createCutPruned(database);

  return (place, seq) => {
    const stream = events.findStream(place);
    const publicKey = publicKeyOf(park(), place);
    assert(stream !== null && publicKey, 'what is cut back is stored, under a key that is known');
    const forkHash = events.hashAt(stream, seq);
    assert(forkHash !== null && seq > 0, 'a fork begins with an event');
    const sealed = { node: place.node as NodeId, epoch: place.epoch, stream, kid: keyIdOf(crypto, publicKey) };
    // Whole sealed groups: the first may begin before the fork does, where runs were stored as they had come.
    // What was pruned ends with a seal, and is gone (K4); of it only what could not be folded may still stand here.
    let after = Math.max(sealedBefore.get(stream, seq) ?? 0, events.prunedTo(stream));
    for (let run = readRun(sealed, after, ONE_GROUP); run; run = readRun(sealed, after, ONE_GROUP)) {
      const prev = events.hashAt(stream, after);
      const { headHash, to } = run.seal;
      keep.run(place.node, place.epoch, headHash, run.from, to, prev, seq, forkHash, JSON.stringify(run));
      after = to;
    }
    assert(after === events.headOf(stream).seq, 'all that is cut off is kept');
    cutPruned(stream, seq);
    cutCommands.run(forkHash, stream, seq);
    return cut.run(stream, seq).changes;
  };
}

function keptRun({ crypto, park }: ForksDeps, row: ForkRunsRow): KeptRun {
  const push: PushRequest = JSON.parse(row.run);
  const place = { park: park(), node: row.node as NodeId, epoch: row.epoch, from: row.from_seq };
  let { prev } = row;
  const events = push.events.map((wire, index) => {
    const event = chainEvent(crypto, wireToEvent(wire as WireEvent, place, index), prev);
    prev = event.hash;
    return event;
  });
  const seal = { ...push.seal, node: place.node };
  return { fork: { from: row.fork_from, hash: row.fork_hash }, push, transaction: { events, seal } };
}
