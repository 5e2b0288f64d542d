import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import type { VerdictView } from '@skygate/gate-app/rpc-contract/gate-view';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { completeSale, logIn, prepareTill, said, type Work, type WorkloadDeps } from './at-kiosk.ts';
import { type Book, countOutcome } from './book.ts';
import { dateAt, PIN, START_MS, strangersCode } from './headquarters.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import { askForPlaces, giveShare, sellPastShare } from './till-shares.ts';
import { typedWords } from './typed-words.ts';

/** A sale's outcome is its number and total. */
const SALE_NUMBER = /^\S+ \d+$/;

const STRANGERS_CODE = strangersCode({ crypto: createNodeCrypto() });

type Act = (work: Work) => Promise<string>;

/** What people do at a till and at a gate, and how often. */
const TILL: readonly [number, Act][] = [
  [10, sell],
  [1, closeShift],
  [1, askForPlaces],
  [1, giveShare],
  [1, sellPastShare],
  [1, confirmClock],
  [1, editPrice],
  [2, scanSomeTicket],
];
const GATE: readonly [number, Act][] = [
  [10, scanSomeTicket],
  [3, scanTwice],
  [3, scanAtTwoGates],
  [1, scanStranger],
  [2, undo],
  [2, overrideRefusal],
  [3, exit],
  [1, countExit],
  [1, scanNonsense],
  [1, confirmClock],
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

async function sell({ kiosk, random, book, nowMs }: Work): Promise<string> {
  const unitId = random.pick(['adult', 'over-3', 'under-3', 'family']);
  const one = { productId: 'day-ticket', unitId, quantity: 1, date: dateAt(nowMs()), slot: 'day' };
  const lines = [{ ...one, quantity: 1 + random.int(3) }];
  // The price of one is asked: a quote of all would say that the share is exceeded before the sale itself is tried (C1).
  const quote = await kiosk.call((api) => api.quoteSale({ lines: [one] }));
  if (quote === DIED) return 'died';
  if (!quote.ok) return prepareTill(kiosk, quote.problem.code);
  const expectedTotalMinor = quote.value.totalMinor * (lines[0]?.quantity ?? 0);
  book.asked += 1;
  const commandId = `${kiosk.name}-${book.asked}`;
  const input = { commandId, lines, tenderedMinor: expectedTotalMinor + 5_000, expectedTotalMinor };
  return completeSale({ kiosk, book }, input);
}

async function closeShift({ kiosk, book }: Work): Promise<string> {
  return said(await kiosk.call((api) => api.closeShift({ denominations: [], reason: typedWords(book) })));
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

/** T3: the gate says no, and a supervisor lets them in all the same. */
async function overrideRefusal(work: Work): Promise<string> {
  const { kiosk, book, random } = work;
  if (book.admissions.length === 0) return 'nobody admitted yet';
  // Most often somebody who was let in already, here or elsewhere.
  const { ticketId } = random.pick(book.admissions);
  const ticket = book.codes.find((known) => known.ticketId === ticketId);
  if (ticket === undefined) return 'the ticket was never told';
  const { outcome: verdict, view } = await scanTicket(work, ticket);
  if (view?.verdict !== 'refuse') return verdict;
  const { scanId } = view;
  const supervisor = { staffId: 'chief', pin: PIN };
  const atMs = work.nowMs();
  const override = await kiosk.call((api) => api.overrideRefusal({ scanId, reason: typedWords(book), supervisor }));
  if (override === DIED) book.overrides.push({ kiosk: kiosk.name, ticketId, outcome: 'unknown', atMs });
  else if (override.ok) book.overrides.push({ kiosk: kiosk.name, ticketId, outcome: 'admitted', atMs });
  return `${verdict}, override: ${said(override)}`;
}

/** A ticket of a park that this one has nothing to do with. */
async function scanStranger({ kiosk }: Work): Promise<string> {
  const reply = await kiosk.call((api) => api.scan({ text: STRANGERS_CODE, source: 'camera' }));
  return reply !== DIED && reply.ok ? `${reply.value.verdict} ${reply.value.reasons.join(' ')}` : said(reply);
}

async function scan(work: Work, ticket: Book['codes'][number]): Promise<string> {
  return (await scanTicket(work, ticket)).outcome;
}

interface Scanned {
  readonly outcome: string;
  /** What the gate showed; null if it showed no verdict. */
  readonly view: VerdictView | null;
}

async function scanTicket(work: Work, ticket: Book['codes'][number]): Promise<Scanned> {
  const atMs = work.nowMs();
  const { kiosk, book } = work;
  const { ticketId } = ticket;
  const reply = await kiosk.call((api) => api.scan({ text: ticket.code, source: 'camera' }));
  if (reply === DIED) {
    book.admissions.push({ kiosk: kiosk.name, ticketId, outcome: 'unknown', atMs });
    return { outcome: 'died', view: null };
  }
  if (!reply.ok) {
    const { code } = reply.problem;
    return { outcome: code === 'not_logged_in' ? await prepareGate(kiosk) : code, view: null };
  }
  const { verdict, reasons } = reply.value;
  if (verdict === 'admit' || verdict === 'provisional') {
    book.admissions.push({ kiosk: kiosk.name, ticketId, outcome: 'admitted', atMs });
  }
  return { outcome: `${verdict} ${reasons.join(' ')}`, view: reply.value };
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

/** H2: where nothing else tells the time, a supervisor does. */
async function confirmClock({ kiosk, random, nowMs }: Work): Promise<string> {
  if (!(await logIn(kiosk, 'chief'))) return 'no log-in';
  const local = new Date(START_MS + nowMs() + 6 * 60 * 60_000).toISOString();
  const entered = random.chance(0.7) ? { date: local.slice(0, 10), time: local.slice(11, 16) } : null;
  const reply = await kiosk.call((api) => api.confirmClock({ entered }));
  await logIn(kiosk, kiosk.role === 'till' ? 'cashier' : 'guard');
  return said(reply);
}
