import type { Book } from './book.ts';

/** How all of them begin. */
export const TYPED = 'Because of case ';

/** Words that nobody typed before, and none is a part of others: where they are found, they are these (E5). */
export function typedWords({ typed }: Pick<Book, 'typed'>): string {
  const words = `${TYPED}${String(typed.size + 1).padStart(4, '0')}, said Aibek.`;
  typed.add(words);
  return words;
}
