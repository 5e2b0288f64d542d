import type { BookingLine } from '@skygate/shared/domain/booking/events';
import type { TicketLine } from '@skygate/shared/domain/capacity/places-of-ticket';
import type { Party } from '@skygate/shared/domain/ticket/events';
import { isSaidByHqAlone } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { isHqNode } from '@skygate/shared/lib/ids';
import { HLC_MAX_LEAD_MS, type Hlc, hlcMs } from '@skygate/shared/sync/hlc';

/**
 * Whose every place is, counted from the log alone and apart from the product's own reckoning (C1): event by event in
 * park order, so that it stands at each event where HQ stood when it wrote it.
 */
export interface PlacesLedger {
  take(event: Event & { readonly position: number }): void;
  /** What HQ set last, and the most it ever set. */
  readonly capacity: () => number;
  readonly capacityMax: () => number;
  /** Places that somebody has, or may still sell, of those HQ gave: at true time `nowMs`. */
  committed(nowMs: number, pulledTo: PulledTo): number;
  /** Places that were somebody's and are to be had again: given back by tills (C4), or by voids (C5). */
  cameBack(pulledTo: PulledTo): number;
  /** What named overrides let people sell past it (C3). */
  overridden(): { readonly pastShare: number; readonly takenBack: number };
  leases(): ReadonlyMap<string, LeaseCount>;
}

/** How far every gate has pulled, at a moment (C5). */
export type PulledTo = (gates: readonly string[]) => number;

export interface LeaseCount {
  readonly holder: string;
  readonly endsHlc: string;
  readonly places: number;
  /** What its holder said of it, which may have been heard before the lease itself (E9). */
  readonly word: LeaseWord;
}

interface LeaseWord {
  used: number;
  returned: number;
  given: number;
}

interface Ticket {
  places: number;
  readonly admissions: Set<string>;
  voidedAt: number | null;
}

interface Booking {
  readonly places: number;
  readonly lines: TicketLine[];
  issued: number;
  confirmed: boolean;
  over: boolean;
}

type Body = Readonly<Record<string, unknown>>;
type Taken = Event & { readonly position: number };

/** @param date the business day whose places are counted */
export function createPlacesLedger(date: string): PlacesLedger {
  const leases = new Map<string, LeaseCount>();
  const tickets = new Map<string, Ticket>();
  const bookings = new Map<string, Booking>();
  const sales = new Map<string, { readonly lines: readonly TicketLine[]; issued: number }>();
  const heldUntil = new Map<string, string>();
  const gates: string[] = [];
  let [capacity, capacityMax, issuedByHq, pastShare] = [0, 0, 0, 0];
  let capacitySetAt = '';

  const words = new Map<string, LeaseWord>();
  const takenBack = new Map<string, number>();
  const wordOf = (leaseId: unknown, holder: string): LeaseWord =>
    keep(words, `${leaseId} ${holder}`, () => ({ used: 0, returned: 0, given: 0 }));
  const ticketOf = (body: Body): Ticket =>
    keep(tickets, String(body['ticketId']), () => ({ places: 0, admissions: new Set(), voidedAt: null }));
  const lend = (body: Body, leaseId: unknown, holder: string): void => {
    const [places, endsHlc] = [Number(body['places']), String(body['endsHlc'])];
    leases.set(String(leaseId), { holder, endsHlc, places, word: wordOf(leaseId, holder) });
  };

  const taking: Readonly<Record<string, (body: Body, event: Taken) => void>> = {
    KioskEnrolled: (body) => {
      if (body['role'] === 'gate') gates.push(String(body['kiosk']));
    },
    // C5: only gates that may still let somebody in are waited for.
    KioskRevoked: (body) => {
      if (gates.includes(String(body['kiosk']))) gates.splice(gates.indexOf(String(body['kiosk'])), 1);
    },
    CapacitySet: (body, { hlc }) => {
      capacityMax = Math.max(capacityMax, Number(body['places']));
      // E8: what an older backup had taken comes back behind what HQ decided since.
      if (hlc < capacitySetAt) return;
      [capacity, capacitySetAt] = [Number(body['places']), hlc];
    },
    LeaseGranted: (body) => lend(body, body['leaseId'], `${body['node']}/${body['epoch']}`),
    LeaseTransferred: (body, event) => {
      wordOf(body['leaseId'], streamOf(event)).given += Number(body['places']);
      lend(body, body['newLeaseId'], `${body['to']}/${body['toEpoch']}`);
    },
    LeaseReturned: (body, event) => {
      wordOf(body['leaseId'], streamOf(event)).returned += Number(body['places']);
    },
    CapacityOverridden: (body) => {
      if (body['kind'] === 'sold_past_share') pastShare += Number(body['places']);
      if (body['kind'] === 'lease_taken_back') takenBack.set(String(body['leaseId']), Number(body['places']));
    },
    SaleCompleted: (body, event) => {
      for (const use of body['leaseUses'] as { leaseId: string; places: number }[]) {
        wordOf(use.leaseId, streamOf(event)).used += use.places;
      }
      sales.set(String(body['saleId']), { lines: ofDate(body['lines'], date) as TicketLine[], issued: 0 });
    },
    BookingHeld: (body) => {
      const lines = (ofDate(body['lines'], date) as BookingLine[]).map(({ quantity, places }) => ({
        quantity,
        placesEach: places / quantity,
        places,
      }));
      const places = lines.reduce((sum, line) => sum + line.places, 0);
      bookings.set(String(body['bookingId']), { places, lines, issued: 0, confirmed: false, over: false });
    },
    BookingConfirmed: (body) => endBooking(body, (booking) => (booking.confirmed = true)),
    BookingCancelled: (body) => endBooking(body, (booking) => (booking.over = true)),
    BookingExpired: (body) => endBooking(body, (booking) => (booking.over = true)),
    TicketIssued: (body, event) => {
      const source = sales.get(String(body['saleId'])) ?? bookings.get(String(body['saleId']));
      const people = (body['party'] as Party).reduce((sum, { count }) => sum + count, 0);
      if (!source && isHqNode(event.node)) issuedByHq += people;
      const places = source ? placesOfRank(source.lines, source.issued++) : people;
      ticketOf(body).places = places;
    },
    TicketAdmitted: (body, event) => ticketOf(body).admissions.add(`${streamOf(event)}/${event.seq}`),
    AdmissionOverridden: (body, event) => ticketOf(body).admissions.add(`${streamOf(event)}/${event.seq}`),
    AdmissionAnnulled: (body) => {
      const { node, epoch, seq } = body['original'] as { node: string; epoch: number; seq: number };
      ticketOf(body).admissions.delete(`${node}/${epoch}/${seq}`);
    },
    TicketVoided: (body, event) => {
      ticketOf(body).voidedAt ??= event.position;
    },
  };
  const endBooking = (body: Body, end: (booking: Booking) => void): void => {
    const booking = bookings.get(String(body['bookingId']));
    if (booking) end(booking);
  };

  const isOver = (leaseId: string, { holder, endsHlc }: LeaseCount, nowMs: number): boolean =>
    takenBack.has(leaseId) ||
    ((heldUntil.get(holder) ?? '') >= endsHlc && nowMs + HLC_MAX_LEAD_MS >= hlcMs(endsHlc as Hlc));

  const freed = (pulledTo: PulledTo): number => {
    const known = pulledTo(gates);
    return sum(tickets.values(), ({ places, admissions, voidedAt }) =>
      voidedAt !== null && voidedAt <= known && admissions.size === 0 ? places : 0,
    );
  };

  return {
    take: (event) => {
      // E7: whoever else says it, it counts for nothing.
      if (isSaidByHqAlone(event.type) && !isHqNode(event.node)) return;
      const of = event.body['date'];
      if (typeof of !== 'string' || of === date) taking[event.type]?.(event.body, event);
      heldUntil.set(streamOf(event), event.hlc);
    },
    capacity: () => capacity,
    capacityMax: () => capacityMax,
    committed: (nowMs, pulledTo) => {
      const lent = sum(leases, ([leaseId, lease]) =>
        isOver(leaseId, lease, nowMs) ? lease.word.used : lease.places - lease.word.returned - lease.word.given,
      );
      const booked = sum(bookings.values(), ({ places, confirmed, over }) => (confirmed || !over ? places : 0));
      return lent + booked + issuedByHq + pastShare - freed(pulledTo);
    },
    cameBack: (pulledTo) => sum(leases.values(), ({ word }) => word.returned) + freed(pulledTo),
    overridden: () => ({ pastShare, takenBack: sum(takenBack.values(), (places) => places) }),
    leases: () => leases,
  };
}

function keep<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const streamOf = ({ node, epoch }: Event): string => `${node}/${epoch}`;

function sum<Item>(items: Iterable<Item>, of: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

const ofDate = (lines: unknown, date: string): readonly unknown[] =>
  (lines as { readonly date: string }[]).filter((line) => line.date === date);

function placesOfRank(lines: readonly TicketLine[], rank: number): number {
  let before = 0;
  for (const { quantity, placesEach } of lines) {
    before += quantity;
    if (rank < before) return placesEach;
  }
  return 0;
}
