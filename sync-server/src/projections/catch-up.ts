import type { Crypto } from '@skygate/shared/lib/crypto';
import { type Database, type Reader, type Writer, withTransaction } from '../db/database.ts';
import { isOutOfTime } from '../db/passing-trouble.ts';
import type { DocumentStore } from '../documents/document-store.ts';
import { EVENT_COLUMNS, storedToEvent } from '../ingest/stored-event.ts';
import { foldPage } from './fold-page.ts';
import { followCatalogue } from './follow-catalogue.ts';
import { endOfPage, isHopeless, lockCursor, moveCursor, noteTimeout } from './page.ts';
import { putAside, tooSlow } from './quarantine.ts';

/** A page is as small as it must be to be folded in this time; so long HQ's own work waits for it at most. */
const PAGE_TIMEOUT_MS = 10_000;

export interface FoldDeps {
  readonly crypto: Crypto;
  readonly documents: DocumentStore;
}

/** How a page went. */
export interface Caught {
  /** The read models changed. */
  readonly moved: boolean;
  /** There may be another. */
  readonly more: boolean;
}

/** Brings a park's read models to the end of its log, as the transaction sees it. */
export async function catchUp(deps: FoldDeps, tx: Writer, park: string): Promise<void> {
  while ((await catchUpOnePage(deps, tx, park)).more);
}

/**
 * Brings read models that are behind to where the log ends now, each page in a transaction of its own: whoever takes the
 * park's lock then folds what has come in since, and nothing that could take long.
 */
export async function catchUpInPages(deps: FoldDeps & { readonly database: Database }, park: string): Promise<void> {
  const { head } = await positionOf(deps.database.reader, park);
  while ((await positionOf(deps.database.reader, park)).position < head) await foldNextPage(deps, park);
}

async function positionOf(reader: Reader, park: string): Promise<{ readonly position: number; readonly head: number }> {
  const row = await reader
    .selectFrom('parks as p')
    .innerJoin('projection_cursors as c', 'c.park', 'p.park')
    .select(['c.position', 'p.head'])
    .where('p.park', '=', park)
    .executeTakeFirst();
  return row ?? { position: 0, head: 0 };
}

/** Folds the next page in a transaction of its own; one that runs out of time leaves half of it to the next call. */
export async function foldNextPage(deps: FoldDeps & { readonly database: Database }, park: string): Promise<Caught> {
  let isFolding = false;
  const begin = (): void => {
    isFolding = true;
  };
  try {
    return await withTransaction(deps, { timeoutMs: PAGE_TIMEOUT_MS }, (tx) => catchUpOnePage(deps, tx, park, begin));
  } catch (error) {
    // Where it only waited for whoever folds (a log that is folded anew), the page is not to blame.
    if (!isFolding || !isOutOfTime(error)) throw error;
    await noteTimeout(deps.database, park);
    return { moved: false, more: true };
  }
}

/** Projects the next page and moves the cursor, both in this transaction. */
export async function catchUpOnePage(
  deps: FoldDeps,
  tx: Writer,
  park: string,
  begin = (): void => undefined,
): Promise<Caught> {
  const cursor = await lockCursor(tx, park);
  begin();
  if (cursor.position >= cursor.head) return { moved: false, more: false };
  const upTo = await endOfPage(tx, park, cursor);
  const rows = await tx
    .selectFrom('events')
    .select(EVENT_COLUMNS)
    .where('park', '=', park)
    .where('position', '>', cursor.position)
    .where('position', '<=', upTo)
    .orderBy('position')
    .execute();
  const events = rows.map((row) => storedToEvent(row));
  const folding = { tx, ...deps, folded: upTo };
  if (isHopeless(cursor)) {
    await putAside(
      tx,
      events.map((event) => tooSlow(event)),
    );
  } else {
    await foldPage(folding, events);
    await followCatalogue(folding, park, rows);
  }
  await moveCursor(tx, park, upTo);
  return { moved: true, more: upTo < cursor.head };
}
