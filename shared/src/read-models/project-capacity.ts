import { LENT_BY_HQ } from '../domain/capacity/lease-rows.ts';
import type { KnownEvent } from '../events/catalogue.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Row, RowChange } from './row-change.ts';
import type { TableName } from './tables.ts';
import { placeOf } from './ticket-fact.ts';

type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { readonly type: Type }>;
type CapacityEvent = EventOf<
  | 'LeaseGranted'
  | 'LeaseReturned'
  | 'LeaseTransferred'
  | 'CapacityOverridden'
  | 'BookingHeld'
  | 'BookingConfirmed'
  | 'BookingCancelled'
  | 'BookingExpired'
>;

/** Places: lent, given on, given back, booked, and gone past by somebody's word (C1-C5). */
export function projectCapacity(event: CapacityEvent): readonly RowChange[] {
  switch (event.type) {
    case 'LeaseGranted':
      return [leaseRow(event, { ...leaseCells(event.body), ...LENT_BY_HQ })];
    case 'LeaseReturned':
      return [useOf(event, event.body.leaseId, { returned: event.body.places })];
    case 'LeaseTransferred':
      return [useOf(event, event.body.leaseId, { given: event.body.places }), givenLease(event)];
    case 'CapacityOverridden':
      return [overrideRow(event)];
    case 'BookingHeld':
      return [bookingRow(event)];
    case 'BookingConfirmed':
      return [bookingEnd(event, 'confirmed', null)];
    case 'BookingCancelled':
      return [bookingEnd(event, 'cancelled', event.body.reason)];
    case 'BookingExpired':
      return [bookingEnd(event, 'expired', null)];
  }
}

const insert = (event: CapacityEvent, table: TableName, cells: Row): RowChange => ({
  op: 'insert',
  table,
  row: { park: event.park, ...cells },
});

const leaseRow = (event: CapacityEvent, cells: Row): RowChange => insert(event, 'leases', cells);

function leaseCells(body: EventOf<'LeaseGranted'>['body']): Row {
  const { leaseId, node, epoch, date, slot, places, endsHlc } = body;
  return { lease_id: leaseId, node, epoch, date, slot, places, ends_hlc: endsHlc };
}

/** The receiver's lease; that its giver had so many to give is judged where leases are read (domain/capacity). */
function givenLease(event: EventOf<'LeaseTransferred'>): RowChange {
  const { leaseId, newLeaseId, to, toEpoch, date, slot, places, endsHlc } = event.body;
  const lease = { leaseId: newLeaseId, node: to, epoch: toEpoch, date, slot, places, endsHlc };
  const from = { from_lease: leaseId, from_node: event.node, from_epoch: event.epoch };
  return leaseRow(event, { ...leaseCells(lease), ...from });
}

const useOf = (
  { park, node, epoch }: CapacityEvent,
  leaseId: string,
  deltas: Readonly<Record<string, number>>,
): RowChange => ({ op: 'add', table: 'lease_use', key: { park, lease_id: leaseId, node, epoch }, deltas });

function overrideRow(event: EventOf<'CapacityOverridden'>): RowChange {
  const { kind, date, slot, places, leaseId, reason } = event.body;
  const said = { reason, actor: event.actor, wall_ms: event.wallMs };
  const cells = { ...placeOf(event), fork: '', kind, date, slot, places, lease_id: leaseId, ...said };
  return insert(event, 'capacity_overrides', cells);
}

function bookingRow(event: EventOf<'BookingHeld'>): RowChange {
  const { bookingId, channel, lines, expiresMs } = event.body;
  const cells = { booking_id: bookingId, channel, lines: canonicalJson(lines), expires_ms: expiresMs };
  return insert(event, 'bookings', { ...cells, held_ms: event.wallMs, actor: event.actor });
}

const bookingEnd = (
  event: EventOf<'BookingConfirmed' | 'BookingCancelled' | 'BookingExpired'>,
  kind: 'confirmed' | 'cancelled' | 'expired',
  reason: string | null,
): RowChange =>
  insert(event, 'booking_ends', {
    booking_id: event.body.bookingId,
    kind,
    reason,
    wall_ms: event.wallMs,
    actor: event.actor,
  });
