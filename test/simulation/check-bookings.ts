import type { BookingEntry } from './book.ts';
import type { Check } from './invariants.ts';

/** HQ looks for holds that are over now and then. */
const EXPIRY_LATE_MS = 30_000;

/** What HQ told a caller of a booking is in its log, once; what was confirmed is not expired; what was cancelled is void. */
export const bookings: Check = ({ book, server, lostOfHq, endMs }, report) => {
  // An older backup was put back: `confirmedDeeds` and the tickets' own check say what may be gone (E8).
  if (lostOfHq.isPutBack) return;
  const ofBookings = server.events.filter(({ subject }) => subject.startsWith('booking:'));
  const log = Map.groupBy(ofBookings, ({ subject }) => subject.slice('booking:'.length));
  const voided = new Set(
    server.events.flatMap(({ type, body }) => (type === 'TicketVoided' ? [body['ticketId']] : [])),
  );
  const issued = server.events.filter(({ type }) => type === 'TicketIssued');
  const tickets = Map.groupBy(issued, ({ body }) => body['saleId']);
  for (const [bookingId, entry] of book.bookings) {
    const own = tickets.get(bookingId) ?? [];
    const booked: Booked = {
      types: (log.get(bookingId) ?? []).map(({ type }) => type),
      tickets: own.length,
      good: own.filter(({ body }) => !voided.has(body['ticketId'])).length,
    };
    for (const wrong of [...wrongEvents(entry, booked), ...wrongTickets(entry, booked)])
      report(`${bookingId} ${wrong}`);
    const isOpen = booked.types.join() === 'BookingHeld';
    if (isOpen && entry.expiresMs + EXPIRY_LATE_MS < endMs) report(`${bookingId} is held though its time is over`);
  }
  for (const bookingId of log.keys())
    if (!book.bookings.has(bookingId)) report(`nobody asked for booking ${bookingId}`);
};

interface Booked {
  /** Of its events, in park order. */
  readonly types: readonly string[];
  readonly tickets: number;
  /** Those that are not void. */
  readonly good: number;
}

function wrongEvents({ told }: BookingEntry, { types }: Booked): readonly string[] {
  return [
    ...told.filter((type) => !types.includes(type)).map((type) => `has lost ${type}`),
    ...(new Set(types).size === types.length ? [] : [`has ${types.join()}`]),
    ...(types.includes('BookingExpired') && types.includes('BookingConfirmed') ? ['is confirmed and expired'] : []),
  ];
}

function wrongTickets({ tickets: units }: BookingEntry, { types, tickets, good }: Booked): readonly string[] {
  const expected = types.includes('BookingConfirmed') ? units : 0;
  return [
    ...(tickets === expected ? [] : [`has ${tickets} tickets`]),
    ...(types.includes('BookingCancelled') && good > 0 ? [`is cancelled and has ${good} tickets`] : []),
  ];
}
