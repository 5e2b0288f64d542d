import type { Reader } from '../db/database.ts';
import { EVENT_COLUMNS } from '../ingest/stored-event.ts';

/** An event may have a quarter of a megabyte, so few at a time: a log of any length takes the memory of one page. */
const EVENTS_PER_PAGE = 200;
const SEALS_PER_PAGE = 1_000;

/**
 * Pages by both their ends, over gaps too, up to where the log ends by then. By a beginning and a number of rows alone a
 * database without statistics (PGlite has none, PostgreSQL not right after a restore) sorts all that is left for each page.
 */
async function* inSpans<Row>(
  reader: Reader,
  { park, table, span }: { readonly park: string; readonly table: 'events' | 'seals'; readonly span: number },
  read: (after: number, upTo: number) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let after = 0;
  let end = 0;
  while (true) {
    // More may have come while it was read.
    if (after >= end) end = await lastPosition(reader, park, table);
    if (after >= end) return;
    const upTo = Math.min(after + span, end);
    const rows = await read(after, upTo);
    yield* rows;
    // Somebody may have moved a row beyond counting: over a gap it goes in one step.
    after = rows.length > 0 ? upTo : (await nextPosition(reader, { park, table, after: upTo })) - 1;
  }
}

async function lastPosition(reader: Reader, park: string, table: 'events' | 'seals'): Promise<number> {
  const row = await reader
    .selectFrom(table)
    .select(({ fn }) => fn.max('position').as('last'))
    .where('park', '=', park)
    .executeTakeFirst();
  return Number(row?.last ?? 0);
}

/** The first position after this one; the position after it where there is none. */
async function nextPosition(
  reader: Reader,
  { park, table, after }: { readonly park: string; readonly table: 'events' | 'seals'; readonly after: number },
): Promise<number> {
  const row = await reader
    .selectFrom(table)
    .select(({ fn }) => fn.min('position').as('next'))
    .where('park', '=', park)
    .where('position', '>', after)
    .executeTakeFirst();
  return Number(row?.next ?? after + 1);
}

/** A park's events in the order of their positions. */
export const eventsInOrder = (reader: Reader, park: string) =>
  inSpans(reader, { park, table: 'events', span: EVENTS_PER_PAGE }, (after, upTo) =>
    reader
      .selectFrom('events')
      .select(EVENT_COLUMNS)
      .where('park', '=', park)
      .where('position', '>', after)
      .where('position', '<=', upTo)
      .orderBy('position')
      .execute(),
  );

const SEAL_COLUMNS = [
  'node',
  'epoch',
  'from_seq',
  'to_seq',
  'first_position',
  'position',
  'head_hash',
  'hlc',
  'kid',
  'signature',
] as const;

const sealsOf = (reader: Reader, park: string, after: number, upTo: number) =>
  reader
    .selectFrom('seals')
    .select(SEAL_COLUMNS)
    .where('park', '=', park)
    .where('position', '>', after)
    .where('position', '<=', upTo)
    .orderBy('position')
    .execute();

export type StoredSeal = Awaited<ReturnType<typeof sealsOf>>[number];

/** A park's seals in the order of the positions that they close. */
export const sealsInOrder = (reader: Reader, park: string) =>
  inSpans(reader, { park, table: 'seals', span: SEALS_PER_PAGE }, (after, upTo) => sealsOf(reader, park, after, upTo));

/** What the park's head rows say, and the key of each stream. */
export async function headRowsOf(reader: Reader, park: string) {
  const { head } = await reader.selectFrom('parks').select('head').where('park', '=', park).executeTakeFirstOrThrow();
  const nodes = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'role', 'public_key', 'head_seq', 'head_hash', 'head_hlc'])
    .where('park', '=', park)
    .orderBy('node')
    .orderBy('epoch')
    .execute();
  return { head, nodes };
}

export type HeadRows = Awaited<ReturnType<typeof headRowsOf>>;
