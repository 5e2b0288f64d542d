import type { Crypto } from '@skygate/shared/lib/crypto';
import { casesRefolder } from '@skygate/shared/read-models/refold/cases';
import { changedProducts, entryLimitRows } from '@skygate/shared/read-models/refold/entry-limits';
import { refoldKeys } from '@skygate/shared/read-models/refold/refold';
import type { Row } from '@skygate/shared/read-models/row-change';
import type { Database } from 'better-sqlite3';
import type { ParkDocuments } from '../documents/park-documents.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import type { StoredEvents } from '../event-log/stored-event.ts';
import { createRunFold } from './answer-questions.ts';
import { createApplyRowChanges } from './apply-row-changes.ts';

const LIMITS = 'SELECT product_id, entries_allowed FROM entry_limits WHERE park = ?';
/** A ticket that was let in once has no case by any limit. */
const ADMITTED_AGAIN = `
  SELECT t.ticket_id FROM tickets t
  JOIN ticket_facts f ON f.park = t.park AND f.ticket_id = t.ticket_id AND f.kind = 'admitted'
  WHERE t.park = ? AND t.product_id = ?
  GROUP BY t.ticket_id HAVING count(*) > 1`;

/**
 * T3: cases are counted by the catalogue in use. Whenever that is another one, and at the start (a power cut may have come
 * between the two), the limits follow and the tickets of products with another limit are folded anew.
 */
export function followCatalogue(deps: {
  readonly database: Database;
  readonly documents: ParkDocuments;
  readonly eventLog: EventLog;
  readonly storedEvents: StoredEvents;
  readonly crypto: Crypto;
}): void {
  const { database, documents, eventLog, crypto } = deps;
  const applyRowChanges = createApplyRowChanges(database);
  const runFold = createRunFold(database, { applyRowChanges, events: deps.storedEvents });
  const readLimits = database.prepare<[string], Row>(LIMITS);
  const readAdmitted = database.prepare<[string, string], string>(ADMITTED_AGAIN).pluck();
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
      for (const productId of changed) {
        const keys = readAdmitted.all(park, productId).map((ticketId) => ({ park, ticket_id: ticketId }));
        runFold(refoldKeys(casesRefolder, keys, { crypto }));
      }
      return null;
    });
    // A full disk: tried again with the next commit.
    if (written.ok) seen = catalogue;
  };
  follow();
  eventLog.onCommit(follow);
}
