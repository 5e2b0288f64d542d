import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent, type UnreadableEvent } from '@skygate/shared/events/read-event';
import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { projectEvent } from '@skygate/shared/read-models/project';
import { refold } from '@skygate/shared/read-models/refold/refold';
import Sqlite, { type Database } from 'better-sqlite3';
import { createRunFold } from '../read-models/answer-questions.ts';
import { createApplyRowChanges } from '../read-models/apply-row-changes.ts';
import type { StoredEvents } from './stored-event.ts';

/** Folds events into the read models; to be called within the transaction that stores them. */
export interface Projection {
  /** An own event: it was made by this program, so not being able to fold it is a bug. */
  projectOwn(event: Event): KnownEvent;
  /** Anybody's event. @returns false if it could not be folded and is in quarantine (E4, S7) */
  projectForeign(event: Event): boolean;
}

/** The name in `quarantine` of all tables together: one event's row changes are applied whole or not at all. */
const READ_MODEL = 'all';
const QUARANTINE = 'INSERT OR REPLACE INTO quarantine (read_model, node, epoch, seq, error) VALUES (?, ?, ?, ?, ?)';

export function createProjection(
  database: Database,
  deps: { readonly crypto: Crypto; readonly events: StoredEvents },
): Projection {
  const applyRowChanges = createApplyRowChanges(database);
  const runFold = createRunFold(database, { applyRowChanges, events: deps.events });
  const quarantine = database.prepare(QUARANTINE);
  /** The one place at a kiosk where rows change: the event's own, then what is folded from them (S7). */
  const applyAndRefold = (event: KnownEvent): void => {
    const changes = projectEvent(event);
    applyRowChanges(changes);
    for (const { readModel, key, error } of runFold(refold(changes, deps))) {
      quarantine.run(readModel, event.node, event.epoch, event.seq, `${JSON.stringify(key)}: ${error}`.slice(0, 500));
    }
  };
  const applyWholly = database.transaction(applyAndRefold);

  const fold = (event: Event): string | null => {
    const read = readEvent(event);
    if (!read.ok) return whyUnread(read.error);
    try {
      applyWholly(read.value);
      return null;
    } catch (error) {
      if (!isOfTheEvent(error)) throw error;
      return error instanceof Error ? error.message : 'unknown error';
    }
  };

  return {
    projectOwn: (event) => {
      const read = readEvent(event);
      assert(read.ok, `an own ${event.type} fits its schema: ${read.ok ? '' : JSON.stringify(read.error)}`);
      applyAndRefold(read.value);
      return read.value;
    },
    projectForeign: (event) => {
      const error = fold(event);
      if (error === null) return true;
      quarantine.run(READ_MODEL, event.node, event.epoch, event.seq, error.slice(0, 500));
      return false;
    },
  };
}

/** Whether a failure lies in the event. A full or failing disk does not: it must roll the whole transaction back. */
const isOfTheEvent = (error: unknown): boolean =>
  !(error instanceof Sqlite.SqliteError) ||
  error.code.startsWith('SQLITE_CONSTRAINT') ||
  error.code === 'SQLITE_MISMATCH';

const whyUnread = (error: UnreadableEvent): string =>
  `${error.kind} ${error.type}@${error.version}${error.kind === 'unknown_type' ? '' : `: ${error.problem}`}`;
