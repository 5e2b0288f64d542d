/** What kiosks told people, and what they may have done without telling: the yardstick of the invariants. */
export interface Book {
  /** By command id. */
  readonly sales: Map<string, SaleEntry>;
  /** How many sales were asked for: no two of them have one command id. */
  asked: number;
  readonly admissions: AdmissionEntry[];
  /** Scans of one ticket, one after the other at one kiosk, that were both let in. */
  readonly admittedTwice: { readonly kiosk: string; readonly ticketId: string }[];
  /** What HQ was told is done: places in its stream, by event hash (E9). */
  readonly hqEvents: Map<string, string>;
  /** Tickets that HQ issued itself. */
  readonly hqTickets: string[];
  /** What HQ was asked to book, by booking id. */
  readonly bookings: Map<string, BookingEntry>;
  /** Cases that HQ was told are closed. */
  readonly closedCases: string[];
  /** People whom a supervisor let in though the gate refused them. */
  readonly overrides: AdmissionEntry[];
  /** HQ was told that the person who left is erased (P1). */
  hasErased: boolean;
  /** Prices in edits that may not count (D1). */
  readonly forbiddenPrices: Set<number>;
  /** Of them, those of somebody whose right was taken, with the hash of HQ's event that took it. */
  readonly withoutRight: Map<number, string>;
  /** What no read model of this program can take, by event hash: who wrote it (E4, S7). */
  readonly oddEvents: Map<string, { readonly by: string }>;
  /** Streams of which the server refused a run for good, and has to keep it for HQ to see (E6). */
  readonly refusedRuns: Set<string>;
  /** How often each act came to each end: what the simulated park was busy with. */
  readonly outcomes: Map<string, number>;
  /** What people typed as a reason, kept or not (E5). */
  readonly typed: Set<string>;
  /** What HQ erased of it, or may have, by name (E5). */
  readonly erasures: Map<string, { readonly words: string; readonly isTold: boolean }>;
  /** Ticket codes that guests hold. */
  readonly codes: { readonly code: string; readonly ticketId: string }[];
}

export interface BookingEntry {
  readonly tickets: number;
  readonly expiresMs: number;
  /** Event types of what the caller was told is done. */
  readonly told: string[];
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
  readonly pastShare?: { readonly staffId: string; readonly pin: string; readonly reason: string };
}

export interface AdmissionEntry {
  readonly kiosk: string;
  readonly ticketId: string;
  /** `unknown`: the kiosk died over the scan. */
  readonly outcome: 'admitted' | 'undone' | 'unknown';
  /** Simulated time at which it was scanned. */
  readonly atMs: number;
}

/** What is typed where nobody looks for it. */
const SIMULATED = 'simulated';

export const emptyBook = (): Book => ({
  sales: new Map(),
  admissions: [],
  admittedTwice: [],
  hqEvents: new Map(),
  hqTickets: [],
  bookings: new Map(),
  closedCases: [],
  asked: 0,
  hasErased: false,
  forbiddenPrices: new Set(),
  withoutRight: new Map(),
  overrides: [],
  oddEvents: new Map(),
  refusedRuns: new Set(),
  typed: new Set([SIMULATED]),
  erasures: new Map(),
  outcomes: new Map(),
  codes: [],
});

export function countOutcome(outcomes: Map<string, number>, outcome: string, times = 1): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times);
}
