import { CompiledQuery } from 'kysely';
import type { Database, Writer } from '../db/database.ts';

export const PAGE_EVENTS = 500;
/** So many bytes of bodies are folded in one transaction; one event always is. */
const PAGE_BYTES_MAX = 2_000_000;
/** What is recorded again is hashed, asked about and folded event by event within one body: it weighs more (E6). */
const RECOVERY_WEIGHT = 10;
/** So often a page of one event is tried before the event is put aside: a database that was away may be back. */
const TRIES_ALONE = 3;

/** Where a park's read models are, and how the next page has gone so far. */
export interface Cursor {
  readonly position: number;
  readonly head: number;
  /** So many times in a row the next page ran out of time. */
  readonly timeouts: number;
}

/**
 * Whoever has the cursor's row folds the park.
 * @returns it, and the log's head, which may be older than the wait for the row: whoever appends asks for folding itself
 */
export async function lockCursor(tx: Writer, park: string): Promise<Cursor> {
  const row = await tx
    .selectFrom('projection_cursors as c')
    .innerJoin('parks as p', 'p.park', 'c.park')
    .select(['c.position', 'c.timeouts', 'p.head'])
    .where('c.park', '=', park)
    .forUpdate('c')
    .executeTakeFirst();
  return row ?? { position: Number.MAX_SAFE_INTEGER, head: 0, timeouts: 0 };
}

/** Each timeout halves the page, down to one event. */
const eventsAtMost = ({ timeouts }: Cursor): number => Math.max(1, Math.floor(PAGE_EVENTS / 2 ** timeouts));

/** Whether the next event has had its tries: by itself, and never in time. */
export const isHopeless = (cursor: Cursor): boolean =>
  cursor.timeouts >= Math.ceil(Math.log2(PAGE_EVENTS)) + TRIES_ALONE;

const WEIGHTS = `
select position, octet_length(body) * case when type = 'EventRecovered' then ${RECOVERY_WEIGHT} else 1 end as weight
from events where park = $1 and position > $2 and position <= $3 order by position`;

/**
 * The last position of the next page: whatever a kiosk wrote, one transaction folds no more than it can in its time. The
 * page is asked for by both its ends, which have no gap between them (S3): by its beginning and a number of rows, a database
 * without newer statistics, as after a day of pushes that comes at once or after a restore, sorts all that is left for every
 * page.
 */
export async function endOfPage(tx: Writer, park: string, cursor: Cursor): Promise<number> {
  const first = cursor.position + 1;
  const last = Math.min(cursor.position + eventsAtMost(cursor), cursor.head);
  const { rows } = await tx.executeQuery<{ position: number; weight: number }>(
    CompiledQuery.raw(WEIGHTS, [park, cursor.position, last]),
  );
  let weight = 0;
  const tooMuch = rows.find((row) => {
    weight += row.weight;
    return row.position > first && weight > PAGE_BYTES_MAX;
  });
  return tooMuch ? tooMuch.position - 1 : last;
}

/** The page is folded: the next one may be larger again. */
export async function moveCursor(tx: Writer, park: string, to: number): Promise<void> {
  await tx
    .updateTable('projection_cursors')
    .set(({ fn, val, eb }) => ({
      position: to,
      timeouts: fn<number>('greatest', [val(0), eb('timeouts', '-', 1)]),
    }))
    .where('park', '=', park)
    .execute();
}

/** The page was not folded in time: the next try takes half of it, whoever makes it. */
export async function noteTimeout(database: Database, park: string): Promise<void> {
  await database.kysely
    .updateTable('projection_cursors')
    .set(({ eb }) => ({ timeouts: eb('timeouts', '+', 1) }))
    .where('park', '=', park)
    .execute();
}
