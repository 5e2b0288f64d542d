import { draft, type KnownDraft } from '../../events/catalogue.ts';
import type { Trust } from '../../events/envelope.ts';
import { assert } from '../../lib/assert.ts';
import type { SaleId, TicketId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Drawn, drawPlaces, drawWhatIsThere, type Need, type ShareExceeded } from '../capacity/shares.ts';
import { type FoundUnit, findUnit, type PricingRefusal } from '../pricing/price.ts';
import { type Quote, type QuotedLine, quoteLines } from '../pricing/quote.ts';
import { ticketWindow } from '../pricing/slots.ts';
import type { Party, TicketIssued } from '../ticket/events.ts';
import type { CompleteSale } from './commands.ts';
import type { CashPayment, LeaseUse, SaleLine } from './events.ts';
import type { SaleState } from './state.ts';

/** What a ticket code says, before it is signed (T1). */
export type TicketToSign = Omit<TicketIssued, 'code'>;

export interface SaleInput {
  readonly command: CompleteSale;
  readonly state: SaleState;
  readonly nowMs: number;
  /** How far the till trusts `nowMs` (H2). */
  readonly trust: Trust;
  readonly saleId: SaleId;
  /** What people will call the sale: `2-0412`. */
  readonly number: string;
  /** `staff:<id>` of the cashier. */
  readonly actor: string;
  /** The till's own delegated key. */
  readonly kid: string;
  /** Called once for each ticket. */
  readonly newTicketId: () => TicketId;
  /** Signs with the key `kid`. @returns the ticket code */
  readonly signTicket: (ticket: TicketToSign) => string;
}

/** Why a till does not sell. The codes are those the screens have sentences for. */
export type SaleRefusal =
  | PricingRefusal
  | { readonly code: 'no_open_shift'; readonly data: Readonly<Record<string, never>> }
  | { readonly code: 'share_exceeded'; readonly data: ShareExceeded }
  | {
      readonly code: 'cash_below_total';
      readonly data: { readonly totalMinor: number; readonly tenderedMinor: number };
    }
  | {
      readonly code: 'bad_input';
      readonly data: {
        readonly field: 'expectedTotalMinor';
        readonly expectedTotalMinor: number;
        readonly totalMinor: number;
      };
    };

export interface DecidedSale {
  /** `SaleCompleted`, one `TicketIssued` a unit, what went past the share (C3): one group, one transaction (M1). */
  readonly drafts: readonly KnownDraft[];
  readonly quote: Quote;
  readonly changeMinor: number;
  readonly tickets: readonly TicketIssued[];
}

export const TENDERED_MAX = 1_000_000_000_000;
/** What the event has room for. */
const LEASE_USES_MAX = 100;

/** Decides a cash sale (C1, M1): all of it, with its tickets and what it takes of the leases, or nothing. */
export function decideSale(input: SaleInput): Result<DecidedSale, SaleRefusal> {
  const { command, state } = input;
  if (!state.shift) return err({ code: 'no_open_shift', data: {} });
  const quoted = quoteLines({ ...state, lines: command.lines, nowMs: input.nowMs, trust: input.trust });
  if (!quoted.ok) return quoted;
  const quote = quoted.value;
  const refusal = refusedMoney(command, quote.totalMinor);
  if (refusal) return err(refusal);
  const drawn = drawnFor(quote.lines, input);
  if (!drawn.ok) return drawn;
  const { uses, missing } = drawn.value;
  if (uses.length > LEASE_USES_MAX) {
    const data = { field: 'leases', value: uses.length, min: 0, max: LEASE_USES_MAX };
    return err({ code: 'amount_out_of_range', data });
  }

  const payments = paymentsOf(quote.totalMinor, command.tenderedMinor);
  const tickets = quote.lines.flatMap((line) => ticketsOf(line, input));
  const by = { actor: input.actor, cause: command.commandId };
  const sale = draft(
    'SaleCompleted',
    `sale:${input.saleId}`,
    {
      saleId: input.saleId,
      number: input.number,
      shiftId: state.shift.shiftId,
      businessDate: state.businessDate,
      currency: quote.currency,
      lines: quote.lines.map((line) => saleLineOf(line, state)),
      totalMinor: quote.totalMinor,
      payments: [...payments],
      leaseUses: [...uses],
    },
    by,
  );
  const issued = tickets.map((ticket) => draft('TicketIssued', `ticket:${ticket.ticketId}`, ticket, by));
  return ok({
    drafts: [sale, ...issued, ...overridesOf(missing, input)],
    quote,
    changeMinor: command.tenderedMinor - quote.totalMinor,
    tickets,
  });
}

function refusedMoney(command: CompleteSale, totalMinor: number): SaleRefusal | null {
  const { expectedTotalMinor, tenderedMinor } = command;
  if (expectedTotalMinor !== totalMinor) {
    return { code: 'bad_input', data: { field: 'expectedTotalMinor', expectedTotalMinor, totalMinor } };
  }
  if (!Number.isSafeInteger(tenderedMinor) || tenderedMinor < 0 || tenderedMinor > TENDERED_MAX) {
    const value = Number.isFinite(tenderedMinor) ? tenderedMinor : 0;
    return { code: 'amount_out_of_range', data: { field: 'tenderedMinor', value, min: 0, max: TENDERED_MAX } };
  }
  return tenderedMinor < totalMinor ? { code: 'cash_below_total', data: { totalMinor, tenderedMinor } } : null;
}

/** The places a sale takes of the leases, or how many are left: asked before a guest pays, and again as it is sold. */
export function placesFor(
  lines: readonly QuotedLine[],
  state: Pick<SaleState, 'catalogue' | 'shares'>,
): Result<readonly LeaseUse[], SaleRefusal> {
  const drawn = drawPlaces(state.shares, needsOf(lines, state));
  return drawn.ok ? drawn : err({ code: 'share_exceeded', data: drawn.error });
}

/** Within the share, or past it in a supervisor's name: then what the share has is used up first. */
function drawnFor(lines: readonly QuotedLine[], { command, state }: SaleInput): Result<Drawn, SaleRefusal> {
  if (command.pastShare !== null) return ok(drawWhatIsThere(state.shares, needsOf(lines, state)));
  const drawn = placesFor(lines, state);
  return drawn.ok ? ok({ uses: drawn.value, missing: [] }) : drawn;
}

/** C3: what a sale took past the share, by name and with the reason, in the sale's own transaction. */
const overridesOf = (missing: readonly ShareExceeded[], { command }: SaleInput): readonly KnownDraft[] =>
  missing.map(({ date, slot, asked, left }) => {
    assert(command.pastShare, 'a sale goes past its share by name alone');
    const { actor, reason } = command.pastShare;
    const body = { kind: 'sold_past_share' as const, date, slot, places: asked - left, leaseId: null, reason };
    return draft('CapacityOverridden', `capacity:${date}/${slot}`, body, { actor, cause: command.commandId });
  });

/** Each line draws on its own slot alone: a timed entry has its own places and takes none of the day's. */
const needsOf = (lines: readonly QuotedLine[], state: Pick<SaleState, 'catalogue'>): readonly Need[] =>
  lines.map((line) => ({
    date: line.date,
    slot: line.slot,
    places: sold(line, state).unit.placesEach * line.quantity,
  }));

/** Nothing to pay and nothing handed over is no payment. */
const paymentsOf = (totalMinor: number, tenderedMinor: number): readonly CashPayment[] =>
  tenderedMinor === 0
    ? []
    : [{ method: 'cash', amountMinor: totalMinor, tenderedMinor, changeMinor: tenderedMinor - totalMinor }];

const saleLineOf = (line: QuotedLine, state: SaleState): SaleLine => ({
  ...line,
  placesEach: sold(line, state).unit.placesEach,
});

/** One ticket a unit: a family is one ticket with its whole party. */
function ticketsOf(line: QuotedLine, input: SaleInput): readonly TicketIssued[] {
  const found = sold(line, input.state);
  const window = ticketWindow(found.product, line, input.state.park);
  return Array.from({ length: line.quantity }, () => {
    const ticket: TicketToSign = {
      ticketId: input.newTicketId(),
      saleId: input.saleId,
      productId: line.productId,
      party: partyOf(found),
      parks: [input.state.parkId],
      date: line.date,
      slot: line.slot,
      issuedMs: Math.floor(input.nowMs / 1000) * 1000, // as a ticket code says it
      notBeforeMs: window.notBeforeMs,
      expiresMs: window.expiresMs,
      kid: input.kid,
      flags: 0,
    };
    return { ...ticket, code: input.signTicket(ticket) };
  });
}

const partyOf = ({ unit }: FoundUnit): Party =>
  Object.keys(unit.party)
    .sort()
    .map((unitId) => ({ unitId, count: unit.party[unitId] ?? 1 }));

function sold(line: QuotedLine, state: Pick<SaleState, 'catalogue'>): FoundUnit {
  const found = findUnit(state.catalogue, line.productId, line.unitId);
  assert(found.ok, `${line.productId}/${line.unitId} was quoted and is in the catalogue`);
  return found.value;
}
