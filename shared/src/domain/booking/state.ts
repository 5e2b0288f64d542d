import type { BookingLine } from './events.ts';

/** `cancelled` after `confirmed` voids its tickets; whose places come back by C5. */
export type BookingStatus = 'held' | 'confirmed' | 'cancelled' | 'expired';

/** A booking as it stands; `unknown` before it was ever held. */
export type BookingState =
  | { readonly status: 'unknown' }
  | {
      readonly status: BookingStatus;
      /** Its tickets were issued, whatever became of it later. */
      readonly wasConfirmed: boolean;
      readonly bookingId: string;
      readonly channel: string;
      readonly lines: readonly BookingLine[];
      readonly expiresMs: number;
    };

/** A row of the read model `bookings`. */
export interface BookingRow {
  readonly booking_id: string;
  readonly channel: string;
  readonly lines: string;
  readonly expires_ms: number;
}

/** What the ends of a booking come to, in whatever order they arrived: tickets that were issued are not taken back. */
export function statusOfEnds(kinds: ReadonlySet<string>): BookingStatus {
  if (kinds.has('cancelled')) return 'cancelled';
  if (kinds.has('confirmed')) return 'confirmed';
  return kinds.has('expired') ? 'expired' : 'held';
}

export function bookingFromRows(
  row: BookingRow,
  kinds: ReadonlySet<string>,
): Exclude<BookingState, { status: 'unknown' }> {
  return {
    status: statusOfEnds(kinds),
    wasConfirmed: kinds.has('confirmed'),
    bookingId: row.booking_id,
    channel: row.channel,
    lines: JSON.parse(row.lines) as BookingLine[],
    expiresMs: row.expires_ms,
  };
}

/** Places of each ticket of a line. */
export const placesEachOf = ({ places, quantity }: BookingLine): number => places / quantity;
