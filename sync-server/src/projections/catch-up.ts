import type { Crypto } from '@skygate/shared/lib/crypto';
import { type Database, type Reader, type Writer, withTransaction } from '../db/database.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { EVENT_COLUMNS, storedToEvent } from '../ingest/stored-event.ts';
import { foldPage, replayPart } from './fold-page.ts';
import { followCatalogue } from './follow-catalogue.ts';
import { readOlder } from './quarantine.ts';

const PAGE_EVENTS = 500;

export interface FoldDeps {
  readonly crypto: Crypto;
  readonly documents: DocumentStore;
}

/** How a page went. */
export interface Caught {
  /** The read models changed. */
  readonly moved: boolean;
  /** The page was full: there may be another. */
  readonly more: boolean;
}

/** Brings a park's read models to the end of its log, as the transaction sees it. */
export async function catchUp(deps: FoldDeps, tx: Writer, park: string): Promise<void> {
  while ((await catchUpOnePage(deps, tx, park)).more);
}

/** Brings read models that are more than a page behind to within one, each page in a transaction of its own. */
export async function catchUpFarBehind(
  deps: FoldDeps & { readonly database: Database },
  park: string,
  timeoutMs: number,
): Promise<void> {
  while (await isFarBehind(deps.database.reader, park)) {
    await withTransaction(deps, { timeoutMs }, (tx) => catchUpOnePage(deps, tx, park));
  }
}

async function isFarBehind(reader: Reader, park: string): Promise<boolean> {
  const row = await reader
    .selectFrom('parks as p')
    .innerJoin('projection_cursors as c', 'c.park', 'p.park')
    .select('p.park')
    .where('p.park', '=', park)
    .where(({ eb }) => eb(eb('p.head', '-', eb.ref('c.position')), '>', PAGE_EVENTS))
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Projects the next page and moves the cursor, both in this transaction. The page is asked for by both its ends, which have
 * no gap between them (S3): by its beginning and a number of rows, a database without newer statistics, as after a day of
 * pushes that comes at once or after a restore, sorts all that is left for every page.
 */
export async function catchUpOnePage(deps: FoldDeps, tx: Writer, park: string): Promise<Caught> {
  const { position: after, head } = await lockCursor(tx, park);
  if (after >= head) return { moved: false, more: false };
  const upTo = Math.min(after + PAGE_EVENTS, head);
  const rows = await tx
    .selectFrom('events')
    .select(EVENT_COLUMNS)
    .where('park', '=', park)
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .orderBy('position')
    .execute();
  const folding = { tx, ...deps, folded: upTo };
  await foldPage(
    folding,
    rows.map((row) => storedToEvent(row)),
  );
  await followCatalogue(folding, park, rows);
  await tx.updateTable('projection_cursors').set({ position: upTo }).where('park', '=', park).execute();
  return { moved: true, more: upTo < head };
}

/**
 * Whoever has the cursor's row folds the park.
 * @returns it, and the log's head, which may be older than the wait for the row: whoever appends asks for folding itself
 */
async function lockCursor(tx: Writer, park: string): Promise<{ readonly position: number; readonly head: number }> {
  const row = await tx
    .selectFrom('projection_cursors as c')
    .innerJoin('parks as p', 'p.park', 'c.park')
    .select(['c.position', 'p.head'])
    .where('c.park', '=', park)
    .forUpdate('c')
    .executeTakeFirst();
  return row ?? { position: Number.MAX_SAFE_INTEGER, head: 0 };
}

const REPLAYED_AT_ONCE = 100;

/**
 * Tries again a slice of what an older program could not fold (S7), and recoveries whose key may have come.
 * @param after the position up to which it was done
 * @returns where to go on, or null if there is no more
 */
export async function replayOnePage(deps: FoldDeps, tx: Writer, park: string, after: number): Promise<number | null> {
  const { position: folded } = await lockCursor(tx, park);
  const parts = await readOlder(tx, park, REPLAYED_AT_ONCE, after);
  const last = parts.at(-1);
  if (!last || folded === Number.MAX_SAFE_INTEGER) return null;
  // The parts of one event go together: the slice's last event may have more of them.
  const whole = parts.length < REPLAYED_AT_ONCE ? parts : parts.filter(({ position }) => position < last.position);
  for (const { event, part } of whole.length > 0 ? whole : parts) {
    await replayPart({ tx, crypto: deps.crypto, folded }, event, part);
  }
  return whole.at(-1)?.position ?? last.position;
}
