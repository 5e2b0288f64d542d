import type { Reply } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { SaleReceipt } from '@skygate/gate-app/rpc-contract/till-view';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import type { Book, SaleInput } from './book.ts';
import { PIN } from './headquarters.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import type { Trace } from './trace.ts';

export interface WorkloadDeps {
  readonly random: SeededRandom;
  readonly book: Book;
  readonly trace: Trace;
  /** Simulated time. */
  readonly nowMs: () => number;
  /** The kiosks that are there by now, save this one. */
  readonly others: () => readonly KioskHost[];
}

export interface Work extends WorkloadDeps {
  readonly kiosk: KioskHost;
}

export const said = (reply: Reply<unknown> | typeof DIED): string =>
  reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code;

export async function logIn(kiosk: KioskHost, staffId: string): Promise<boolean> {
  const reply = await kiosk.call((api) => api.logIn({ staffId, pin: PIN }));
  return reply !== DIED && reply.ok;
}

/** A sale whose answer is not known is on the book too, to be asked for again. */
export async function completeSale(
  { kiosk, book }: { readonly kiosk: KioskHost; readonly book: Book },
  input: SaleInput,
): Promise<string> {
  const { commandId } = input;
  const reply = await kiosk.call((api) => api.completeSale(input));
  if (reply === DIED) {
    if (!book.sales.has(commandId)) book.sales.set(commandId, { kiosk: kiosk.name, input, receipt: null });
    return 'died';
  }
  if (reply.ok) {
    noteSale(book, { kiosk: kiosk.name, input }, reply.value);
    return `${reply.value.number} ${reply.value.quote.totalMinor}`;
  }
  book.sales.delete(commandId);
  return prepareTill(kiosk, reply.problem.code);
}

function noteSale(book: Book, sale: { kiosk: string; input: SaleInput }, receipt: SaleReceipt): void {
  const { saleId, tickets, quote } = receipt;
  const ticketIds = tickets.map(({ ticketId }) => ticketId);
  book.sales.set(sale.input.commandId, { ...sale, receipt: { saleId, totalMinor: quote.totalMinor, ticketIds } });
  for (const { code, ticketId } of tickets) book.codes.push({ code, ticketId });
}

/** What stands between a cashier and a sale. */
export async function prepareTill(kiosk: KioskHost, problem: string): Promise<string> {
  if (problem === 'not_logged_in') await logIn(kiosk, 'cashier');
  if (problem === 'no_open_shift') {
    await kiosk.call((api) => api.openShift({ floatMinor: 100_000, denominations: [] }));
  }
  return problem;
}
