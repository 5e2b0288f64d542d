import type { Event } from '@skygate/shared/events/envelope';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { casesRefolder } from '@skygate/shared/read-models/refold/cases';
import { changedProducts, entryLimitRows } from '@skygate/shared/read-models/refold/entry-limits';
import { refoldKey } from '@skygate/shared/read-models/refold/refold';
import type { Writer } from '../db/database.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { runFold } from './answer-questions.ts';
import { applyRowChanges } from './apply-row-changes.ts';

const ABOUT_DOCUMENTS: readonly string[] = ['DocumentChanged', 'DocumentPublished'];

interface FollowDeps {
  readonly tx: Writer;
  readonly crypto: Crypto;
  readonly documents: DocumentStore;
  /** The position up to which events are in the read models. */
  readonly folded: number;
}

/**
 * T3: cases are counted by the catalogue in use. Where a page changed it, the limits follow, and the tickets of products
 * that have another limit now are folded anew; in the page's own transaction.
 */
export async function followCatalogue(
  { tx, crypto, documents, folded }: FollowDeps,
  park: string,
  events: readonly Pick<Event, 'type'>[],
): Promise<void> {
  if (!events.some(({ type }) => ABOUT_DOCUMENTS.includes(type))) return;
  const { value } = await documents.load(tx, park, 'catalogue');
  const after = entryLimitRows(park, value);
  const before = await tx
    .selectFrom('entry_limits')
    .select(['product_id', 'entries_allowed'])
    .where('park', '=', park)
    .execute();
  const changed = changedProducts(before, after);
  if (changed.length === 0) return;
  await applyRowChanges(tx, [{ op: 'replace', table: 'entry_limits', key: { park }, rows: after }]);
  const tickets = await tx
    .selectFrom('tickets as t')
    .innerJoin('ticket_facts as f', (join) =>
      join.onRef('f.park', '=', 't.park').onRef('f.ticket_id', '=', 't.ticket_id').on('f.kind', '=', 'admitted'),
    )
    .select('t.ticket_id')
    .distinct()
    .where('t.park', '=', park)
    .where('t.product_id', 'in', [...changed])
    .execute();
  for (const { ticket_id } of tickets) {
    await runFold(tx, folded, refoldKey(casesRefolder, { park, ticket_id }, { crypto }));
  }
}
