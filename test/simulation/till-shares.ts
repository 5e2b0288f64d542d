import { completeSale, logIn, said, type Work } from './at-kiosk.ts';
import { dateAt, PIN } from './headquarters.ts';
import { DIED } from './kiosk-host.ts';
import { typedWords } from './typed-words.ts';

const dayAt = ({ nowMs }: Work) => ({ date: dateAt(nowMs()), slot: 'day' });

/** A cashier does not wait for the till to ask by itself (C4). */
export async function askForPlaces(work: Work): Promise<string> {
  const { kiosk, random } = work;
  const reply = await kiosk.call((api) => api.askForPlaces({ ...dayAt(work), places: 10 + random.int(60) }));
  return reply === DIED || !reply.ok ? said(reply) : reply.value.granted > 0 ? 'lent' : 'nothing lent';
}

/** A part of the share goes to another till, which sells it once it has heard (C4). */
export async function giveShare(work: Work): Promise<string> {
  const { kiosk, random } = work;
  if (!(await logIn(kiosk, 'chief'))) return 'no log-in';
  const shares = await kiosk.call((api) => api.listShares());
  const outcome = shares === DIED || !shares.ok ? said(shares) : await giveTo(work, shares.value.tills);
  if (random.chance(0.9)) await logIn(kiosk, 'cashier');
  return outcome;
}

async function giveTo(work: Work, tills: readonly { readonly node: string }[]): Promise<string> {
  const { kiosk, random, book } = work;
  if (tills.length === 0) return 'no other till';
  const commandId = `${kiosk.name}-gives-${book.outcomes.size}-${random.int(1_000_000)}`;
  const input = { commandId, ...dayAt(work), places: 1 + random.int(25), to: random.pick(tills).node };
  const first = said(await kiosk.call((api) => api.giveShare(input)));
  // A double tap gives once.
  return random.chance(0.3) ? `${first}, then ${said(await kiosk.call((api) => api.giveShare(input)))}` : first;
}

/** C3: the share is not enough, and a supervisor answers for the sale. */
export async function sellPastShare(work: Work): Promise<string> {
  const { kiosk, random, book } = work;
  const lines = [{ productId: 'day-ticket', unitId: 'adult', quantity: 1 + random.int(3), ...dayAt(work) }];
  const quote = await kiosk.call((api) => api.quoteSale({ lines, pastShare: true }));
  if (quote === DIED || !quote.ok) return said(quote);
  const { totalMinor } = quote.value;
  book.asked += 1;
  const commandId = `${kiosk.name}-past-${book.asked}`;
  const pastShare = { staffId: 'chief', pin: PIN, reason: typedWords(book) };
  const input = { commandId, lines, tenderedMinor: totalMinor, expectedTotalMinor: totalMinor, pastShare };
  return completeSale({ kiosk, book }, input);
}
