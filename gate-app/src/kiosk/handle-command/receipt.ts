import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { assert } from '@skygate/shared/lib/assert';
import type { ReceiptTicket, SaleReceipt } from '../../rpc-contract/kiosk-api.ts';
import { productOf, unitNamesOf } from './words-for.ts';

type SaleCompleted = Extract<KnownEvent, { readonly type: 'SaleCompleted' }>;
type TicketIssued = Extract<KnownEvent, { readonly type: 'TicketIssued' }>;

export interface ReceiptContext {
  readonly catalogue: CatalogueDocument;
  /** What people call who an event's actor was. */
  readonly nameOf: (actor: string) => string;
}

/** The receipt of a sale, from its events alone: the same today, after a restart, and for a reprint. */
export function receiptOf(group: readonly Event[], context: ReceiptContext): SaleReceipt {
  const events = group.flatMap((event) => {
    const read = readEvent(event);
    return read.ok ? [read.value] : [];
  });
  const sale = events.find((event): event is SaleCompleted => event.type === 'SaleCompleted');
  assert(sale, 'a receipt is of a sale');
  const { saleId, number, currency, totalMinor, payments } = sale.body;
  const issued = events.filter((event): event is TicketIssued => event.type === 'TicketIssued');
  const lines = sale.body.lines.map(({ placesEach: _, ...line }) => line);
  const people = issued.reduce((sum, { body }) => sum + body.party.reduce((all, { count }) => all + count, 0), 0);
  return {
    saleId,
    number,
    atMs: sale.wallMs,
    cashier: context.nameOf(sale.actor),
    quote: { currency, lines, totalMinor, people },
    tenderedMinor: payments.reduce((sum, payment) => sum + payment.tenderedMinor, 0),
    changeMinor: payments.reduce((sum, payment) => sum + payment.changeMinor, 0),
    tickets: issued.map(({ body }) => receiptTicket(body, context.catalogue)),
  };
}

function receiptTicket(ticket: TicketIssued['body'], catalogue: CatalogueDocument): ReceiptTicket {
  const { ticketId, productId, party, date, slot, notBeforeMs, expiresMs, code } = ticket;
  return {
    ticketId,
    product: productOf(catalogue, productId)?.name ?? { ru: productId, ky: productId, en: productId },
    party,
    unitNames: unitNamesOf(catalogue, productId, party),
    date,
    slot,
    validFromMs: notBeforeMs,
    validUntilMs: expiresMs,
    code,
  };
}
