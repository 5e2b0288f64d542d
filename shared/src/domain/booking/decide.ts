import type { CatalogueDocument } from '../../documents/catalogue-document.ts';
import type { ParkDocument } from '../../documents/park-document.ts';
import { draft, type KnownDraft } from '../../events/catalogue.ts';
import { assert } from '../../lib/assert.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { findUnit, type PricingRefusal } from '../pricing/price.ts';
import { type Quote, quoteLines } from '../pricing/quote.ts';
import { ticketWindow } from '../pricing/slots.ts';
import type { TicketIssued } from '../ticket/events.ts';
import type { CancelBooking, HoldBooking } from './commands.ts';
import type { BookingLine } from './events.ts';
import { type BookingState, placesEachOf } from './state.ts';

/** A hold keeps places from everybody else: not for longer than this. */
export const HOLD_MS_MAX = 24 * 60 * 60_000;

export type BookingRefusal =
  | PricingRefusal
  | { readonly code: 'no_places'; readonly data: NoPlaces }
  | { readonly code: 'booking_unknown'; readonly data: { readonly bookingId: string } }
  /** It is no more what the command needs: confirmed after it expired, and the like. */
  | { readonly code: 'booking_over'; readonly data: { readonly bookingId: string; readonly status: string } }
  /** Another booking has this id. */
  | { readonly code: 'booking_differs'; readonly data: { readonly bookingId: string } };

type NoPlaces = { readonly date: string; readonly slot: string; readonly asked: number; readonly left: number };

/** What HQ knows as it decides, read under the park's lock. */
export interface HoldInput {
  readonly command: HoldBooking;
  readonly state: BookingState;
  readonly catalogue: CatalogueDocument;
  readonly park: ParkDocument;
  readonly businessDate: string;
  readonly nowMs: number;
  /** What HQ has of a (date, slot); null where it set no capacity: then nothing is sold. */
  readonly leftOf: (date: string, slot: string) => number | null;
  readonly actor: string;
}

/** C1: sets places aside, all of them or none. The same hold again changes nothing. @returns null if it stands already */
export function decideHold(
  input: HoldInput,
): Result<{ readonly draft: KnownDraft | null; readonly quote: Quote }, BookingRefusal> {
  const { command, state } = input;
  const quoted = quoteLines({ ...input, lines: command.lines, trust: 'server' });
  if (!quoted.ok) return quoted;
  const lines = quoted.value.lines.map((line) => bookingLine(input.catalogue, line));
  if (state.status !== 'unknown') return repeatedHold(state, lines, quoted.value);
  const lacking = firstLacking(lines, input.leftOf);
  if (lacking) return err({ code: 'no_places', data: lacking });
  const { bookingId, channel } = command;
  const expiresMs = Math.min(command.expiresMs, input.nowMs + HOLD_MS_MAX);
  const held = draft('BookingHeld', `booking:${bookingId}`, { bookingId, channel, lines, expiresMs }, byOf(input));
  return ok({ draft: held, quote: quoted.value });
}

function repeatedHold(
  state: Exclude<BookingState, { status: 'unknown' }>,
  lines: readonly BookingLine[],
  quote: Quote,
) {
  const { bookingId, status } = state;
  if (JSON.stringify(lines.map(keyOf)) !== JSON.stringify(state.lines.map(keyOf))) {
    return err({ code: 'booking_differs' as const, data: { bookingId } });
  }
  if (status === 'expired' || status === 'cancelled') {
    return err({ code: 'booking_over' as const, data: { bookingId, status } });
  }
  return ok({ draft: null, quote });
}

const keyOf = ({ productId, unitId, quantity, date, slot }: BookingLine) => [productId, unitId, quantity, date, slot];

function bookingLine(catalogue: CatalogueDocument, line: Quote['lines'][number]): BookingLine {
  const { productId, unitId, quantity, date, slot } = line;
  const found = findUnit(catalogue, productId, unitId);
  assert(found.ok, `${productId}/${unitId} was quoted and is in the catalogue`);
  return { productId, unitId, quantity, date, slot, places: found.value.unit.placesEach * quantity };
}

function firstLacking(lines: readonly BookingLine[], leftOf: HoldInput['leftOf']): NoPlaces | null {
  for (const own of Map.groupBy(lines, ({ date, slot }) => `${date} ${slot}`).values()) {
    const [first] = own;
    assert(first, 'a group has a line');
    const { date, slot } = first;
    const asked = own.reduce((sum, line) => sum + line.places, 0);
    const left = leftOf(date, slot) ?? 0;
    if (asked > left) return { date, slot, asked, left };
  }
  return null;
}

/** What a ticket code says, before it is signed (T1). */
export type TicketToSign = Omit<TicketIssued, 'code'>;

export interface ConfirmInput {
  readonly bookingId: string;
  readonly state: BookingState;
  readonly catalogue: CatalogueDocument;
  readonly park: ParkDocument;
  readonly parkId: string;
  readonly nowMs: number;
  readonly kid: string;
  readonly newTicketId: () => string;
  readonly signTicket: (ticket: TicketToSign) => string;
  readonly actor: string;
}

/**
 * The buyer has it: `BookingConfirmed` and a signed ticket a unit, one transaction. A hold whose time is over is
 * confirmed only as long as nobody expired it: its places are still its own. @returns no drafts if it is confirmed
 */
export function decideConfirm(input: ConfirmInput): Result<readonly KnownDraft[], BookingRefusal> {
  const { bookingId, state } = input;
  if (state.status === 'unknown') return err({ code: 'booking_unknown', data: { bookingId } });
  if (state.status === 'confirmed') return ok([]);
  if (state.status !== 'held') return err({ code: 'booking_over', data: { bookingId, status: state.status } });
  const tickets: KnownDraft[] = [];
  for (const line of state.lines) {
    const found = findUnit(input.catalogue, line.productId, line.unitId);
    if (!found.ok) return found;
    const window = ticketWindow(found.value.product, line, input.park);
    const party = Object.keys(found.value.unit.party)
      .sort()
      .map((unitId) => ({ unitId, count: found.value.unit.party[unitId] ?? 1 }));
    for (let index = 0; index < line.quantity; index += 1) tickets.push(ticketDraft(input, { line, window, party }));
  }
  return ok([draft('BookingConfirmed', `booking:${bookingId}`, { bookingId }, byOf(input)), ...tickets]);
}

function ticketDraft(
  input: ConfirmInput,
  { line, window, party }: { line: BookingLine; window: ReturnType<typeof ticketWindow>; party: TicketIssued['party'] },
): KnownDraft {
  const ticket: TicketToSign = {
    ticketId: input.newTicketId(),
    saleId: input.bookingId,
    productId: line.productId,
    party,
    parks: [input.parkId],
    date: line.date,
    slot: line.slot,
    issuedMs: Math.floor(input.nowMs / 1000) * 1000, // as a ticket code says it
    notBeforeMs: window.notBeforeMs,
    expiresMs: window.expiresMs,
    kid: input.kid,
    flags: 0,
  };
  return draft('TicketIssued', `ticket:${ticket.ticketId}`, { ...ticket, code: input.signTicket(ticket) }, byOf(input));
}

export interface CancelInput {
  readonly command: CancelBooking;
  readonly state: BookingState;
  /** Its tickets that are not voided yet. */
  readonly ticketIds: readonly string[];
  readonly actor: string;
}

/** Gives a booking up; tickets of a confirmed one are voided in the same transaction, and their places come by C5. */
export function decideCancel({
  command,
  state,
  ticketIds,
  actor,
}: CancelInput): Result<readonly KnownDraft[], BookingRefusal> {
  const { bookingId, reason } = command;
  if (state.status === 'unknown') return err({ code: 'booking_unknown', data: { bookingId } });
  if (state.status === 'cancelled') return ok([]);
  if (state.status === 'expired') return err({ code: 'booking_over', data: { bookingId, status: 'expired' } });
  const by = byOf({ command, actor });
  const voids = ticketIds.map((ticketId) => draft('TicketVoided', `ticket:${ticketId}`, { ticketId, reason }, by));
  return ok([draft('BookingCancelled', `booking:${bookingId}`, { bookingId, reason }, by), ...voids]);
}

/** @returns null where there is nothing to expire */
export function decideExpire(state: BookingState, nowMs: number): KnownDraft | null {
  if (state.status !== 'held' || nowMs < state.expiresMs) return null;
  const { bookingId } = state;
  return draft('BookingExpired', `booking:${bookingId}`, { bookingId }, { actor: 'system' });
}

/** Places of a booking's lines of one (date, slot). */
export const bookedPlaces = (lines: readonly BookingLine[], date: string, slot: string): number =>
  lines.reduce((sum, line) => sum + (line.date === date && line.slot === slot ? line.places : 0), 0);

/** A booking's lines as its tickets were issued of them. */
export const ticketLinesOf = (lines: readonly BookingLine[]) =>
  lines.map((line) => ({ quantity: line.quantity, placesEach: placesEachOf(line) }));

const byOf = (input: {
  readonly actor: string;
  readonly command?: { readonly bookingId: string };
  readonly bookingId?: string;
}) => ({
  actor: input.actor,
  cause: input.command?.bookingId ?? input.bookingId ?? null,
});
