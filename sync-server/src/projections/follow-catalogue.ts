import type { Event } from '@skygate/shared/events/envelope';
import { changedProducts, entryLimitRows } from '@skygate/shared/read-models/refold/entry-limits';
import type { Writer } from '../db/database.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { applyRowChanges } from './apply-row-changes.ts';
import { noteChangedLimits } from './refold-tickets.ts';

const ABOUT_DOCUMENTS: readonly string[] = ['DocumentChanged', 'DocumentPublished'];

interface FollowDeps {
  readonly tx: Writer;
  readonly documents: DocumentStore;
}

/**
 * T3: cases are counted by the catalogue in use. Where a page changed it, the limits follow in the page's own transaction,
 * and it is noted there that the tickets of products that have another limit now are to be folded anew.
 */
export async function followCatalogue(
  { tx, documents }: FollowDeps,
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
  await noteChangedLimits(tx, park, changed);
}
