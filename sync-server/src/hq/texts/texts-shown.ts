import { textNameIn } from '@skygate/shared/events/free-text';
import type { ShownText } from '@skygate/shared/hq-api/texts';
import type { Reader } from '../../db/database.ts';

/** What a reason in a read model says to a person (E5). */
export type ShowText = (member: string) => ShownText;

/**
 * Looks up what is behind the names that these members hold: the words, or that they are erased, or that they have not
 * come. Words of an older program stand there themselves.
 */
export async function textsShown(
  reader: Reader,
  park: string,
  members: readonly (string | null | undefined)[],
): Promise<ShowText> {
  const names = [...new Set(members.flatMap((member) => (member ? (textNameIn(member) ?? []) : [])))];
  const words = names.length === 0 ? new Map<string, string | null>() : await wordsOf(reader, park, names);
  return (member) => {
    const name = textNameIn(member);
    if (name === null) return { state: 'plain', text: member, name };
    const text = words.get(name);
    if (text === undefined) return { state: 'not_here', text: '', name };
    return text === null ? { state: 'erased', text: '', name } : { state: 'here', text, name };
  };
}

/** By name; null where HQ erased them. */
async function wordsOf(reader: Reader, park: string, names: readonly string[]): Promise<Map<string, string | null>> {
  const here = await reader
    .selectFrom('texts')
    .select(['name', 'text'])
    .where('park', '=', park)
    .where('name', 'in', names)
    .execute();
  const erased = await reader
    .selectFrom('erased_texts')
    .select('name')
    .where('park', '=', park)
    .where('name', 'in', names)
    .execute();
  return new Map([
    ...here.map(({ name, text }) => [name, text] as const),
    ...erased.map(({ name }) => [name, null] as const),
  ]);
}
