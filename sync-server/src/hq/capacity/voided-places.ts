import { ticketLinesOf } from '@skygate/shared/domain/booking/decide';
import type { BookingLine } from '@skygate/shared/domain/booking/events';
import { placesOfTicket, type TicketLine } from '@skygate/shared/domain/capacity/places-of-ticket';
import type { SaleLine } from '@skygate/shared/domain/sale/events';
import type { Party } from '@skygate/shared/domain/ticket/events';
import { readEvent } from '@skygate/shared/events/read-event';
import { isHqNode, type ParkId } from '@skygate/shared/lib/ids';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../../db/database.ts';
import { EVENT_COLUMNS, type StoredEvent, storedToEvent } from '../../ingest/stored-event.ts';

/** A voided ticket and what became of its places (C5). */
export interface VoidedTicket {
  readonly slot: string;
  /** Who sold it. */
  readonly node: string;
  readonly epoch: number;
  readonly byHq: boolean;
  readonly places: number;
  /** Every gate knows of the void: the places are HQ's again. False: they are idle until then. */
  readonly isFree: boolean;
}

interface Row {
  readonly ticket_id: string;
  readonly sale_id: string | null;
  readonly slot: string;
  readonly node: string;
  readonly epoch: number;
  readonly party: string;
  /** Of the first void that HQ holds, wherever it stands in the park's log. */
  readonly voided_at: number | null;
  readonly sale_lines: string | null;
  /** Where no read model has the sale: its event, as it was stored. */
  readonly sale_event: string | null;
  readonly booking_lines: string | null;
  /** How many tickets of its sale were issued before it. */
  readonly rank: number;
}

/** A sale and its tickets are one group; further back nobody looks for it. */
const SALE_EVENTS_MAX = 10_000;

// A ticket that let somebody in has spent its place, whatever was decided later (T5): it does not come back.
// Voids are few, and everything else is looked up from them by key. `offset 0` holds the planner to that: without
// statistics of the tables (PGlite has none) it would join each ticket of the day with every fact of the park.
// A sale that waits for a person (X4) has no row: its event, in one group with its tickets, says what it was of. So it does
// where the event is no sale at all (E4), and is read with the same care as by the folds.
const VOIDED = `
select t.ticket_id, t.sale_id, t.slot, t.node, t.epoch, t.party, s.lines as sale_lines, h.sale_event, b.lines as booking_lines,
  (select min(coalesce(e.position, r.position)) from ticket_facts f
     left join lateral (
       select o.position from events o
       where f.fork = '' and o.park = f.park and o.node = f.node and o.epoch = f.epoch and o.seq = f.seq offset 0
     ) e on true
     left join lateral (
       select be.position from recovered_events re
       join events be on be.park = re.park and be.node = re.by_node and be.epoch = re.by_epoch and be.seq = re.by_seq
       where f.fork <> '' and re.park = f.park and re.node = f.node and re.epoch = f.epoch and re.seq = f.seq
         and re.fork = f.fork offset 0
     ) r on true
   where f.park = t.park and f.ticket_id = t.ticket_id and f.kind = 'voided') as voided_at,
  (select count(*) from tickets o
   where o.park = t.park and o.sale_id = t.sale_id and o.node = t.node and o.epoch = t.epoch and o.seq < t.seq) as rank
from (select distinct ticket_id from ticket_facts where park = $1 and kind = 'voided' offset 0) v
cross join lateral (
  select * from tickets k where k.park = $1 and k.ticket_id = v.ticket_id and k.date = $2 offset 0
) t
left join lateral (
  select w.lines from sales w
  where w.park = t.park and w.sale_id = t.sale_id and w.node = t.node and w.epoch = t.epoch offset 0
) s on true
left join lateral (
  select row_to_json(e)::text as sale_event from (
    select ${EVENT_COLUMNS.join(', ')} from events
    where s.lines is null and park = t.park and node = t.node and epoch = t.epoch
      and seq between t.seq - ${SALE_EVENTS_MAX} and t.seq
      and type = 'SaleCompleted' and subject = 'sale:' || t.sale_id
    order by seq limit 1
  ) e
) h on true
left join lateral (
  select w.lines from bookings w where w.park = t.park and w.booking_id = t.sale_id and t.node like 'hq:%' offset 0
) b on true
where not exists (
    select 1 from ticket_facts a
    where a.park = t.park and a.ticket_id = t.ticket_id and a.kind in ('admitted', 'overridden')
      and not exists (select 1 from ticket_facts n
                      where n.park = a.park and n.ticket_id = a.ticket_id and n.kind = 'annulled'
                        and n.original_node = a.node and n.original_epoch = a.epoch and n.original_seq = a.seq
                        and n.original_fork = a.fork offset 0)
    offset 0)
order by t.ticket_id`;

/**
 * The voided tickets of a date, each once however often it was voided (C5).
 * @param pulledTo the park position that every gate has pulled
 */
export async function voidedTickets(
  reader: Reader,
  { park, date, pulledTo }: { readonly park: ParkId; readonly date: string; readonly pulledTo: number },
): Promise<readonly VoidedTicket[]> {
  const { rows } = await reader.getExecutor().executeQuery<Row>(CompiledQuery.raw(VOIDED, [park, date]));
  return rows.map((row) => ({
    slot: row.slot,
    node: row.node,
    epoch: row.epoch,
    byHq: isHqNode(row.node),
    places: placesOf(row),
    isFree: row.voided_at !== null && row.voided_at <= pulledTo,
  }));
}

function placesOf(row: Row): number {
  const lines = linesOf(row);
  if (lines) return placesOfTicket(lines, row.rank);
  // HQ's tickets outside a booking take one place a person.
  return isHqNode(row.node) ? (JSON.parse(row.party) as Party).reduce((sum, { count }) => sum + count, 0) : 0;
}

function linesOf(row: Row): readonly TicketLine[] | null {
  if (row.booking_lines !== null) return ticketLinesOf(JSON.parse(row.booking_lines) as BookingLine[]);
  if (row.sale_lines !== null) return JSON.parse(row.sale_lines) as SaleLine[];
  return row.sale_event === null ? null : linesOfSale(row, JSON.parse(row.sale_event) as StoredEvent);
}

/** Of a valid sale of that name alone: places are counted with what stands here, and its author may mean harm (X2). */
function linesOfSale({ sale_id: saleId }: Row, stored: StoredEvent): readonly SaleLine[] | null {
  const read = readEvent(storedToEvent(stored));
  if (!read.ok || read.value.type !== 'SaleCompleted') return null;
  return read.value.body.saleId === saleId ? read.value.body.lines : null;
}
