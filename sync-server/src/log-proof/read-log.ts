import type { Reader } from '../db/database.ts';
import { EVENT_COLUMNS } from '../ingest/stored-event.ts';

/** An event may have a quarter of a megabyte, so few at a time: a log of any length takes the memory of one page. */
const EVENTS_PER_PAGE = 200;
const SEALS_PER_PAGE = 1_000;

/** A park's events in the order of their positions. */
export async function* eventsInOrder(reader: Reader, park: string) {
  let after = 0;
  while (true) {
    const page = await reader
      .selectFrom('events')
      .select(EVENT_COLUMNS)
      .where('park', '=', park)
      .where('position', '>', after)
      .orderBy('position')
      .limit(EVENTS_PER_PAGE)
      .execute();
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.position;
  }
}

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

const sealsPage = (reader: Reader, park: string, after: number) =>
  reader
    .selectFrom('seals')
    .select(SEAL_COLUMNS)
    .where('park', '=', park)
    .where('position', '>', after)
    .orderBy('position')
    .limit(SEALS_PER_PAGE)
    .execute();

export type StoredSeal = Awaited<ReturnType<typeof sealsPage>>[number];

/** A park's seals in the order of the positions that they close. */
export async function* sealsInOrder(reader: Reader, park: string) {
  let after = 0;
  while (true) {
    const page = await sealsPage(reader, park, after);
    yield* page;
    const last = page.at(-1);
    if (!last) return;
    after = last.position;
  }
}

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
