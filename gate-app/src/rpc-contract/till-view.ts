import type { Words } from '@skygate/shared/documents/words';
import type { Party } from '@skygate/shared/domain/ticket/events';
import type { StaffMember } from './status-view.ts';
import type { TypedText } from './typed-text.ts';

/** What can be sold on one date, priced, with what is left here. */
export interface SaleCatalogue {
  readonly date: string;
  readonly currency: string;
  readonly dates: readonly SaleDate[];
  readonly products: readonly SaleProduct[];
}

export interface SaleDate {
  readonly date: string;
  /** Of the day's places; null where this till has no share of them. */
  readonly left: number | null;
  readonly share: number | null;
  /** Places of the day that this till sold past its share in a supervisor's name (C3). */
  readonly pastShare: number;
}

export interface SaleProduct {
  readonly productId: string;
  readonly name: Words;
  readonly kind: 'day' | 'timed';
  readonly units: readonly SaleUnit[];
  /** One entry for a day product (`day`), one a starting time for a timed one. */
  readonly slots: readonly {
    readonly slot: string;
    readonly startsAt: string | null;
    readonly left: number;
    readonly share: number;
  }[];
}

export interface SaleUnit {
  readonly unitId: string;
  readonly name: Words;
  readonly hint: Words;
  readonly priceMinor: number;
  readonly people: number;
}

export interface SaleLineInput {
  readonly productId: string;
  readonly unitId: string;
  readonly quantity: number;
  readonly date: string;
  readonly slot: string;
}

export interface SaleQuote {
  readonly currency: string;
  readonly lines: readonly (SaleLineInput & { readonly unitPriceMinor: number; readonly totalMinor: number })[];
  readonly totalMinor: number;
  readonly people: number;
}

export interface SaleReceipt {
  readonly saleId: string;
  readonly number: string;
  readonly atMs: number;
  readonly cashier: string;
  readonly quote: SaleQuote;
  /** What was sold, in the words it is printed with. */
  readonly lines: readonly ReceiptLine[];
  readonly tenderedMinor: number;
  readonly changeMinor: number;
  /** Places sold past this till's share, who let them and why (C3); empty for a sale within it. */
  readonly pastShare: readonly { readonly by: string; readonly reason: TypedText; readonly places: number }[];
  readonly tickets: readonly ReceiptTicket[];
}

export interface ReceiptTicket {
  readonly ticketId: string;
  readonly product: Words;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  readonly date: string;
  readonly slot: string;
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** The ticket code: the text of its QR (T1). */
  readonly code: string;
}

export interface ShiftView {
  readonly shiftId: string;
  readonly number: number;
  readonly staff: StaffMember;
  readonly openedMs: number;
  readonly floatMinor: number;
  readonly salesCount: number;
  readonly salesMinor: number;
}

export interface DenominationCount {
  readonly valueMinor: number;
  readonly count: number;
}

export interface ShiftReport {
  readonly shift: ShiftView;
  readonly closedMs: number;
  readonly currency: string;
  readonly cashSalesMinor: number;
  readonly movedMinor: number;
  readonly expectedMinor: number;
  readonly countedMinor: number;
  readonly differenceMinor: number;
  readonly reason: string;
  /** Sales of this shift that HQ has not acknowledged yet. */
  readonly salesWaiting: number;
}

export interface ReceiptLine {
  readonly product: Words;
  readonly unit: Words;
  /** `HH:MM`; null for a whole day. */
  readonly startsAt: string | null;
  readonly date: string;
  readonly quantity: number;
  readonly totalMinor: number;
}
