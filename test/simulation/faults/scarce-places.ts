import { draft } from '@skygate/shared/events/catalogue';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { asHq } from '../ask-hq.ts';
import { logIn, said } from '../at-kiosk.ts';
import { countOutcome } from '../book.ts';
import { type Deed, dateAt, grantLease, HQ, issueGroup, PARK, voidTicket } from '../headquarters.ts';
import { noteDeed } from '../hq-deeds.ts';
import { hold } from '../hq-places.ts';
import { readIncarnation } from '../inspect.ts';
import { DIED, type KioskHost } from '../kiosk-host.ts';
import { presentKiosks, type Run } from '../run.ts';
import { typedWords } from '../typed-words.ts';
import { capacityOf, isScarce } from './scarcity.ts';

const SECOND = 1_000;

/**
 * Everybody wants the last places at the same moment, HQ finds that there are fewer than are lent, and more again, and
 * what is voided or given back is sold a second time (C1, C4, C5).
 */
export function planScarcePlaces(run: Run, lengthMs: number): void {
  if (!isScarce(run.seed)) return;
  const { scheduler } = run;
  const random = seededRandom(`${run.seed}/scarce places`);
  const at = (whenMs: number, deed: () => Promise<void>): void => {
    scheduler.after(whenMs, () => {
      void deed().catch((error) => run.broken.push({ invariant: 'HQ is answered', found: String(error.stack) }));
    });
  };
  for (let fights = 4 + random.int(3); fights > 0; fights -= 1) {
    const fork = random.fork(`fight ${fights}`);
    at(5 * SECOND + random.int(lengthMs - 5 * SECOND), () => fightForTheLast(run, fork));
  }
  const lowersMs = 3 * SECOND + random.int(lengthMs / 3);
  at(lowersMs, () => setCapacity(run, Math.ceil(capacityOf(run.seed) * (0.3 + 0.4 * random.fraction()))));
  at(lowersMs + 3 * SECOND + random.int(4 * SECOND), () => setCapacity(run, capacityOf(run.seed)));
  const voids = random.fork('voids');
  for (let times = 5 + random.int(4); times > 0; times -= 1) {
    at(5 * SECOND + random.int(lengthMs - 5 * SECOND), () => voidUnused(run, voids));
  }
}

/** Tills ask by their wish, HQ lends, sells to a group, and keeps places for a caller; none waits for another. */
async function fightForTheLast(run: Run, random: SeededRandom): Promise<void> {
  const tills = presentKiosks(run).filter(({ role }) => role === 'till');
  const asks: (() => Promise<void>)[] = [
    ...tills.map((till) => () => askAtTill(run, till, 30 + random.int(60))),
    ...tills.map((till) => () => lendLast(run, till, 1 + random.int(12))),
    () => sellToGroup(run, 1 + random.int(4)),
    async () => noteDeed(run, 'holds places', (await hold(run, random)).deed),
  ];
  await Promise.all(inSomeOrder(asks, random).map((ask) => ask()));
}

function inSomeOrder<Item>(items: readonly Item[], random: SeededRandom): readonly Item[] {
  const ranked = items.map((item) => ({ item, rank: random.fraction() }));
  return ranked.sort((one, other) => one.rank - other.rank).map(({ item }) => item);
}

async function askAtTill({ book, scheduler, trace }: Run, till: KioskHost, places: number): Promise<void> {
  await logIn(till, 'cashier');
  const day = { date: dateAt(scheduler.nowMs()), slot: 'day' };
  const reply = await till.call((api) => api.askForPlaces({ ...day, places }));
  const outcome = reply === DIED || !reply.ok ? said(reply) : reply.value.granted > 0 ? 'lent' : 'nothing lent';
  trace.add(`${till.name} wants the last places: ${outcome}`);
  countOutcome(book.outcomes, `wants the last places: ${outcome}`);
}

async function lendLast(run: Run, till: KioskHost, places: number): Promise<void> {
  const holder = till.isUp() ? readIncarnation(till.databasePath()) : null;
  if (holder === null) return;
  noteDeed(
    run,
    'lends the last places',
    await asHq(run, (deps) => grantLease(deps, holder, { places, lastsMs: null })),
  );
}

async function sellToGroup(run: Run, tickets: number): Promise<void> {
  const issued = await asHq(run, (deps) => issueGroup(deps, tickets));
  if (issued !== null && issued !== 'refused') {
    run.book.codes.push(...issued);
    for (const { ticketId } of issued) run.book.hqTickets.push(ticketId);
  }
  noteDeed(run, 'sells the last places', issued === null || issued === 'refused' ? issued : []);
}

async function setCapacity(run: Run, places: number): Promise<void> {
  const date = dateAt(run.scheduler.nowMs());
  const body = { date, slot: 'day', places, reason: typedWords(run.book) };
  const drafts = [draft('CapacitySet', `capacity:${date}/day`, body, HQ)];
  noteDeed(run, 'changes the capacity', await asHq(run, (deps) => appendHqEvents(deps, PARK, drafts)));
}

/** A guest who never came gets the money back, and the place is for somebody else (C5). */
async function voidUnused(run: Run, random: SeededRandom): Promise<void> {
  const used = new Set(run.book.admissions.map(({ ticketId }) => ticketId));
  const unused = run.book.codes.filter(({ ticketId }) => !used.has(ticketId));
  if (unused.length === 0) return;
  const { ticketId } = random.pick(unused);
  const deed: Deed | null = await asHq(run, (deps) => voidTicket(deps, ticketId, typedWords(run.book)));
  noteDeed(run, 'voids an unused ticket', deed);
}
