import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { err, type Result } from '@skygate/shared/lib/result';
import { type Hlc, hlcOf } from '@skygate/shared/sync/hlc';
import type { Database } from 'better-sqlite3';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Deliveries } from './deliveries.ts';
import type { HqKey, KioskIdentity, StoreProblem } from './event-log.ts';
import { createIsIntroduced } from './introduced.ts';
import type { LogCore } from './log-core.ts';
import { writeTransaction } from './open-database.ts';
import { createOwnEpochs } from './own-epochs.ts';

/** The node seed of a generation of key files (kiosk-keys.ts). */
export interface EnrolledKeys {
  readonly generation: number;
  readonly nodeSeed: Uint8Array;
}

/** Who this kiosk is, and how it becomes somebody else (S1, E6). */
export interface Incarnation {
  identity(): KioskIdentity | null;
  /** Whether HQ's word that let this incarnation in has come: before that it writes nothing (E8). */
  isIntroduced(): boolean;
  /**
   * Which generation of keys the next enrolment asks with: the same until one is answered, so that a lost answer can be
   * asked for again, with the same code or another (S1), and never the keys of another incarnation. They must be on disk
   * before `beginAttempt`.
   */
  nextGeneration(): number;
  /** Durable: these keys have been shown to the server. */
  beginAttempt(generation: number): Result<null, StoreProblem>;
  /** The server will not have these keys: somebody else is known by them, as where a disk was copied. */
  keysRefused(): Result<null, StoreProblem>;
  /**
   * Becomes the incarnation that HQ gave (E6), in one transaction: who it is, HQ's key, its keys, an empty stream. What it
   * was before becomes one of its own earlier epochs, to be delivered; everything is pulled anew. `stopped` where the
   * answer would have it go on in an epoch that it had to give up, or in another park than its data is of.
   * @param keys left out: the keys that it has
   */
  enrol(identity: KioskIdentity, hq: HqKey, logId: string, keys?: EnrolledKeys): Result<null, StoreProblem>;
}

interface IncarnationDeps {
  readonly database: Database;
  readonly crypto: Crypto;
  readonly clock: KioskClock;
  readonly deliveries: Deliveries;
}

const READ_ATTEMPT = 'SELECT generation FROM enrolment_attempt WHERE only_row = 1';
const SAVE_ATTEMPT = 'INSERT OR REPLACE INTO enrolment_attempt (only_row, generation) VALUES (1, ?)';
const END_ATTEMPT = 'DELETE FROM enrolment_attempt';
const KEEP_OLD = 'INSERT OR IGNORE INTO own_epochs (node, epoch, public_key) VALUES (?, ?, ?)';
/** Runs of its own name that it would not believe before: now they are pulled as anybody's. */
const FREE_HELD = 'DELETE FROM held_runs WHERE node = ? AND epoch = ?';

export function createIncarnation(
  core: LogCore,
  { database, crypto, clock, deliveries }: IncarnationDeps,
): Incarnation {
  const readAttempt = database.prepare<[], { readonly generation: number }>(READ_ATTEMPT);
  const saveAttempt = database.prepare(SAVE_ATTEMPT);
  const endAttempt = database.prepare(END_ATTEMPT);
  const keepOld = database.prepare(KEEP_OLD);
  const { isOwnOld } = createOwnEpochs(database);
  const freeHeld = database.prepare(FREE_HELD);

  /** What this kiosk was becomes an earlier epoch; its place of acknowledgement is the first delivery mark. */
  const leaveOld = (old: KioskIdentity, logId: string): void => {
    const { acknowledged, logId: before } = core.position();
    keepOld.run(old.node, old.epoch, bytesToBase64url(crypto.publicKeyOf(core.key().privateKey)));
    deliveries.begin(old, before === logId ? acknowledged : 0);
    freeHeld.run(old.node, old.epoch);
  };

  const nextGeneration = (): number =>
    readAttempt.get()?.generation ?? (core.identity() === null ? 0 : core.state.keyGeneration()) + 1;
  const saveGeneration = (generation: number): Result<null, StoreProblem> =>
    writeTransaction(database, () => {
      saveAttempt.run(generation);
      return null;
    });

  return {
    identity: () => core.identity(),
    isIntroduced: createIsIntroduced(database, core),
    nextGeneration,
    beginAttempt: saveGeneration,
    keysRefused: () => saveGeneration(nextGeneration() + 1),
    enrol: (next, hq, logId, keys) => {
      const reason = whyNotEnrol(core, next, isOwnOld(next));
      if (reason !== null) return err({ kind: 'stopped', reason });
      const old = core.identity();
      const isOther = old !== null && (old.node !== next.node || old.epoch !== next.epoch);
      const noPeople = { peopleRevision: 0, peopleStamp: null };
      const nothing = { acknowledged: 0, durable: 0, cursor: 0, cursorStamp: null, ...noPeople };
      const hlc = isOther ? hlcOfNewEpoch(core.hlc(), clock) : core.hlc();
      const saved = core.savePosition({ ...nothing, logId, stopped: null, hlc, caughtUp: !isOther }, () => {
        if (isOther) leaveOld(old, logId);
        if (logId !== core.position().logId) core.texts.deliverAnew();
        core.state.saveIdentity(next, keys?.generation ?? core.state.keyGeneration());
        core.state.saveHqKey(hq);
        core.events.streamOf(next);
        endAttempt.run();
      });
      if (saved.ok) {
        core.holdStop(null);
        core.openOwnStream(keys?.nodeSeed);
      }
      return saved;
    },
  };
}

/**
 * A new epoch goes on from the old one's clock, so that what a kiosk says next comes after what it said before. Only one
 * that the server's own time has shown to have run away begins anew (H1): no epoch's clock ever goes back (C2), and the
 * leases of the old epoch are not the new one's to sell.
 */
const hlcOfNewEpoch = (old: Hlc, clock: KioskClock): Hlc =>
  clock.trust() === 'server' && clock.hlcLeadMs() > 0 ? hlcOf(clock.nowMs(), 0) : old;

/** A kiosk may become another incarnation of a node, but never go on as one that it had to give up (E6). */
function whyNotEnrol(core: LogCore, next: KioskIdentity, isOld: boolean): string | null {
  const now = core.identity();
  if (now === null) return null;
  if (next.park !== now.park) {
    // Its people, documents and tickets are of the old park, and its log is kept for good.
    return `this data folder is of the park ${now.park}; for ${next.park} start the kiosk with an empty one`;
  }
  const isNow = next.node === now.node && next.epoch === now.epoch;
  if (isOld || (isNow && core.position().stopped !== null)) {
    return `epoch ${next.epoch} of ${next.node} is the one that was stopped: ask HQ for a new enrolment code`;
  }
  const isKnown = !isNow && core.events.findStream(next) !== null;
  return isKnown ? `epoch ${next.epoch} of ${next.node} is another kiosk's: ask HQ for a new enrolment code` : null;
}
