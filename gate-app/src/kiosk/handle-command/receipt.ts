import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { Words } from '@skygate/shared/documents/words';
import { startTimeOf } from '@skygate/shared/domain/pricing/slots';
import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { assert } from '@skygate/shared/lib/assert';
import type { ReceiptLine, ReceiptTicket, SaleQuote, SaleReceipt } from '../../rpc-contract/till-view.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { productOf, unitNamesOf } from './words-for.ts';

type SaleCompleted = Extract<KnownEvent, { readonly type: 'SaleCompleted' }>;
type CapacityOverridden = Extract<KnownEvent, { readonly type: 'CapacityOverridden' }>;
type TicketIssued = Extract<KnownEvent, { readonly type: 'TicketIssued' }>;

export interface ReceiptContext {
  readonly catalogue: CatalogueDocument;
  /** What people call who an event's actor was. */
  readonly nameOf: (actor: string) => string;
  /** Has the words that people typed (E5). */
  readonly eventLog: Pick<EventLog, 'texts'>;
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
    lines: lines.map((line) => receiptLine(line, context.catalogue)),
    tenderedMinor: payments.reduce((sum, payment) => sum + payment.tenderedMinor, 0),
    changeMinor: payments.reduce((sum, payment) => sum + payment.changeMinor, 0),
    pastShare: events
      .filter((event): event is CapacityOverridden => event.type === 'CapacityOverridden')
      .map(({ actor, body }) => ({
        by: context.nameOf(actor),
        reason: context.eventLog.texts.read(body.reason),
        places: body.places,
      })),
    tickets: issued.map(({ body }) => receiptTicket(body, context.catalogue)),
  };
}

function receiptLine(line: SaleQuote['lines'][number], catalogue: CatalogueDocument): ReceiptLine {
  const { productId, unitId, slot, date, quantity, totalMinor } = line;
  const product = productOf(catalogue, productId);
  return {
    product: product?.name ?? sameWords(productId),
    unit: product?.units[unitId]?.name ?? sameWords(unitId),
    startsAt: startTimeOf(slot),
    date,
    quantity,
    totalMinor,
  };
}

/** What the catalogue names no more is called by its id. */
const sameWords = (id: string): Words => ({ ru: id, ky: id, en: id });

function receiptTicket(ticket: TicketIssued['body'], catalogue: CatalogueDocument): ReceiptTicket {
  const { ticketId, productId, party, date, slot, notBeforeMs, expiresMs, code } = ticket;
  return {
    ticketId,
    product: productOf(catalogue, productId)?.name ?? sameWords(productId),
    party,
    unitNames: unitNamesOf(catalogue, productId, party),
    date,
    slot,
    validFromMs: notBeforeMs,
    validUntilMs: expiresMs,
    code,
  };
}
