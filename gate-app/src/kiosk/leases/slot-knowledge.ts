import { ticketLinesOf } from '@skygate/shared/domain/booking/decide';
import type { BookingLine } from '@skygate/shared/domain/booking/events';
import type { KnownOfSlot } from '@skygate/shared/domain/capacity/hand-back';
import { placesOfTicket } from '@skygate/shared/domain/capacity/places-of-ticket';
import type { SaleLine } from '@skygate/shared/domain/sale/events';
import type { Database } from 'better-sqlite3';

const CAPACITY = 'SELECT places FROM capacity WHERE park = ? AND date = ? AND slot = ?';
/** HQ's tickets outside bookings, one place a person; what was voided is free or will be (C5). */
const HQ_TICKETS = `
  SELECT coalesce(sum((SELECT sum(p.value ->> 'count') FROM json_each(t.party) p)), 0) FROM tickets t
  WHERE t.park = ? AND t.date = ? AND t.slot = ? AND t.node LIKE 'hq:%'
    AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.park = t.park AND b.booking_id = t.sale_id)
    AND NOT EXISTS (SELECT 1 FROM ticket_facts f
                    WHERE f.park = t.park AND f.ticket_id = t.ticket_id AND f.kind = 'voided')`;
const IS_BOOKED = `
  NOT EXISTS (SELECT 1 FROM booking_ends e
              WHERE e.park = b.park AND e.booking_id = b.booking_id AND e.kind IN ('cancelled', 'expired'))`;
const BOOKED = `
  SELECT coalesce(sum(l.value ->> 'places'), 0) FROM bookings b, json_each(b.lines) l
  WHERE b.park = ? AND l.value ->> 'date' = ? AND l.value ->> 'slot' = ? AND ${IS_BOOKED}`;
const PAST_SHARE = `
  SELECT coalesce(sum(places), 0) FROM capacity_overrides
  WHERE park = ? AND date = ? AND slot = ? AND kind = 'sold_past_share'`;
/** A voided ticket that let nobody in (C5). */
const IS_FREE = `
  EXISTS (SELECT 1 FROM ticket_facts f
          WHERE f.park = t.park AND f.ticket_id = t.ticket_id AND f.kind = 'voided')
  AND NOT EXISTS (SELECT 1 FROM ticket_facts a
                  WHERE a.park = t.park AND a.ticket_id = t.ticket_id AND a.kind IN ('admitted', 'overridden')
                    AND NOT EXISTS (SELECT 1 FROM ticket_facts n
                                    WHERE n.park = a.park AND n.ticket_id = a.ticket_id AND n.kind = 'annulled'
                                      AND n.original_node = a.node AND n.original_epoch = a.epoch
                                      AND n.original_seq = a.seq AND n.original_fork = a.fork))`;
/** A sale's tickets follow it one by one (M1), so their order says what line they are of. */
const SALES_FREE = `
  SELECT s.lines, t.seq - s.seq - 1 AS rank FROM tickets t
  JOIN sales s ON s.park = t.park AND s.sale_id = t.sale_id AND s.node = t.node AND s.epoch = t.epoch
  WHERE t.park = ? AND t.date = ? AND t.slot = ? AND t.node NOT LIKE 'hq:%' AND ${IS_FREE}`;
/** Of a booking that stands some of the party may have stayed at home. */
const BOOKED_FREE = `
  SELECT b.lines, t.rank FROM (
    SELECT *, row_number() OVER (PARTITION BY sale_id, node, epoch ORDER BY seq) - 1 AS rank FROM tickets
    WHERE node LIKE 'hq:%' AND sale_id IN (SELECT booking_id FROM bookings)
  ) t
  JOIN bookings b ON b.park = t.park AND b.booking_id = t.sale_id
  WHERE t.park = ? AND t.date = ? AND t.slot = ? AND ${IS_BOOKED} AND ${IS_FREE}`;

type Place = [park: string, date: string, slot: string];
interface FreeTicket {
  readonly lines: string;
  readonly rank: number;
}

/** What this kiosk's own tables tell of the places of a slot, beside its leases. */
export function createSlotKnowledge(database: Database): (place: Place) => Omit<KnownOfSlot, 'hlc'> {
  const numberOf = (statement: string) => database.prepare<Place, number>(statement).pluck();
  const capacity = numberOf(CAPACITY);
  const hqTickets = numberOf(HQ_TICKETS);
  const booked = numberOf(BOOKED);
  const pastShare = numberOf(PAST_SHARE);
  const salesFree = database.prepare<Place, FreeTicket>(SALES_FREE);
  const bookedFree = database.prepare<Place, FreeTicket>(BOOKED_FREE);
  return (place) => {
    const ofSales = salesFree.all(...place).map(({ lines, rank }) => placesOfTicket(saleLines(lines), rank));
    const ofBookings = bookedFree.all(...place).map(({ lines, rank }) => placesOfTicket(bookingLines(lines), rank));
    return {
      capacity: capacity.get(...place) ?? null,
      soldByHq: (hqTickets.get(...place) ?? 0) + (booked.get(...place) ?? 0),
      overridden: pastShare.get(...place) ?? 0,
      returnedByVoid: [...ofSales, ...ofBookings].reduce((sum, places) => sum + places, 0),
    };
  };
}

const saleLines = (lines: string) => JSON.parse(lines) as SaleLine[];
const bookingLines = (lines: string) => ticketLinesOf(JSON.parse(lines) as BookingLine[]);
