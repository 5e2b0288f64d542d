import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { asHq } from './ask-hq.ts';
import { countOutcome } from './book.ts';
import { type Deed, editCatalogue, grantLease, issueGroup, voidTicket } from './headquarters.ts';
import { closeSome, voidAdmitted } from './hq-cases.ts';
import { revokeTillKey, rotateKey } from './hq-keys.ts';
import { eraseOne } from './hq-people.ts';
import { cancel, changeCapacity, confirm, hold, takeBackSome } from './hq-places.ts';
import { readIncarnation } from './inspect.ts';
import { presentKiosks, type Run } from './run.ts';
import { typedWords } from './typed-words.ts';

/** HQ's own work comes at any time, also while kiosks are cut off and while the server is dying. */
type Act = (run: Run, random: SeededRandom) => Promise<Deed | null>;

const ACTS: readonly [string, Act][] = [
  ['lends places', lendMore],
  ['changes the capacity', changeCapacity],
  ['takes a lease back', takeBackSome],
  ['closes a case', closeSome],
  ['closes a case', closeSome],
  ['voids an admitted ticket', voidAdmitted],
  ['rotates its key', rotateKey],
  ['revokes the key of a till', revokeTillKey],
  ['erases a person', eraseOne],
  ['holds places', answerCall],
  ['holds places', answerCall],
  ['voids a ticket', voidSome],
  ['edits the catalogue', (run, random) => asHq(run, (deps) => editCatalogue(deps, 20_000 + random.int(9_000)))],
  ['issues to a group', issueSome],
];

/** Somebody calls, thinks it over, pays or not, and some that paid do not come: their places are for others again (C5). */
async function answerCall(run: Run, random: SeededRandom): Promise<Deed | null> {
  const { bookingId, deed } = await hold(run, random);
  const later = (name: string, act: typeof confirm): void => {
    run.scheduler.after(1_000 + random.int(12_000), () => {
      void act(run, bookingId).then(
        (done) => noteDeed(run, name, done),
        (error) => run.broken.push({ invariant: 'HQ is answered', found: String(error.stack) }),
      );
    });
  };
  if (random.chance(0.75)) later('confirms a booking', confirm);
  if (random.chance(0.4)) later('cancels a booking', cancel);
  return deed;
}

export async function hqActs(run: Run, random: SeededRandom): Promise<void> {
  const [name, act] = random.pick(ACTS);
  // The server may die over it: before its journal has it, or before its database has it (E9).
  if (random.chance(0.25)) run.server.crash(random.pick(['server before journal', 'server after journal']));
  noteDeed(run, name, await act(run, random));
}

/** What HQ was told is done must be found at the end. */
export function noteDeed(run: Run, name: string, deed: Deed | null): void {
  const outcome = deed === null ? 'server died' : deed === 'refused' ? 'refused' : 'ok';
  run.trace.add(`HQ ${name}: ${outcome}`);
  countOutcome(run.book.outcomes, `HQ ${name}: ${outcome}`);
  if (deed === null || deed === 'refused') return;
  for (const { node, epoch, seq, hash } of deed) run.book.hqEvents.set(`${node}/${epoch}/${seq}`, hash);
}

function lendMore(run: Run, random: SeededRandom): Promise<Deed | null> {
  const till = random.pick(presentKiosks(run).filter(({ role }) => role === 'till'));
  const incarnation = till.isUp() ? readIncarnation(till.databasePath()) : null;
  if (incarnation === null) return Promise.resolve(null);
  // Some leases end in the middle of the work (C2).
  const lent = { places: 20 + random.int(150), lastsMs: random.chance(0.4) ? 3_000 + random.int(25_000) : null };
  return asHq(run, (deps) => grantLease(deps, incarnation, lent));
}

function voidSome(run: Run, random: SeededRandom): Promise<Deed | null> {
  const { codes } = run.book;
  if (codes.length === 0) return Promise.resolve('refused');
  const { ticketId } = random.pick(codes);
  return asHq(run, (deps) => voidTicket(deps, ticketId, typedWords(run.book)));
}

async function issueSome(run: Run, random: SeededRandom): Promise<Deed | null> {
  const issued = await asHq(run, (deps) => issueGroup(deps, 1 + random.int(10)));
  if (issued === null || issued === 'refused') return issued;
  run.book.codes.push(...issued);
  for (const { ticketId } of issued) run.book.hqTickets.push(ticketId);
  return [];
}
