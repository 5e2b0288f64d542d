/** What kiosks told people, and what they may have done without telling: the yardstick of the invariants. */
export interface Book {
  /** By command id. */
  readonly sales: Map<string, SaleEntry>;
  readonly admissions: AdmissionEntry[];
  /** Ticket codes that guests hold. */
  readonly codes: { readonly code: string; readonly ticketId: string }[];
}

export interface SaleEntry {
  readonly kiosk: string;
  readonly input: SaleInput;
  /** Null while no answer came: the kiosk died over it, and the sale may or may not be on its disk. */
  receipt: { readonly saleId: string; readonly totalMinor: number; readonly ticketIds: readonly string[] } | null;
}

export interface SaleInput {
  readonly commandId: string;
  readonly lines: readonly {
    readonly productId: string;
    readonly unitId: string;
    readonly quantity: number;
    readonly date: string;
    readonly slot: string;
  }[];
  readonly tenderedMinor: number;
  readonly expectedTotalMinor: number;
}

export interface AdmissionEntry {
  readonly kiosk: string;
  readonly ticketId: string;
  /** `unknown`: the kiosk died over the scan. */
  readonly outcome: 'admitted' | 'undone' | 'unknown';
}

export const emptyBook = (): Book => ({ sales: new Map(), admissions: [], codes: [] });
