import { type BookingState, bookingFromRows } from '@skygate/shared/domain/booking/state';
import type { BookingItem } from '@skygate/shared/hq-api/bookings';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';

/** A booking as HQ's tables have it. Read it under the park's lock to decide on it. */
export async function bookingOf(reader: Reader, park: ParkId, bookingId: string): Promise<BookingState> {
  const row = await reader
    .selectFrom('bookings')
    .select(['booking_id', 'channel', 'lines', 'expires_ms'])
    .where('park', '=', park)
    .where('booking_id', '=', bookingId)
    .executeTakeFirst();
  if (!row) return { status: 'unknown' };
  const ends = await reader
    .selectFrom('booking_ends')
    .select('kind')
    .where('park', '=', park)
    .where('booking_id', '=', bookingId)
    .execute();
  return bookingFromRows(row, new Set(ends.map(({ kind }) => kind)));
}

export interface BookedTicket {
  readonly ticketId: string;
  readonly voided: boolean;
}

/** The tickets of a booking in the order they were issued. */
export async function ticketsOfBooking(reader: Reader, park: ParkId, bookingId: string): Promise<BookedTicket[]> {
  const rows = await reader
    .selectFrom('tickets as t')
    .select('t.ticket_id')
    .select(({ exists, selectFrom }) =>
      exists(
        selectFrom('ticket_facts as f')
          .select('f.ticket_id')
          .whereRef('f.park', '=', 't.park')
          .whereRef('f.ticket_id', '=', 't.ticket_id')
          .where('f.kind', '=', 'voided'),
      ).as('voided'),
    )
    .where('t.park', '=', park)
    .where('t.sale_id', '=', bookingId)
    .where('t.node', '=', hqNodeOf(park))
    .orderBy('t.seq')
    .execute();
  return rows.map(({ ticket_id, voided }) => ({ ticketId: ticket_id, voided: Boolean(voided) }));
}

const LISTED_MAX = 500;

/** Bookings that take places of a date, newest first. */
export async function bookingItemsOf(reader: Reader, park: ParkId, date: string): Promise<readonly BookingItem[]> {
  const rows = await reader
    .selectFrom('bookings')
    .select(['booking_id', 'channel', 'lines', 'expires_ms', 'held_ms'])
    .where('park', '=', park)
    .where(sql<boolean>`jsonb_path_query_array(lines::jsonb, '$[*].date') @> to_jsonb(${date}::text)`)
    .orderBy('held_ms', 'desc')
    .orderBy('booking_id')
    .limit(LISTED_MAX)
    .execute();
  const items: BookingItem[] = [];
  for (const { held_ms, booking_id } of rows) items.push(await bookingItem(reader, park, booking_id, held_ms));
  return items;
}

async function bookingItem(reader: Reader, park: ParkId, bookingId: string, heldMs: number): Promise<BookingItem> {
  const state = await bookingOf(reader, park, bookingId);
  if (state.status === 'unknown') throw new Error(`broken invariant: the booking ${bookingId} was just listed`);
  const { channel, status, lines, expiresMs } = state;
  const tickets = await ticketsOfBooking(reader, park, bookingId);
  return { bookingId, channel, status, lines: [...lines], heldMs, expiresMs, tickets };
}

/**
 * Holds whose time is over, oldest first.
 * @param without parks that are left out
 */
export async function expiredHolds(
  reader: Reader,
  { nowMs, without, limit }: { readonly nowMs: number; readonly without: readonly ParkId[]; readonly limit: number },
): Promise<readonly { readonly park: ParkId; readonly bookingId: string }[]> {
  const over = openHolds(reader).select(['b.park', 'b.booking_id']).where('b.expires_ms', '<=', nowMs);
  const rows = await (without.length > 0 ? over.where('b.park', 'not in', without) : over)
    .orderBy('b.expires_ms')
    .orderBy('b.booking_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ park: row.park as ParkId, bookingId: row.booking_id }));
}

/** When the next hold ends; null if there is none. */
export async function nextExpiryMs(reader: Reader): Promise<number | null> {
  const row = await openHolds(reader)
    .select((of) => of.fn.min('b.expires_ms').as('next'))
    .executeTakeFirst();
  return row?.next === null || row?.next === undefined ? null : Number(row.next);
}

const openHolds = (reader: Reader) =>
  reader
    .selectFrom('bookings as b')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('booking_ends as e')
            .select('e.kind')
            .whereRef('e.park', '=', 'b.park')
            .whereRef('e.booking_id', '=', 'b.booking_id'),
        ),
      ),
    );
