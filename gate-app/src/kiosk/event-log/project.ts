import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { foldEvent, foldPlain } from '@skygate/shared/read-models/fold-event';
import type { Database } from 'better-sqlite3';
import { createRunFold } from '../read-models/answer-questions.ts';
import { createApplyRowChanges } from '../read-models/apply-row-changes.ts';
import type { StoredEvents } from './stored-event.ts';
import { createTakeIn, type QuarantinedPart } from './take-in.ts';

/** Folds events into the read models; to be called within the transaction that stores them. */
export interface Projection {
  /** An own event: it was made by this program, so not being able to read it is a bug. */
  projectOwn(event: Event): KnownEvent;
  /**
   * Anybody's events, which are stored by now and have not been folded.
   * @returns how many of them have something that could not be folded and is in quarantine (E4, S7)
   */
  projectForeign(events: readonly Event[]): number;
  /** Tries again what was put aside of an event. @param only one read model's key, or all of the event */
  replay(event: Event, only: QuarantinedPart): void;
}

const ANY_RECOVERED = 'SELECT 1 FROM recovered_events LIMIT 1';
const WAS_RECOVERED = 'SELECT 1 FROM recovered_events WHERE park = ? AND hash = ?';

export interface ProjectionDeps {
  readonly crypto: Crypto;
  readonly events: StoredEvents;
}

export function createProjection(database: Database, deps: ProjectionDeps): Projection {
  const applyRowChanges = createApplyRowChanges(database);
  const runFold = createRunFold(database, { applyRowChanges, events: deps.events });
  const takeIn = createTakeIn(database, { ...deps, applyRowChanges, runFold });
  const recovered = database.prepare<[string, string], number>(WAS_RECOVERED);
  const anyRecovered = database.prepare<[], number>(ANY_RECOVERED);
  const wasRecovered = ({ park, hash }: Event): boolean => recovered.get(park, hash) !== undefined;

  return {
    projectOwn: (event) => {
      const read = readEvent(event);
      assert(read.ok, `an own ${event.type} fits its schema: ${read.ok ? '' : JSON.stringify(read.error)}`);
      // Nobody has recorded again what is only being written.
      const isRecovery = event.type === 'EventRecovered';
      const folded = isRecovery ? runFold(foldEvent(event, deps)) : foldPlain(event);
      const [problem] = isRecovery ? [] : folded.problems;
      assert(!problem, `an own ${event.type} folds: ${problem?.readModel} ${problem?.error}`);
      takeIn.one(event, folded);
      return read.value;
    },
    projectForeign: (events) => {
      const recoveries = events.filter(({ type }) => type === 'EventRecovered');
      const others = events.filter(({ type }) => type !== 'EventRecovered');
      // What was recorded again before it came goes in after the plain ones, and what records again last: a recovery
      // finds those of its events folded that stand in their streams (E6).
      const arrived = new Set(anyRecovered.get() === undefined ? [] : others.filter(wasRecovered));
      const plain = others.filter((event) => !arrived.has(event));
      const aside = takeIn.many(plain.map((event) => ({ event, folded: foldPlain(event) })));
      const special = [...arrived, ...recoveries];
      return aside + special.filter((event) => takeIn.one(event, runFold(foldEvent(event, deps))).length > 0).length;
    },
    replay: (event, only) => takeIn.again(event, only),
  };
}
