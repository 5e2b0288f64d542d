import type { EditableProduct, HistoryEntry, ProductEdit } from './catalogue-view.ts';
import type { RecentScan, TicketHistory, VerdictView } from './gate-view.ts';
import type { PlacesAsked, SharesView } from './share-view.ts';
import type { GateMode, KioskStatus, ScannerSettings, StaffMember, SyncView } from './status-view.ts';
import type {
  DenominationCount,
  SaleCatalogue,
  SaleLineInput,
  SaleQuote,
  SaleReceipt,
  ShiftReport,
  ShiftView,
} from './till-view.ts';

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
  'waiting_for_park',
  'already_enrolled',
  'kiosk_stopped',
  'kiosk_revoked',
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
  'nothing_to_override',
  'no_ticket_key',
  'ticket_not_found',
  'bad_input',
  'disk_full',
  'done_before',
  'too_many_tickets',
  'too_much_at_once',
  'enrolment_code_unknown',
  'enrolment_code_used',
  'enrolment_code_expired',
  'server_unreachable',
  'server_refused',
  'reason_needed',
  'edit_refused',
  'clock_untrusted',
  'clock_is_known',
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface KioskApi {
  getStatus(): Promise<KioskStatus>;
  enrol(input: { readonly serverUrl: string; readonly code: string }): Promise<Reply<KioskStatus>>;
  /**
   * A kiosk that the server does not know stops, to be enrolled anew (E8): by a supervisor, or anybody where none is known.
   * Refused with `already_enrolled` while the server knows it, or does not answer.
   */
  stopToEnrolAnew(): Promise<Reply<KioskStatus>>;
  listStaff(): Promise<readonly StaffMember[]>;
  logIn(input: { readonly staffId: string; readonly pin: string }): Promise<Reply<StaffMember>>;
  logOut(): Promise<Reply<null>>;

  scan(input: { readonly text: string; readonly source: 'camera' | 'wedge' | 'typed' }): Promise<Reply<VerdictView>>;
  undoLast(input: { readonly scanId: string }): Promise<Reply<null>>;
  /**
   * A supervisor lets in whom this gate refused (T3). `supervisor` is null where the one who is logged in is one. Safe to
   * repeat. @returns the entry as the strip of latest scans shows it
   */
  overrideRefusal(input: {
    readonly scanId: string;
    readonly reason: string;
    readonly supervisor: { readonly staffId: string; readonly pin: string } | null;
  }): Promise<Reply<RecentScan>>;
  /** People counted out without a ticket (T4). */
  countExit(input: { readonly people: number }): Promise<Reply<null>>;
  setGateMode(input: { readonly mode: GateMode }): Promise<Reply<null>>;
  /** Supervisors only. */
  setScanner(input: ScannerSettings): Promise<Reply<null>>;
  /** By ticket number (whole or its last six characters) or by a scanned or typed code. */
  findTicket(input: { readonly query: string }): Promise<Reply<readonly TicketHistory[]>>;

  getSaleCatalogue(input: { readonly date: string | null }): Promise<Reply<SaleCatalogue>>;
  /** `pastShare`: priced though the share is too small, for a sale in a supervisor's name (C3). */
  quoteSale(input: {
    readonly lines: readonly SaleLineInput[];
    readonly pastShare?: boolean;
  }): Promise<Reply<SaleQuote>>;
  /**
   * `commandId` makes a repeated call (a reloaded screen, a double tap) answer with the first call's receipt; with
   * `done_before` once that is no longer kept here (K4), as other commands with an id do.
   */
  completeSale(input: {
    readonly commandId: string;
    readonly lines: readonly SaleLineInput[];
    readonly tenderedMinor: number;
    /** What the screen showed: a price changed meanwhile is `bad_input`, never silently charged. */
    readonly expectedTotalMinor: number;
    /** C3: past this till's share, in the name of a supervisor whose PIN this is. */
    readonly pastShare?: { readonly staffId: string; readonly pin: string; readonly reason: string };
  }): Promise<Reply<SaleReceipt>>;
  /** This till's places by date and slot, and who they can be given to. */
  listShares(): Promise<Reply<SharesView>>;
  /** Asks HQ now for so many unsold places (C4). */
  askForPlaces(input: {
    readonly date: string;
    readonly slot: string;
    readonly places: number;
  }): Promise<Reply<PlacesAsked>>;
  /** Supervisors only: a part of this till's share becomes another till's (C4). Asked again it gives once. */
  giveShare(input: {
    readonly commandId: string;
    readonly date: string;
    readonly slot: string;
    readonly places: number;
    readonly to: string;
  }): Promise<Reply<null>>;
  listSales(): Promise<Reply<readonly SaleReceipt[]>>;

  openShift(input: {
    readonly floatMinor: number;
    readonly denominations: readonly DenominationCount[];
  }): Promise<Reply<ShiftView>>;
  /** A repeated `commandId` moves nothing again. */
  moveCash(input: {
    readonly commandId: string;
    readonly amountMinor: number;
    readonly reason: string;
  }): Promise<Reply<null>>;
  /** A difference needs a reason; without one the answer is `reason_needed` with the expected amount. */
  closeShift(input: {
    readonly denominations: readonly DenominationCount[];
    readonly reason: string;
  }): Promise<Reply<ShiftReport>>;

  listEditableProducts(): Promise<Reply<readonly EditableProduct[]>>;
  editProduct(input: ProductEdit): Promise<Reply<null>>;
  getCatalogueHistory(): Promise<Reply<readonly HistoryEntry[]>>;

  /**
   * A supervisor says that the time is right, or which it is (H2). Refused with `clock_is_known` while a server or
   * another kiosk tells it.
   */
  confirmClock(input: ClockConfirmation): Promise<Reply<null>>;

  /** Tries the server now and says how it went. */
  testContact(): Promise<Reply<SyncView>>;
}

/** The park's local date and time to the minute, or null for the time that the screen shows. */
export interface ClockConfirmation {
  readonly entered: { readonly date: string; readonly time: string } | null;
}

/** What a kiosk calls on its screens. */
export interface ScreenApi {
  statusChanged(status: KioskStatus): void;
}
