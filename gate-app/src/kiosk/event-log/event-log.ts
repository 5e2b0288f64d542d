import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PeopleResponse } from '@skygate/shared/protocol/people';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import type { Hlc } from '@skygate/shared/sync/hlc';
import type { Stop, StopCode } from '@skygate/shared/sync/stop-code';
import type { Database } from 'better-sqlite3';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Log, Random } from '../ports.ts';
import { createAppend, type TooLarge } from './append-own.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { erasedIsGone, noteErased } from './erased-pages.ts';
import { createForks, type Forks } from './forks.ts';
import { createIncarnation, type Incarnation } from './incarnation.ts';
import { createLogCore, type LogCore } from './log-core.ts';
import { createOtherStreams, type OtherStreams } from './other-streams.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createOwnEpochs } from './own-epochs.ts';
import { createPositionNotes } from './position-notes.ts';
import { createRefoldAll } from './refold.ts';
import { createStorePage } from './store-page.ts';
import { createStreamKeys, type PublicKeyOf } from './stream-keys.ts';
import type { TextStore } from './text-store.ts';

/** Who this kiosk is since its enrolment (S1). */
export interface KioskIdentity {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
  readonly name: string;
  readonly role: KioskRole;
  readonly gateId: string;
  /** Its short number within the park, for sale numbers. */
  readonly number: number;
  readonly serverUrl: string;
}

/** HQ's node in this park and the raw public key (base64url) that seals its present epoch (E7). */
export interface HqKey {
  readonly node: string;
  readonly epoch: number;
  readonly publicKey: string;
}

/** Where this node stands towards the server (K3). */
export interface SyncPosition {
  /** Highest own seq the server has said it holds; a hint, never a promise. */
  readonly acknowledged: number;
  /** Highest own seq the server has said it holds durably: what pruning may look at (K4). */
  readonly durable: number;
  /** The server's log; null before the first contact. A change means that acknowledgements start anew (E8). */
  readonly logId: string | null;
  /** The last park position pulled. */
  readonly cursor: number;
  /** What stands there, in the server's words; null where it did not say. */
  readonly cursorStamp: string | null;
  /** Since the pull began (anew) it has once had all that the server had. */
  readonly caughtUp: boolean;
  readonly peopleRevision: number;
  /** Which whole list of people that is, in the server's words; null where it did not say, or before the first (P1). */
  readonly peopleStamp: string | null;
}

/** Why nothing was written. Nothing is half done in any of these cases. */
export type StoreProblem =
  | { readonly kind: 'disk_full' }
  /** This kiosk may not write: it was restored or cloned and has to enrol anew (E6). */
  | { readonly kind: 'stopped'; readonly reason: string; readonly code?: StopCode | null };

/** Why no events were written. */
export type AppendProblem = StoreProblem | TooLarge;

export interface PageOutcome {
  /** Events of the local copies that were cut off, because the park's log has another past there (E6, E8). */
  readonly cutOff: number;
  /** Foreign events stored now (those held before are not counted again). */
  readonly stored: number;
  /** Of them, events that could not be folded and are in quarantine (E4, S7). */
  readonly quarantined: number;
  /** Runs that did not verify and are kept aside; they are tried again with every later page (K5). */
  readonly held: number;
}

/** The kiosk's log: the only writer of events. Every write is one synchronous SQLite transaction (K1). */
export interface EventLog extends Incarnation, Outbox {
  /**
   * Drafts -> envelope, chain, projection, seal, COMMIT: all of them or none (K1, E3). When it answers ok the events
   * are on disk and may be shown to people.
   * @param options.commandId makes the command known for ever: see `eventOfCommand`
   */
  append(
    drafts: readonly KnownDraft[],
    options?: { readonly commandId?: string },
  ): Result<readonly Event[], AppendProblem>;
  /** The first event that a command led to, or that it was let go since (K4); null if it was never carried out. */
  eventOfCommand(commandId: string): Event | 'pruned' | null;

  /**
   * One page of a pull: verifies, stores and folds each run, moves the cursor to `page.next` and merges clocks, all in
   * one transaction (S4). Idempotent. A run that does not verify is held aside and stops nothing (K5).
   */
  storePage(page: PullResponse): Result<PageOutcome, StoreProblem>;

  position(): SyncPosition;
  /** The server's word on what it holds; it may be less than before (a rewind, K3). A new `logId` resets `durable`. */
  acknowledge(word: {
    readonly acknowledged: number;
    readonly durable: boolean;
    readonly logId: string;
  }): Result<null, StoreProblem>;
  /** Learns the key of a new HQ epoch (from the state answer). */
  learnHqKey(hq: HqKey): Result<null, StoreProblem>;
  /**
   * Starts pulling from the beginning again: the server's log is another one, or a part of it is gone (E8). Stored events
   * are met idempotently.
   */
  resetCursor(): Result<null, StoreProblem>;
  /**
   * Durable: from now on `append` answers `stopped` until the kiosk enrols anew (E6). The first reason stays. Where the
   * disk has no room for it, it holds in this process all the same: see `heldStop`.
   */
  stopWriting(reason: string, code: StopCode): Result<null, StoreProblem>;
  /** Stops in this process alone, because something has to be written before the stop; null lets it write again. */
  holdWriting(stop: Stop | null): void;
  /** A stop that is not on disk yet, and has to be tried again; null if there is none. */
  heldStop(): Stop | null;
  /** The newest write found no room on the disk. */
  diskIsFull(): boolean;
  /** Why writing is stopped, in words; null if it is not. */
  stopped(): string | null;
  /** Why writing is stopped, for programs; null if it is not. */
  stop(): Stop | null;

  /** Own earlier incarnations, and what the server asks for. */
  readonly others: OtherStreams;

  /** What people typed at this kiosk, beside its log (E5). */
  readonly texts: TypedTexts;

  /**
   * Rows of people changed since the known revision, or with a stamp everybody there is (P1); they and the new revision are
   * one transaction.
   */
  storePeople(answer: PeopleResponse): Result<null, StoreProblem>;
  /** Tries to get rid of what is left in the files of what was erased; nobody may be told before nothing is (P1, E5). */
  erasedIsGone(): boolean;

  /** The durable hybrid clock (H1): of the last own event, or of what was received since. */
  hlc(): Hlc;
  /** Called after every commit with the events that it added (own or foreign). @returns a function that ends it */
  onCommit(listener: (events: readonly Event[]) => void): () => void;
  /**
   * Called when a part of the log was replaced by the park's version of it and all read models were folded anew: copies
   * of them have to be read again. @returns a function that ends it
   */
  onReplaced(listener: () => void): () => void;
}

/** The part of the texts that others may use: see `TextStore`. */
export interface TypedTexts extends Pick<TextStore, 'next' | 'hasNext' | 'read' | 'mostHeld'> {
  delivered(names: readonly string[], held: number): Result<null, StoreProblem>;
  /** The server says that it has so many of this node's: if it had more before, all are brought anew (E8). */
  heldAtServer(held: number): Result<null, StoreProblem>;
}

export interface EventLogDeps {
  /** Open and migrated (openDatabase). */
  readonly database: Database;
  readonly crypto: Crypto;
  readonly clock: KioskClock;
  readonly random: Random;
  /** The raw Ed25519 seed that seals this node's stream; another comes with a new enrolment. */
  readonly nodeSeed: Uint8Array;
  readonly log: Log;
}

/**
 * Opens the log of an open, migrated database and checks its end (boot check).
 * @throws if the own stream's head does not verify: the file was damaged or is not this kiosk's
 */
export function createEventLog(deps: EventLogDeps): EventLog {
  const core = createLogCore(deps);
  const { database, crypto } = deps;
  const publicKeyOf = createStreamKeys(database);
  const shared = { database, crypto, publicKeyOf, events: core.events, park: () => core.enrolled().park };
  const parts: LogParts = {
    core,
    publicKeyOf,
    deliveries: createDeliveries({ ...shared, own: () => core.enrolled() }),
    forks: createForks(shared),
    refoldAll: createRefoldAll(database, { core, crypto, log: deps.log }),
    append: createAppend({ ...deps, ...core }),
  };
  return {
    ...createIncarnation(core, { ...deps, deliveries: parts.deliveries }),
    ...writerOf(parts, deps),
    ...createOutbox(core, deps),
    ...createPositionNotes(core, deps),
    others: createOtherStreams({ ...parts, ...createOwnEpochs(database) }),
    hlc: () => core.hlc(),
    onCommit: (listener) => core.onCommit(listener),
    onReplaced: (listener) => core.onReplaced(listener),
  };
}

/** What the sides of the log share, besides its core. */
interface LogParts {
  readonly core: LogCore;
  readonly publicKeyOf: PublicKeyOf;
  readonly deliveries: Deliveries;
  readonly forks: Forks;
  readonly refoldAll: () => void;
  readonly append: ReturnType<typeof createAppend>;
}

function writerOf(
  { core, publicKeyOf, forks, refoldAll, append }: LogParts,
  deps: EventLogDeps,
): Pick<EventLog, 'append' | 'eventOfCommand' | 'storePage'> {
  const storePage = createStorePage({ ...deps, ...core, publicKeyOf, forks, refoldAll });
  const findCommand = deps.database.prepare<[string], CommandPlace>(FIND_COMMAND);
  return {
    append: (drafts, options) => {
      const { stopped: reason, stoppedCode: code } = core.position();
      if (reason !== null) return err({ kind: 'stopped', reason, code });
      const commandId = options?.commandId;
      const appended = append({ identity: core.enrolled(), end: core.ownEnd(), drafts, commandId });
      if (!appended.ok) return appended;
      core.committed(appended.value.end, appended.value.events);
      return ok(appended.value.events);
    },
    eventOfCommand: (commandId) => {
      const found = findCommand.get(commandId);
      if (!found) return null;
      const { seq, fork } = found;
      return (fork === null ? core.events.read(found, seq) : forks.read(found, seq, fork)) ?? 'pruned';
    },
    storePage: (page) => {
      const stored = storePage({ identity: core.enrolled(), page, trustedMs: deps.clock.nowMs() });
      if (!stored.ok) return stored;
      core.reloadPosition();
      const { outcome, events, erased } = stored.value;
      if (outcome.cutOff > 0) {
        deps.log.error(
          { events: outcome.cutOff },
          "the park's log has another past than this kiosk's copy: kept aside",
        );
        core.replaced();
      }
      const end = core.ownEnd();
      const { hlc } = core.position();
      core.committed(hlc > end.hlc ? { ...end, hlc } : end, events);
      if (erased) noteErased(deps.database);
      erasedIsGone(deps.database);
      return ok(outcome);
    },
  };
}

interface CommandPlace {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly fork: string | null;
}

const FIND_COMMAND = `
  SELECT s.node, s.epoch, c.seq, c.fork FROM commands c JOIN streams s ON s.stream = c.stream WHERE c.command_id = ?`;
