import { bookedPlaces } from '@skygate/shared/domain/booking/decide';
import type { BookingLine } from '@skygate/shared/domain/booking/events';
import { statusOfEnds } from '@skygate/shared/domain/booking/state';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';

/** What HQ itself took of one date's places, by slot. */
export interface HqPlaces {
  /** Tickets it issued outside bookings. */
  readonly issued: ReadonlyMap<string, number>;
  /** Bookings that wait for their buyer. */
  readonly held: ReadonlyMap<string, number>;
  /** Bookings whose tickets were issued, cancelled later or not: a void gives their places back (C5). */
  readonly confirmed: ReadonlyMap<string, number>;
}

export async function hqPlacesOf(reader: Reader, park: ParkId, date: string): Promise<HqPlaces> {
  const issued = await reader
    .selectFrom('tickets as t')
    .select('t.slot')
    .select(
      sql<number>`sum((select sum((p ->> 'count')::bigint) from jsonb_array_elements(t.party::jsonb) p))::bigint`.as(
        'places',
      ),
    )
    .where('t.park', '=', park)
    .where('t.date', '=', date)
    .where('t.node', '=', hqNodeOf(park))
    // As the index of HQ's tickets says it.
    .where('t.node', 'like', 'hq:%')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('bookings as b')
            .select('b.booking_id')
            .whereRef('b.park', '=', 't.park')
            .whereRef('b.booking_id', '=', 't.sale_id'),
        ),
      ),
    )
    .groupBy('t.slot')
    .execute();
  const held = new Map<string, number>();
  const confirmed = new Map<string, number>();
  for (const { lines, kinds } of await bookingsOf(reader, park, date)) {
    const target = kinds.has('confirmed') ? confirmed : statusOfEnds(kinds) === 'held' ? held : null;
    for (const slot of new Set(lines.map((line) => line.slot))) {
      target?.set(slot, (target.get(slot) ?? 0) + bookedPlaces(lines, date, slot));
    }
  }
  return { issued: new Map(issued.map(({ slot, places }) => [slot, places])), held, confirmed };
}

interface Booking {
  readonly lines: readonly BookingLine[];
  readonly kinds: ReadonlySet<string>;
}

async function bookingsOf(reader: Reader, park: ParkId, date: string): Promise<readonly Booking[]> {
  const rows = await reader
    .selectFrom('bookings as b')
    .leftJoin('booking_ends as e', (join) =>
      join.onRef('e.park', '=', 'b.park').onRef('e.booking_id', '=', 'b.booking_id'),
    )
    .select(['b.booking_id', 'b.lines', 'e.kind'])
    .where('b.park', '=', park)
    .where(sql<boolean>`jsonb_path_query_array(b.lines::jsonb, '$[*].date') @> to_jsonb(${date}::text)`)
    .orderBy('b.booking_id')
    .execute();
  return [...Map.groupBy(rows, (row) => row.booking_id).values()].map((own) => ({
    lines: JSON.parse(own[0]?.lines ?? '[]') as BookingLine[],
    kinds: new Set(own.flatMap(({ kind }) => (kind === null ? [] : [kind]))),
  }));
}
