import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import type { NamedDrafts } from '@skygate/shared/events/free-text';
import { assert } from '@skygate/shared/lib/assert';
import { sql } from 'kysely';
import type { Writer } from '../db/database.ts';
import type { HqNodeDeps } from './append-hq-events.ts';
import type { KeptRow } from './kept-rows.ts';

// Rows of `texts`: what people typed, beside the log whose events only name it (E2, E5). They are kept as durably as HQ's
// own events (E9), whoever typed them: no stream of a kiosk would bring them back.

/** The rows of what was typed at HQ. @param events the events that the drafts became */
export function rowsOfTexts(texts: NamedDrafts['texts'], events: readonly Event[]): readonly KeptRow[] {
  return texts.map(({ name, salt, text, draft }) => {
    const event = events[draft];
    assert(event, 'a text is of one of its drafts');
    return textRow(event, { name, salt, text });
  });
}

export const textRow = (
  { park, node, epoch, seq }: Pick<Event, 'park' | 'node' | 'epoch' | 'seq'>,
  words: { readonly name: string; readonly salt: string; readonly text: string },
): KeptRow => ({ table: 'texts', row: { park, ...words, node, epoch, seq } });

/** What is left of a text that HQ erased: that nothing of this name is ever taken in again. */
export const erasedTextRow = (park: string, name: string): KeptRow => ({
  table: 'texts',
  row: { park, name, salt: null, text: null },
});

const isErasedTextRow = ({ table, row }: KeptRow): boolean => table === 'texts' && row['text'] === null;

/** The rows that events tell of: HQ said that these texts are erased. */
export const rowsOfErasures = (events: readonly KnownEvent[]): readonly KeptRow[] =>
  events.flatMap((event) => (event.type === 'TextErased' ? [erasedTextRow(event.park, event.body.text)] : []));

export const haveErasure = (rows: readonly KeptRow[]): boolean => rows.some(isErasedTextRow);

/** After the commit that erased words: older versions of their rows go from the files, too (P1, E5). */
export async function forgetReplacedTexts({ journal, database }: HqNodeDeps): Promise<void> {
  journal?.wipeReplaced();
  await sql`vacuum texts`.execute(database.kysely);
}

/**
 * Rows whose words are there although the log says that they are erased: the database, or the journal, is older than the
 * erasure. @returns what they have to be
 */
export async function textsErasedByLog(tx: Writer, park: string): Promise<readonly KeptRow[]> {
  const rows = await tx
    .selectFrom('texts as t')
    .innerJoin('erased_texts as x', (join) => join.onRef('x.park', '=', 't.park').onRef('x.name', '=', 't.name'))
    .select('t.name')
    .where('t.park', '=', park)
    .where('t.text', 'is not', null)
    .execute();
  return rows.map(({ name }) => erasedTextRow(park, name));
}
