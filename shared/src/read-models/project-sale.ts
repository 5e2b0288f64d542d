import type { KnownEvent } from '../events/catalogue.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { RowChange } from './row-change.ts';
import { placeOf, ticketFact } from './ticket-fact.ts';

type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { readonly type: Type }>;
type SaleEvent = EventOf<
  'SaleCompleted' | 'TicketIssued' | 'TicketVoided' | 'TicketBlocked' | 'ShiftOpened' | 'CashMoved' | 'ShiftClosed'
>;

/** Sales, their tickets, and the drawers their money went into. */
export function projectSale(event: SaleEvent): readonly RowChange[] {
  switch (event.type) {
    case 'SaleCompleted':
      return [...moneyOf(event), ...leaseUse(event), isMoney(event)];
    case 'TicketIssued':
      return [ticketRow(event)];
    case 'TicketVoided':
      return [ticketFact(event, event.body.ticketId, { kind: 'voided' })];
    case 'TicketBlocked':
      return [ticketFact(event, event.body.ticketId, { kind: 'blocked', people: event.body.people })];
    case 'ShiftOpened':
      return [shiftRow(event)];
    case 'CashMoved':
      return [shiftTotal(event, event.body.shiftId, { moved_minor: event.body.amountMinor }), isMoney(event)];
    case 'ShiftClosed':
      return [closingRow(event)];
  }
}

const moneyOf = (event: EventOf<'SaleCompleted'>): readonly RowChange[] => [
  saleRow(event),
  ...lineTotals(event),
  ...paymentTotals(event),
  shiftSale(event),
];

/** X4: whether it counts follows from its incarnation, and none of its other rows is sure to go in and to name that. */
const isMoney = ({ park, node, epoch, hash, seq }: EventOf<'SaleCompleted' | 'CashMoved'>): RowChange => ({
  op: 'touch',
  table: 'withheld_facts',
  key: { park, node, epoch, hash, seq },
});

function saleRow(event: EventOf<'SaleCompleted'>): RowChange {
  const { saleId, number, shiftId, businessDate, currency, totalMinor, lines } = event.body;
  return {
    op: 'insert',
    table: 'sales',
    row: {
      park: event.park,
      sale_id: saleId,
      number,
      shift_id: shiftId,
      ...placeOf(event),
      business_date: businessDate,
      currency,
      total_minor: totalMinor,
      wall_ms: event.wallMs,
      actor: event.actor,
      lines: canonicalJson(lines),
    },
  };
}

const lineTotals = ({ park, body }: EventOf<'SaleCompleted'>): readonly RowChange[] =>
  body.lines.map(({ productId, unitId, quantity, totalMinor }) => ({
    op: 'add',
    table: 'sales_totals',
    key: {
      park,
      business_date: body.businessDate,
      product_id: productId,
      unit_id: unitId,
      currency: body.currency,
    },
    deltas: { quantity, amount_minor: totalMinor },
  }));

const paymentTotals = ({ park, body }: EventOf<'SaleCompleted'>): readonly RowChange[] =>
  body.payments.map(({ method, amountMinor }) => ({
    op: 'add',
    table: 'payment_totals',
    key: { park, business_date: body.businessDate, method, currency: body.currency },
    deltas: { count: 1, amount_minor: amountMinor },
  }));

function shiftSale(event: EventOf<'SaleCompleted'>): RowChange {
  const { shiftId, totalMinor, payments } = event.body;
  const cash = payments.reduce((sum, payment) => sum + (payment.method === 'cash' ? payment.amountMinor : 0), 0);
  return shiftTotal(event, shiftId, { sales_count: 1, sales_minor: totalMinor, cash_minor: cash });
}

const leaseUse = ({ park, node, epoch, body }: EventOf<'SaleCompleted'>): readonly RowChange[] =>
  body.leaseUses.map(({ leaseId, places }) => ({
    op: 'add',
    table: 'lease_use',
    key: { park, lease_id: leaseId, node, epoch },
    deltas: { used: places },
  }));

function ticketRow(event: EventOf<'TicketIssued'>): RowChange {
  const { ticketId, saleId, productId, party, parks, date, slot, kid, flags } = event.body;
  return {
    op: 'insert',
    table: 'tickets',
    row: {
      park: event.park,
      ticket_id: ticketId,
      forked: 0,
      sale_id: saleId,
      product_id: productId,
      party: canonicalJson(party),
      parks: canonicalJson(parks),
      date,
      slot,
      issued_ms: event.body.issuedMs,
      not_before_ms: event.body.notBeforeMs,
      expires_ms: event.body.expiresMs,
      kid,
      flags,
      ...placeOf(event),
    },
  };
}

function shiftRow(event: EventOf<'ShiftOpened'>): RowChange {
  const { shiftId, number, staffId, businessDate, currency, floatMinor } = event.body;
  return {
    op: 'insert',
    table: 'shifts',
    row: {
      park: event.park,
      shift_id: shiftId,
      number,
      node: event.node,
      epoch: event.epoch,
      staff_id: staffId,
      business_date: businessDate,
      currency,
      float_minor: floatMinor,
      opened_ms: event.wallMs,
    },
  };
}

function closingRow(event: EventOf<'ShiftClosed'>): RowChange {
  const { shiftId, countedMinor, expectedMinor, differenceMinor, salesCount, reason, denominations } = event.body;
  return {
    op: 'insert',
    table: 'shift_closings',
    row: {
      park: event.park,
      shift_id: shiftId,
      closed_ms: event.wallMs,
      counted_minor: countedMinor,
      expected_minor: expectedMinor,
      difference_minor: differenceMinor,
      sales_count: salesCount,
      reason,
      denominations: canonicalJson(denominations),
      actor: event.actor,
    },
  };
}

const shiftTotal = (event: SaleEvent, shiftId: string, deltas: Readonly<Record<string, number>>): RowChange => ({
  op: 'add',
  table: 'shift_totals',
  key: { park: event.park, shift_id: shiftId },
  deltas,
});
