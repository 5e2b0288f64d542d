import type { Crypto } from '@skygate/shared/lib/crypto';
import { changedProducts, entryLimitRows } from '@skygate/shared/read-models/refold/entry-limits';
import type { Row } from '@skygate/shared/read-models/row-change';
import type { Database } from 'better-sqlite3';
import type { ParkDocuments } from '../documents/park-documents.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import type { StoredEvents } from '../event-log/stored-event.ts';
import type { Log, Timers } from '../ports.ts';
import { createBell } from '../sync/bell.ts';
import { createRunFold } from './answer-questions.ts';
import { createApplyRowChanges } from './apply-row-changes.ts';
import { createFactRefolds } from './refold-facts.ts';
import { createTicketRefolds } from './refold-tickets.ts';

/** Folds anew what is left when entry limits have changed (T3), or a kiosk was revoked (X4). */
export interface CatalogueFollower {
  /** Some at a time, until `stop`. */
  run(): Promise<void>;
  stop(): void;
}

export interface FollowDeps {
  readonly database: Database;
  readonly documents: Pick<ParkDocuments, 'valueOf'>;
  readonly eventLog: Pick<EventLog, 'identity' | 'onCommit'>;
  readonly storedEvents: StoredEvents;
  readonly crypto: Crypto;
  readonly timers: Timers;
  readonly log: Log;
}

const LIMITS = 'SELECT product_id, entries_allowed FROM entry_limits WHERE park = ?';
/** After a full disk. */
const AGAIN_MS = 1_000;

/**
 * T3: cases are counted by the catalogue in use. Whenever that is another one, and at the start (a power cut may have come
 * between the two), the limits follow, and with them the first tickets of the products with another limit. The others are
 * noted in the same transaction and are folded by `run`: what comes in between is folded by the limits as they are. So are
 * the facts of a revoked kiosk that the page which revoked it noted (X4).
 */
export function followCatalogue(deps: FollowDeps): CatalogueFollower {
  const { database, documents, eventLog, crypto, timers } = deps;
  const applyRowChanges = createApplyRowChanges(database);
  const runFold = createRunFold(database, { applyRowChanges, events: deps.storedEvents });
  const refolds = createTicketRefolds(database, { runFold, crypto });
  const factRefolds = createFactRefolds(database, { runFold, crypto });
  const areDue = (): boolean => refolds.areDue() || factRefolds.areDue();
  const readLimits = database.prepare<[string], Row>(LIMITS);
  const stopping = new AbortController();
  const bell = createBell(timers);
  let seen: unknown;

  const follow = (): void => {
    const park = eventLog.identity()?.park;
    const catalogue = documents.valueOf('catalogue');
    // A catalogue that cannot be used says nothing of entries: the limits stay as they were.
    if (park === undefined || catalogue === null || catalogue === seen) return;
    const after = entryLimitRows(park, catalogue);
    const written = writeTransaction(database, () => {
      const changed = changedProducts(readLimits.all(park), after);
      if (changed.length === 0) return null;
      applyRowChanges([{ op: 'replace', table: 'entry_limits', key: { park }, rows: after }]);
      refolds.note(park, changed);
      refolds.some();
      return null;
    });
    // A full disk: tried again with the next commit.
    if (written.ok) seen = catalogue;
  };
  const followAndRing = (): void => {
    follow();
    if (areDue()) bell.ring();
  };

  /** All that are due, in slices with a pause after each. */
  const refoldDue = async (): Promise<void> => {
    while (areDue() && !stopping.signal.aborted) {
      const { ok } = writeTransaction(database, () => (refolds.areDue() ? refolds : factRefolds).some());
      await timers.sleep(ok ? 0 : AGAIN_MS, stopping.signal);
    }
  };

  follow();
  eventLog.onCommit(followAndRing);
  return {
    run: async () => {
      while (!stopping.signal.aborted) {
        await refoldDue().catch((error) =>
          deps.log.error({ error: String(error) }, 'tickets, or facts of a revoked kiosk, could not be folded anew'),
        );
        if (!stopping.signal.aborted) await bell.wait(null);
      }
    },
    stop: () => {
      stopping.abort();
      bell.ring();
    },
  };
}
