import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import type { Reply } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { SaleReceipt } from '@skygate/gate-app/rpc-contract/till-view';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { type Book, countOutcome, type SaleInput } from './book.ts';
import { DATE, PIN, strangersCode } from './headquarters.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import type { Trace } from './trace.ts';

export interface WorkloadDeps {
  readonly random: SeededRandom;
  readonly book: Book;
  readonly trace: Trace;
  /** The kiosks that are there by now, save this one. */
  readonly others: () => readonly KioskHost[];
}

interface Work extends WorkloadDeps {
  readonly kiosk: KioskHost;
}

/** A sale's outcome is its number and total. */
const SALE_NUMBER = /^\S+ \d+$/;

const STRANGERS_CODE = strangersCode({ crypto: createNodeCrypto() });

type Act = (work: Work) => Promise<string>;

/** What people do at a till and at a gate, and how often. */
const TILL: readonly [number, Act][] = [
  [10, sell],
  [1, closeShift],
  [1, editPrice],
  [2, scanSomeTicket],
];
const GATE: readonly [number, Act][] = [
  [10, scanSomeTicket],
  [3, scanTwice],
  [3, scanAtTwoGates],
  [1, scanStranger],
  [2, undo],
  [3, exit],
  [1, countExit],
  [1, scanNonsense],
];

/** One thing somebody does at a kiosk. What it says no to is written down as well: a refusal is an answer. */
export async function act(kiosk: KioskHost, deps: WorkloadDeps): Promise<void> {
  const acts = kiosk.role === 'till' ? TILL : GATE;
  const chosen = pickWeighted(acts, deps.random);
  const outcome = await chosen({ ...deps, kiosk });
  deps.trace.add(`${kiosk.name} ${chosen.name}: ${outcome}`);
  countOutcome(deps.book.outcomes, `${chosen.name}: ${outcome.replace(SALE_NUMBER, 'sold')}`);
}

function pickWeighted(acts: readonly [number, Act][], random: SeededRandom): Act {
  let left = random.int(acts.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, candidate] of acts) {
    left -= weight;
    if (left < 0) return candidate;
  }
  throw new Error('broken invariant: the weights add up');
}

const said = (reply: Reply<unknown> | typeof DIED): string =>
  reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code;

async function logIn(kiosk: KioskHost, staffId: string): Promise<boolean> {
  const reply = await kiosk.call((api) => api.logIn({ staffId, pin: PIN }));
  return reply !== DIED && reply.ok;
}

async function sell({ kiosk, random, book }: Work): Promise<string> {
  const unitId = random.pick(['adult', 'over-3', 'under-3', 'family']);
  const one = { productId: 'day-ticket', unitId, quantity: 1, date: DATE, slot: 'day' };
  const lines = [{ ...one, quantity: 1 + random.int(3) }];
  // The price of one is asked: a quote of all would say that the share is exceeded before the sale itself is tried (C1).
  const quote = await kiosk.call((api) => api.quoteSale({ lines: [one] }));
  if (quote === DIED) return 'died';
  if (!quote.ok) return prepareTill(kiosk, quote.problem.code);
  const expectedTotalMinor = quote.value.totalMinor * (lines[0]?.quantity ?? 0);
  const commandId = `${kiosk.name}-${book.sales.size + 1}`;
  const input = { commandId, lines, tenderedMinor: expectedTotalMinor + 5_000, expectedTotalMinor };
  return completeSale({ kiosk, book }, input);
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
async function prepareTill(kiosk: KioskHost, problem: string): Promise<string> {
  if (problem === 'not_logged_in') await logIn(kiosk, 'cashier');
  if (problem === 'no_open_shift') {
    await kiosk.call((api) => api.openShift({ floatMinor: 100_000, denominations: [] }));
  }
  return problem;
}

async function closeShift({ kiosk }: Work): Promise<string> {
  return said(await kiosk.call((api) => api.closeShift({ denominations: [], reason: 'simulated' })));
}

async function editPrice({ kiosk, random }: Work): Promise<string> {
  if (!(await logIn(kiosk, 'chief'))) return 'no log-in';
  const change = { field: 'price' as const, unitId: 'adult', priceMinor: 40_000 + 1_000 * random.int(20) };
  const reply = await kiosk.call((api) => api.editProduct({ productId: 'day-ticket', change }));
  await logIn(kiosk, 'cashier');
  return said(reply);
}

async function scanSomeTicket(work: Work): Promise<string> {
  const { book, random } = work;
  if (book.codes.length === 0) return 'no tickets yet';
  return scan(work, random.pick(book.codes));
}

async function scanTwice(work: Work): Promise<string> {
  const { book, random } = work;
  if (book.codes.length === 0) return 'no tickets yet';
  const ticket = random.pick(book.codes);
  const verdicts = [await scan(work, ticket), await scan(work, ticket)];
  if (verdicts.every((verdict) => verdict.startsWith('admit'))) {
    book.admittedTwice.push({ kiosk: work.kiosk.name, ticketId: ticket.ticketId });
  }
  return verdicts.join(', then ');
}

/** Two people with one code, at the same moment at two gates that may not know of each other. */
async function scanAtTwoGates(work: Work): Promise<string> {
  const { book, random, others } = work;
  const gates = others().filter(({ role }) => role === 'gate');
  if (book.codes.length === 0 || gates.length === 0) return 'no tickets or no other gate';
  const ticket = random.pick(book.codes);
  const verdicts = await Promise.all([scan(work, ticket), scan({ ...work, kiosk: random.pick(gates) }, ticket)]);
  return verdicts.join(', and there ');
}

/** A ticket of a park that this one has nothing to do with. */
async function scanStranger({ kiosk }: Work): Promise<string> {
  const reply = await kiosk.call((api) => api.scan({ text: STRANGERS_CODE, source: 'camera' }));
  return reply !== DIED && reply.ok ? `${reply.value.verdict} ${reply.value.reasons.join(' ')}` : said(reply);
}

async function scan(work: Work, ticket: Book['codes'][number]): Promise<string> {
  const { kiosk, book } = work;
  const { ticketId } = ticket;
  const reply = await kiosk.call((api) => api.scan({ text: ticket.code, source: 'camera' }));
  if (reply === DIED) {
    book.admissions.push({ kiosk: kiosk.name, ticketId, outcome: 'unknown' });
    return 'died';
  }
  if (!reply.ok) return reply.problem.code === 'not_logged_in' ? prepareGate(kiosk) : reply.problem.code;
  const { verdict, reasons } = reply.value;
  if (verdict === 'admit' || verdict === 'provisional') {
    book.admissions.push({ kiosk: kiosk.name, ticketId, outcome: 'admitted' });
  }
  return `${verdict} ${reasons.join(' ')}`;
}

async function prepareGate(kiosk: KioskHost): Promise<string> {
  await logIn(kiosk, kiosk.role === 'till' ? 'cashier' : 'guard');
  return 'not_logged_in';
}

async function undo({ kiosk }: Work): Promise<string> {
  const status = await kiosk.call((api) => api.getStatus());
  if (status === DIED) return 'died';
  const last = status.recentScans.at(0);
  if (last === undefined) return 'nothing to undo';
  return said(await kiosk.call((api) => api.undoLast({ scanId: last.scanId })));
}

async function exit(work: Work): Promise<string> {
  const { kiosk, book, random } = work;
  if (book.codes.length === 0) return 'no tickets yet';
  const ticket = random.pick(book.codes);
  const set = await kiosk.call((api) => api.setGateMode({ mode: 'exit' }));
  const reply = await kiosk.call((api) => api.scan({ text: ticket.code, source: 'camera' }));
  await kiosk.call((api) => api.setGateMode({ mode: 'entry' }));
  return `${said(set)} ${said(reply)}`;
}

async function countExit({ kiosk }: Work): Promise<string> {
  return said(await kiosk.call((api) => api.countExit({ people: 2 })));
}

async function scanNonsense({ kiosk, random }: Work): Promise<string> {
  const text = random.pick(['', 'SG1:', 'SG1:AAAA', 'http://example.com/q', 'SG1:\u0000\u0001', 'x'.repeat(5000)]);
  return said(await kiosk.call((api) => api.scan({ text, source: 'wedge' })));
}
