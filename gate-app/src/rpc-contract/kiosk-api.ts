import type { Words } from '@skygate/shared/documents/words';
import type { RefusalReason } from '@skygate/shared/domain/admission/events';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { Party } from '@skygate/shared/domain/ticket/events';
import type { Trust } from '@skygate/shared/events/envelope';
import type { StaffRole } from '@skygate/shared/protocol/people';

/**
 * The one contract between a kiosk and its screens (birpc over WebSocket when headless, over a MessagePort in
 * Electron). Plain JSON only. Permissions are checked behind it, in the kiosk process (X3).
 * Every method that can say no answers a `Reply`; it throws only for what is a bug.
 */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

/** What went wrong, for a person: the ui has a sentence in three languages for each code, filled with `data`. */
export interface Problem {
  readonly code: ProblemCode;
  readonly data: Readonly<Record<string, string | number>>;
}

export const PROBLEM_CODES = [
  'not_enrolled',
  'already_enrolled',
  'not_logged_in',
  'not_permitted',
  'wrong_pin',
  'locked_out',
  'unknown_staff',
  'no_open_shift',
  'shift_already_open',
  'sale_is_empty',
  'unknown_product',
  'unknown_unit',
  'no_price',
  'not_on_sale',
  'share_exceeded',
  'cash_below_total',
  'amount_out_of_range',
  'nothing_to_undo',
  'ticket_not_found',
  'bad_input',
  'disk_full',
  'enrolment_code_unknown',
  'enrolment_code_used',
  'enrolment_code_expired',
  'server_unreachable',
  'server_refused',
  'reason_needed',
  'edit_refused',
  'clock_untrusted',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface StaffMember {
  readonly staffId: string;
  readonly name: string;
  readonly initials: string;
  readonly role: StaffRole;
}

export type GateMode = 'entry' | 'exit' | 'both';

/** How this kiosk reads codes: a setting of the machine, kept by the kiosk and not by the browser. */
export interface ScannerSettings {
  /** The camera's reader; `zxing-js` needs no WASM. */
  readonly library: 'zxing-wasm' | 'zxing-js';
  /** The browser's id of the camera; null for the one that faces the guest. */
  readonly cameraId: string | null;
  /** What the hand scanner is set to type before and after each code; empty for nothing but Enter. */
  readonly prefix: string;
  readonly suffix: string;
}

/** Everything the status strip and the idle screens show; pushed on every change and at least every second. */
export interface KioskStatus {
  /** Null until the kiosk is enrolled: the ui shows the set-up screen. */
  readonly identity: {
    readonly park: string;
    readonly parkName: Words;
    readonly timeZone: string;
    readonly currency: string;
    readonly node: string;
    readonly name: string;
    readonly role: KioskRole;
    readonly gateId: string;
  } | null;
  readonly appVersion: string;
  readonly nowMs: number;
  readonly clock: {
    readonly trust: Trust /** Own clock minus the server's at last contact; null if never. */;
    readonly skewMs: number | null;
  };
  readonly businessDate: string | null;
  readonly staff: StaffMember | null;
  readonly shift: ShiftView | null;
  readonly gateMode: GateMode;
  readonly scanner: ScannerSettings;
  readonly sync: SyncView;
  readonly coverage: CoverageView;
  readonly occupancy: OccupancyView | null;
  readonly recentScans: readonly RecentScan[];
}

export interface SyncView {
  readonly state: 'not_enrolled' | 'synced' | 'sending' | 'offline' | 'refused';
  /** Own events the server has not acknowledged. */
  readonly waiting: number;
  readonly oldestWaitingMs: number | null;
  /** When the server last answered. */
  readonly lastContactMs: number | null;
  readonly serverUrl: string | null;
  /** Why the last attempt failed, in words for support; null if it did not. */
  readonly lastError: string | null;
}

/** Which other gates' admissions this kiosk knows (L4; by way of the server until kiosks meet on the LAN). */
export interface CoverageView {
  readonly kind: 'single_gate' | 'complete' | 'partial';
  readonly gatesTotal: number;
  readonly gatesCovered: number;
  /** Age of the oldest covered knowledge. */
  readonly ageMs: number | null;
  readonly silent: readonly { readonly gateId: string; readonly name: Words; readonly silentMs: number | null }[];
}

export interface OccupancyView {
  readonly inside: number;
  readonly uncertainty: number;
  readonly admittedToday: number;
  readonly exitedToday: number;
  /** False in parks that do not scan exits: then the screen says "admitted today". */
  readonly exitsScanned: boolean;
  readonly capacity: number | null;
  readonly thisGateAdmitted: number;
  /** This gate's entries today in steps of 15 minutes, oldest first. */
  readonly thisGateActivity: readonly { readonly fromMs: number; readonly admitted: number }[];
}

export type Verdict = 'admit' | 'provisional' | 'refuse' | 'exit';

export interface RecentScan {
  readonly scanId: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly reason: RefusalReason | null;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  readonly ticketId: string | null;
  readonly undone: boolean;
}

/** What the gate shows for one scan. Times are UTC milliseconds; the ui writes them in the park's zone. */
export interface VerdictView {
  readonly scanId: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  /** First reason first (T2); empty unless `refuse`. */
  readonly reasons: readonly RefusalReason[];
  /** Facts for the sentence under the reason: `{ validFromMs, validUntilMs, parks, gate, atMs ... }`. */
  readonly facts: VerdictFacts;
  readonly ticketId: string | null;
  readonly product: Words | null;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  /** What staff must look at: the ui turns the green frame amber. */
  readonly notes: readonly ('accompanied_child' | 'check_age' | 'senior' | 'reduced_price')[];
  /** The visit date and start time (`day` for the whole day); null if no ticket was read. */
  readonly date: string | null;
  readonly slot: string | null;
  readonly validUntilMs: number | null;
  readonly entriesUsed: number;
  readonly entriesAllowed: number;
  readonly coverage: CoverageView;
  readonly canUndo: boolean;
  /** Time in the kiosk from the code's arrival to the durable verdict, in milliseconds. */
  readonly tookMs: number;
}

export interface VerdictFacts {
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
  /** The visit date of a ticket for another day. */
  readonly date?: string;
  readonly slot?: string;
  /** Names of the parks the ticket is for. */
  readonly parks?: readonly string[];
  /** The earlier admission that used the ticket up. */
  readonly usedAtMs?: number;
  readonly usedAtGate?: Words;
  readonly voidedAtMs?: number;
  /** Names of the gates that take the ticket's product, with `wrong_gate`. */
  readonly allowedGates?: readonly Words[];
  readonly silentGates?: readonly Words[];
  /** With `provisional`: the clock cannot be trusted, so no date was judged (H2). */
  readonly clockUnsure?: boolean;
}

export interface TicketHistory {
  readonly ticketId: string;
  readonly product: Words | null;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
  readonly entries: readonly {
    readonly kind: 'issued' | 'admitted' | 'annulled' | 'exited' | 'voided' | 'blocked' | 'refused';
    readonly atMs: number;
    readonly kiosk: string;
    readonly gateId: string | null;
    readonly people: number;
    readonly reason: RefusalReason | null;
  }[];
}

// ---- till ----

/** What can be sold on one date, priced, with what is left here. */
export interface SaleCatalogue {
  readonly date: string;
  readonly currency: string;
  readonly dates: readonly { readonly date: string; readonly left: number | null; readonly share: number | null }[];
  readonly products: readonly SaleProduct[];
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
  readonly tickets: readonly ReceiptTicket[];
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

// ---- catalogue at the park ----

export interface EditableProduct {
  readonly productId: string;
  readonly name: Words;
  readonly units: readonly { readonly unitId: string; readonly name: Words; readonly priceMinor: number }[];
}

export interface ProductEdit {
  readonly productId: string;
  readonly change:
    | { readonly field: 'name'; readonly language: keyof Words; readonly value: string }
    | { readonly field: 'price'; readonly unitId: string; readonly priceMinor: number };
}

/** One edit of the catalogue: who, when, where, from what to what. */
export interface HistoryEntry {
  readonly atMs: number;
  /** The person's name; an id where this kiosk knows none (HQ's people). */
  readonly actor: string;
  /** The kiosk it was made at, by name. */
  readonly node: string;
  readonly madeAt: 'hq' | 'park';
  readonly about: string;
  readonly changes: readonly { readonly path: string; readonly from: string; readonly to: string }[];
  /** False while only this park has it. */
  readonly atHq: boolean;
}

// ---- the api ----

export interface KioskApi {
  getStatus(): Promise<KioskStatus>;
  enrol(input: { readonly serverUrl: string; readonly code: string }): Promise<Reply<KioskStatus>>;
  listStaff(): Promise<readonly StaffMember[]>;
  logIn(input: { readonly staffId: string; readonly pin: string }): Promise<Reply<StaffMember>>;
  logOut(): Promise<Reply<null>>;

  scan(input: { readonly text: string; readonly source: 'camera' | 'wedge' | 'typed' }): Promise<Reply<VerdictView>>;
  undoLast(input: { readonly scanId: string }): Promise<Reply<null>>;
  /** People counted out without a ticket (T4). */
  countExit(input: { readonly people: number }): Promise<Reply<null>>;
  setGateMode(input: { readonly mode: GateMode }): Promise<Reply<null>>;
  /** Supervisors only. */
  setScanner(input: ScannerSettings): Promise<Reply<null>>;
  /** By ticket number (whole or its last six characters) or by a scanned or typed code. */
  findTicket(input: { readonly query: string }): Promise<Reply<readonly TicketHistory[]>>;

  getSaleCatalogue(input: { readonly date: string | null }): Promise<Reply<SaleCatalogue>>;
  quoteSale(input: { readonly lines: readonly SaleLineInput[] }): Promise<Reply<SaleQuote>>;
  /** `commandId` makes a repeated call (a reloaded screen, a double tap) answer with the first call's receipt. */
  completeSale(input: {
    readonly commandId: string;
    readonly lines: readonly SaleLineInput[];
    readonly tenderedMinor: number;
    /** What the screen showed: a price changed meanwhile is `bad_input`, never silently charged. */
    readonly expectedTotalMinor: number;
  }): Promise<Reply<SaleReceipt>>;
  listSales(): Promise<Reply<readonly SaleReceipt[]>>;

  openShift(input: {
    readonly floatMinor: number;
    readonly denominations: readonly DenominationCount[];
  }): Promise<Reply<ShiftView>>;
  moveCash(input: { readonly amountMinor: number; readonly reason: string }): Promise<Reply<null>>;
  /** A difference needs a reason; without one the answer is `reason_needed` with the expected amount. */
  closeShift(input: {
    readonly denominations: readonly DenominationCount[];
    readonly reason: string;
  }): Promise<Reply<ShiftReport>>;

  listEditableProducts(): Promise<Reply<readonly EditableProduct[]>>;
  editProduct(input: ProductEdit): Promise<Reply<null>>;
  getCatalogueHistory(): Promise<Reply<readonly HistoryEntry[]>>;

  /** Tries the server now and says how it went. */
  testContact(): Promise<Reply<SyncView>>;
}

/** What a kiosk calls on its screens. */
export interface ScreenApi {
  statusChanged(status: KioskStatus): void;
}
