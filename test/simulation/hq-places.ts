import { draft } from '@skygate/shared/events/catalogue';
import { idFromBytes } from '@skygate/shared/lib/ids';
import type { Result } from '@skygate/shared/lib/result';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import type { ServerDeps } from '@skygate/sync-server/app';
import { cancelBooking, confirmBooking, holdBooking } from '@skygate/sync-server/hq/bookings/book';
import { takeBackLease } from '@skygate/sync-server/hq/capacity/take-back';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { asHq } from './ask-hq.ts';
import { capacityOf } from './faults/scarcity.ts';
import { type Deed, dateAt, HQ, PARK } from './headquarters.ts';
import type { Run } from './run.ts';
import { typedWords } from './typed-words.ts';

/** HQ finds that there are fewer places, or more again (C1). */
export function changeCapacity(run: Run, random: SeededRandom): Promise<Deed | null> {
  const places = Math.ceil((capacityOf(run.seed) * (4 + random.int(8))) / 8);
  const date = dateAt(run.scheduler.nowMs());
  const body = { date, slot: 'day', places, reason: typedWords(run.book) };
  return asHq(run, (deps) => appendHqEvents(deps, PARK, [draft('CapacitySet', `capacity:${date}/day`, body, HQ)]));
}

/** C3: some lease's rest is HQ's again, by name, whatever its holder sells until it hears of it. */
export function takeBackSome(run: Run, random: SeededRandom): Promise<Deed | null> {
  return asHq(run, async (deps) => {
    const rows = deps.database.reader.selectFrom('leases').select('lease_id').where('park', '=', PARK);
    const leases = await rows.orderBy('lease_id').execute();
    if (leases.length === 0) return 'refused';
    const leaseId = random.pick(leases).lease_id;
    await takeBackLease(deps, { park: PARK, leaseId, reason: typedWords(run.book), ...HQ });
    return [];
  });
}

/** Places are set aside for a caller, for a while that may end within the day's work. */
export async function hold(run: Run, random: SeededRandom): Promise<{ bookingId: string; deed: Deed | null }> {
  const bookingId = idFromBytes(random.bytes(10));
  const quantity = 1 + random.int(4);
  const date = dateAt(run.scheduler.nowMs());
  const line = { productId: 'day-ticket', unitId: random.pick(['adult', 'family']), quantity, date, slot: 'day' };
  const lastsMs = 3_000 + random.int(25_000);
  const deed = await bookingDeed(run, { bookingId, type: 'BookingHeld' }, (deps) => {
    const expiresMs = deps.clock.nowMs() + lastsMs;
    run.book.bookings.set(bookingId, { tickets: quantity, expiresMs, told: [] });
    const command = { bookingId, channel: 'phone', lines: [line], expiresMs };
    return holdBooking(deps, { park: PARK, command, ...HQ });
  });
  return { bookingId, deed };
}

export async function confirm(run: Run, bookingId: string): Promise<Deed | null> {
  const deed = await bookingDeed(run, { bookingId, type: 'BookingConfirmed' }, (deps) =>
    confirmBooking(deps, { park: PARK, bookingId, ...HQ }),
  );
  if (deed !== null && deed !== 'refused') await handOutTickets(run, bookingId);
  return deed;
}

export function cancel(run: Run, bookingId: string): Promise<Deed | null> {
  const command = { bookingId, reason: typedWords(run.book) };
  return bookingDeed(run, { bookingId, type: 'BookingCancelled' }, (deps) =>
    cancelBooking(deps, { park: PARK, command, ...HQ }),
  );
}

async function bookingDeed(
  run: Run,
  { bookingId, type }: { readonly bookingId: string; readonly type: string },
  ask: (deps: ServerDeps) => Promise<Result<null, unknown>>,
): Promise<Deed | null> {
  const answer = await asHq(run, ask);
  if (answer === null) return null;
  if (!answer.ok) return 'refused';
  run.book.bookings.get(bookingId)?.told.push(type);
  return [];
}

/** The caller gets the codes by mail: they are at the gates from then on. */
async function handOutTickets(run: Run, bookingId: string): Promise<void> {
  const rows = await asHq(run, (deps) =>
    deps.database.reader
      .selectFrom('events')
      .select('body')
      .where('park', '=', PARK)
      .where('type', '=', 'TicketIssued')
      .orderBy('position')
      .execute(),
  );
  for (const { body } of rows ?? []) {
    const { saleId, ticketId, code } = JSON.parse(String(body)) as { saleId: string; ticketId: string; code: string };
    const isKnown = run.book.codes.some((known) => known.ticketId === ticketId);
    if (saleId === bookingId && !isKnown) run.book.codes.push({ code, ticketId });
  }
}
