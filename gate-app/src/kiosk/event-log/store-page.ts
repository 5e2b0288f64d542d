import type { Event } from '@skygate/shared/events/envelope';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { Result } from '@skygate/shared/lib/result';
import type { PullResponse, PullRun } from '@skygate/shared/protocol/pull';
import { hlcReceive } from '@skygate/shared/sync/hlc';
import { readWireEvent } from '@skygate/shared/sync/unreadable';
import type { Database } from 'better-sqlite3';
import type { KioskIdentity, PageOutcome, SyncPosition } from './event-log.ts';
import { createNoteDurability } from './foreign-durability.ts';
import type { Forks } from './forks.ts';
import type { LocalState } from './local-state.ts';
import { type DiskFull, writeTransaction } from './open-database.ts';
import type { Projection } from './project.ts';
import type { TextStore } from './text-store.ts';
import { createVerifyRun, lastSeq, type RunProblem, type VerifiedRun, type VerifyRunDeps } from './verify-run.ts';

export interface StorePageDeps extends VerifyRunDeps {
  readonly database: Database;
  readonly state: LocalState;
  readonly projection: Projection;
  readonly texts: TextStore;
  readonly forks: Forks;
  readonly refoldAll: () => void;
}

export interface PageInput {
  readonly identity: KioskIdentity;
  readonly page: PullResponse;
  /** The corrected time: clocks too far ahead of it are not merged (H1). */
  readonly trustedMs: number;
}

export interface StoredPage {
  readonly outcome: PageOutcome;
  readonly events: readonly Event[];
  /** The page told of a text that was erased: the log of writes has to be emptied of it. */
  readonly erased: boolean;
}

/** Held runs tried again with a page: enough for any repair, little enough for one transaction. */
const HELD_RETRIED_MAX = 200;

/** Why a kiosk stops that met events of its own (node, epoch) which it never wrote (E6). */
const TOLD_OF_ITSELF = "another machine writes under this kiosk's name: it was restored or cloned";

const HOLD = `
  INSERT OR REPLACE INTO held_runs (node, epoch, from_seq, to_seq, run, problem) VALUES (?, ?, ?, ?, ?, ?)`;
// Only what may verify by now: a run that never will must not stand in the way of one that waits for a key or a gap.
const READ_HELD = `
  SELECT h.run FROM held_runs h
  WHERE (h.problem = 'unknown_key'
         AND (EXISTS (SELECT 1 FROM kiosks k WHERE k.park = ? AND k.node = h.node AND k.epoch = h.epoch)
              OR EXISTS (SELECT 1 FROM hq_keys q WHERE q.node = h.node AND q.epoch = h.epoch)))
     OR (h.problem = 'gap'
         AND h.from_seq <= 1 + coalesce((SELECT max(e.seq) FROM streams s JOIN events e ON e.stream = s.stream
                                         WHERE s.node = h.node AND s.epoch = h.epoch), 0))
  ORDER BY h.node, h.epoch, h.from_seq, h.to_seq LIMIT ?`;
const FREE = 'DELETE FROM held_runs WHERE node = ? AND epoch = ? AND from_seq = ? AND to_seq = ?';

// What the server has shown of a stream needs no delivery (E6).
const SEEN = 'UPDATE deliveries SET delivered = max(delivered, ?) WHERE node = ? AND epoch = ?';

/** What a page did so far. */
interface Tally {
  readonly events: Event[];
  /** Stored and not yet folded: they go into the read models together. */
  unfolded: Event[];
  quarantined: number;
  held: number;
  cutOff: number;
}

/** One page: verify, store, fold, move the cursor and merge clocks in one transaction (S4, K5). */
export function createStorePage(deps: StorePageDeps): (input: PageInput) => Result<StoredPage, DiskFull> {
  const { database, state } = deps;
  const verifyRun = createVerifyRun(deps);
  const storeRun = createStoreRun(deps);
  const fold = (tally: Tally): void => {
    tally.quarantined += deps.projection.projectForeign(tally.unfolded);
    tally.unfolded = [];
  };
  const aside = createHeldRuns(database);
  const seen = database.prepare(SEEN);
  const noteDurability = createNoteDurability(database);

  const take = (run: PullRun, { identity }: PageInput, tally: Tally): RunProblem | null => {
    const verified = verifyRun(run, identity);
    if (!verified.ok) return verified.error;
    storeRun(run, verified.value, tally);
    fold(tally);
    return null;
  };
  const holdBack = (run: PullRun, problem: RunProblem): void => {
    aside.hold(run, problem);
    if (problem === 'own_stream') stopAsCloned(state);
  };
  /** A page may bring the key or the events that a held run was waiting for. It never takes the place of a stored one. */
  const retryHeld = (input: PageInput, tally: Tally): void => {
    for (const run of aside.ready(input.identity.park)) {
      const problem = take(run, input, tally);
      if (problem === null) aside.free(run);
      else holdBack(run, problem);
    }
  };

  /** What the server sends may take the place of a past that stands here (E6, E8). */
  const takeSent = (run: PullRun, { identity }: PageInput, tally: Tally): void => {
    // HQ says whose key seals the runs after it.
    if (tally.unfolded.some(({ node }) => isHqNode(node))) fold(tally);
    const verified = verifyRun(run, identity);
    const other = verified.ok ? verified : verifyRun.otherPast(run, identity, verified.error);
    if (!other.ok) {
      tally.held += 1;
      holdBack(run, other.error);
      return;
    }
    if (other.value.cutFrom !== null) fold(tally);
    storeRun(run, other.value, tally);
    seen.run(lastSeq(run), run.node, run.epoch);
  };

  return (input) =>
    writeTransaction(database, () => {
      const { page, trustedMs } = input;
      const tally: Tally = { events: [], unfolded: [], quarantined: 0, held: 0, cutOff: 0 };
      for (const run of page.runs) takeSent(run, input, tally);
      fold(tally);
      retryHeld(input, tally);
      if (tally.cutOff > 0) deps.refoldAll();
      const erased = eraseTexts(deps, tally);

      const { hlc, caughtUp } = state.position();
      const merged = tally.events.reduce((clock, event) => hlcReceive(clock, event.hlc, trustedMs), hlc);
      const isAtHead = caughtUp || page.next >= page.head;
      state.savePosition({ ...cursorAfter(page, state.position()), hlc: merged, caughtUp: isAtHead });
      noteDurability(page, trustedMs);
      const { events, quarantined, held, cutOff } = tally;
      return { outcome: { stored: events.length, quarantined, held, cutOff }, events, erased };
    });
}

/** Never back by a page. */
function cursorAfter({ next, nextStamp }: PullResponse, { cursor, cursorStamp }: SyncPosition) {
  return next < cursor ? { cursor, cursorStamp } : { cursor: next, cursorStamp: nextStamp ?? null };
}

/** @returns whether the log of writes has to be emptied: words may be in it that went from their row before */
const eraseTexts = ({ texts }: StorePageDeps, { events }: Tally): boolean =>
  texts.eraseAsTold() > 0 || events.some(({ type }) => type === 'TextErased');

/** The first reason for a stop stays. */
function stopAsCloned(state: LocalState): void {
  if (state.position().stopped === null) state.savePosition({ stopped: TOLD_OF_ITSELF, stoppedCode: 'cloned' });
}

function createStoreRun({ events: stored, forks }: StorePageDeps) {
  return (run: PullRun, { events, signature, cutFrom }: VerifiedRun, tally: Tally): void => {
    if (events.length === 0) return;
    if (cutFrom !== null) tally.cutOff += forks.cutBack(run, cutFrom);
    const stream = stored.streamOf(run);
    const last = events.at(-1);
    for (const event of events) stored.insert(stream, event, event === last ? signature : null);
    tally.events.push(...events);
    tally.unfolded.push(...events);
  };
}

/** Runs that are kept aside until they verify (K5). */
function createHeldRuns(database: Database) {
  const hold = database.prepare(HOLD);
  const readHeld = database.prepare<[string, number], string>(READ_HELD).pluck();
  const free = database.prepare(FREE);
  return {
    hold: (run: PullRun, problem: RunProblem): void => {
      // As it is read: what is nested without end is flat so, and can be written. What nobody can have sealed is not kept.
      const events = run.events.map(readWireEvent);
      const isSealable = !events.includes(null);
      const text = JSON.stringify({ ...run, events: isSealable ? events : [] });
      hold.run(run.node, run.epoch, run.from, lastSeq(run), text, isSealable ? problem : 'unreadable');
    },
    ready: (park: string): readonly PullRun[] =>
      readHeld.all(park, HELD_RETRIED_MAX).map((text): PullRun => JSON.parse(text)),
    free: (run: PullRun): void => {
      free.run(run.node, run.epoch, run.from, lastSeq(run));
    },
  };
}
