import type { Event } from '@skygate/shared/events/envelope';
import { assert } from '@skygate/shared/lib/assert';
import type { Result } from '@skygate/shared/lib/result';
import { type NodeKey, nodeKeyFrom } from '@skygate/shared/sync/chain';
import type { Hlc } from '@skygate/shared/sync/hlc';
import type { Stop } from '@skygate/shared/sync/stop-code';
import type { Database } from 'better-sqlite3';
import type { OwnEnd } from './append-own.ts';
import { erasedIsGone, noteErased } from './erased-pages.ts';
import type { EventLogDeps, KioskIdentity } from './event-log.ts';
import { createLocalState, type LocalState, type Position, type PositionChange } from './local-state.ts';
import { type DiskFull, writeTransaction } from './open-database.ts';
import { assertEndVerifies, readOwnEnd } from './own-end.ts';
import { createProjection, type Projection } from './project.ts';
import { replayQuarantine } from './replay-quarantine.ts';
import { createStoredEvents, type StoredEvents } from './stored-event.ts';
import { createTextStore, type TextStore } from './text-store.ts';

/**
 * What the parts of the log share: the rows, and copies in memory of the few that every command needs.
 * A copy changes only after the commit that changed its row.
 */
export interface LogCore {
  /** What seals the own stream: another key with every enrolment (E6). */
  key(): NodeKey;
  readonly state: LocalState;
  readonly events: StoredEvents;
  readonly projection: Projection;
  readonly texts: TextStore;
  identity(): KioskIdentity | null;
  /** The identity where there must be one. */
  enrolled(): KioskIdentity;
  ownEnd(): OwnEnd;
  hlc(): Hlc;
  /** With a stop that is only held so far. */
  position(): Position;
  reloadPosition(): void;
  /** A stop that holds in this process and is not on disk; null for none. A new incarnation has none. */
  holdStop(stop: Stop | null): void;
  heldStop(): Stop | null;
  /** @param also further writes of the same transaction */
  savePosition(change: PositionChange, also?: () => void): Result<null, DiskFull>;
  /** Reads identity and stream anew, and checks the stream's end. @param seed the key of the incarnation, if it changed */
  openOwnStream(seed?: Uint8Array): void;
  /** Takes over the new end of the own stream and tells the listeners what was added. */
  committed(end: OwnEnd, added: readonly Event[]): void;
  onCommit(listener: (events: readonly Event[]) => void): () => void;
  /** Tells the listeners that the read models were folded anew, of another log than before. */
  replaced(): void;
  onReplaced(listener: () => void): () => void;
}

/**
 * What an older program could not read may have been the word that a text is erased; the disk may have been full then. And
 * what was erased before a power cut may still be in the log of writes, and has to go before that is told (P1, E5).
 */
function eraseLeftOver(database: Database, texts: TextStore): void {
  writeTransaction(database, () => texts.eraseAsTold());
  noteErased(database);
  erasedIsGone(database);
}

/** @throws if the own stream's head does not verify */
export function createLogCore(deps: Omit<EventLogDeps, 'random'>): LogCore {
  const { database, crypto, clock, nodeSeed, log } = deps;
  const state = createLocalState(database);
  let key = nodeKeyFrom(crypto, nodeSeed);
  const listeners = new Set<(events: readonly Event[]) => void>();
  const replacedListeners = new Set<() => void>();
  let identity: KioskIdentity | null = null;
  let end: OwnEnd | null = null;
  let position = state.position();
  let held: Stop | null = null;

  const enrolled = (): KioskIdentity => {
    assert(identity, 'the kiosk is enrolled');
    return identity;
  };
  /** The events are on disk whatever a listener makes of them: its fault must not look like theirs. */
  const tell = (listener: () => void): void => {
    try {
      listener();
    } catch (error) {
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a listener of the log failed');
    }
  };
  const events = createStoredEvents(database, { crypto, park: () => enrolled().park });
  const projection = createProjection(database, { crypto, events });
  const texts = createTextStore(database);

  const openOwnStream = (seed?: Uint8Array): void => {
    if (seed !== undefined) key = nodeKeyFrom(crypto, seed);
    identity = state.identity();
    if (identity === null) return;
    end = readOwnEnd(events, identity, position.hlc);
    assertEndVerifies(end, { crypto, key, events, identity });
    clock.durableHlcIs(end.hlc);
  };
  openOwnStream();
  if (identity !== null) {
    replayQuarantine({ database, events, projection, log });
    eraseLeftOver(database, texts);
  }

  return {
    key: () => key,
    state,
    events,
    projection,
    texts,
    identity: () => identity,
    enrolled,
    ownEnd: () => {
      assert(end, 'an enrolled kiosk has its stream');
      return end;
    },
    hlc: () => end?.hlc ?? position.hlc,
    position: () => (held === null ? position : { ...position, stopped: held.reason, stoppedCode: held.code }),
    holdStop: (stop) => {
      held = stop;
    },
    heldStop: () => held,
    reloadPosition: () => {
      position = state.position();
    },
    savePosition: (change, also) => {
      const written = writeTransaction(database, () => {
        also?.();
        state.savePosition(change);
        return null;
      });
      if (written.ok) position = state.position();
      return written;
    },
    openOwnStream,
    committed: (next, added) => {
      end = next;
      clock.durableHlcIs(next.hlc);
      if (added.length === 0) return;
      for (const listener of listeners) tell(() => listener(added));
    },
    onCommit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    replaced: () => {
      for (const listener of replacedListeners) tell(listener);
    },
    onReplaced: (listener) => {
      replacedListeners.add(listener);
      return () => replacedListeners.delete(listener);
    },
  };
}
