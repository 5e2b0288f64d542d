import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { CancelBooking, HoldBooking } from '@skygate/shared/domain/booking/commands';
import {
  type BookingRefusal,
  decideCancel,
  decideConfirm,
  decideExpire,
  decideHold,
} from '@skygate/shared/domain/booking/decide';
import { placesLeft } from '@skygate/shared/domain/capacity/decide';
import { claimsAsSigned } from '@skygate/shared/domain/ticket/ticket-claims';
import { signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { assert } from '@skygate/shared/lib/assert';
import { ID_BYTES, idFromBytes, type ParkId } from '@skygate/shared/lib/ids';
import { businessDateOf } from '@skygate/shared/lib/local-time';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Writer } from '../../db/database.ts';
import { appendHqEvents, type HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import { readyToSign } from '../../hq-node/signing-key-in-use.ts';
import { maySellOnline, type RecoveryWait } from '../../restore/may-sell-online.ts';
import { type DayPlaces, dayPlacesOf } from '../capacity/capacity-state.ts';
import { bookingOf, ticketsOfBooking } from './booking-rows.ts';

export type BookingProblem =
  | BookingRefusal
  /** E8: kiosks of a restored park have not all told what they hold. */
  | { readonly code: 'reports_missing'; readonly data: RecoveryWait }
  /** T1: HQ has no ticket key that may sign here. */
  | { readonly code: 'no_ticket_key'; readonly data: Readonly<Record<string, never>> }
  | { readonly code: 'no_documents'; readonly data: Readonly<Record<string, never>> };

type Decided = Result<readonly KnownDraft[], BookingProblem>;

/** C1: places set aside under the park's lock, so that of any number of callers for the last ones one gets them. */
export function holdBooking(
  deps: HqNodeDeps,
  ask: { readonly park: ParkId; readonly command: HoldBooking; readonly actor: string },
): Promise<Result<null, BookingProblem>> {
  return decideUnderLock(deps, ask.park, async (tx, { park, catalogue }) => {
    const may = await maySellOnline(tx, ask.park);
    if (!may.ok) return err({ code: 'reports_missing', data: may.error });
    const nowMs = deps.clock.nowMs();
    const days = new Map<string, DayPlaces>();
    for (const { date } of ask.command.lines) {
      if (!days.has(date)) days.set(date, await dayPlacesOf(tx, { park: ask.park, date, nowMs }));
    }
    const leftOf = (date: string, slot: string): number | null => {
      const state = days.get(date)?.stateOf(slot);
      return state && state.capacity !== null ? placesLeft(state) : null;
    };
    const businessDate = businessDateOf(nowMs, park.timeZone, park.cutOffHour);
    const state = await bookingOf(tx, ask.park, ask.command.bookingId);
    const { command, actor } = ask;
    const decided = decideHold({ command, state, catalogue, park, businessDate, nowMs, leftOf, actor });
    return decided.ok ? ok(decided.value.draft ? [decided.value.draft] : []) : decided;
  });
}

/**
 * The buyer has it: its tickets, signed by HQ's key, are of the same transaction. That is a sale: after a restore the hold
 * may have ended in the part that was lost, and its places be sold to others (E8).
 */
export async function confirmBooking(
  deps: HqNodeDeps,
  ask: { readonly park: ParkId; readonly bookingId: string; readonly actor: string },
): Promise<Result<null, BookingProblem>> {
  const signingKey = await readyToSign(deps, ask.park);
  return decideUnderLock(deps, ask.park, async (tx, { park, catalogue }) => {
    const state = await bookingOf(tx, ask.park, ask.bookingId);
    const isSale = state.status === 'held';
    const may = await maySellOnline(tx, ask.park);
    if (isSale && !may.ok) return err({ code: 'reports_missing', data: may.error });
    const key = await signingKey(tx);
    if (isSale && !key) return err({ code: 'no_ticket_key', data: {} });
    return decideConfirm({
      bookingId: ask.bookingId,
      state,
      catalogue,
      park,
      parkId: ask.park,
      nowMs: deps.clock.nowMs(),
      kid: key?.kid ?? '',
      newTicketId: () => idFromBytes(deps.random.bytes(ID_BYTES)),
      signTicket: (ticket) => {
        assert(key, 'only a held booking gets tickets');
        return signTicketCode(deps.crypto, claimsAsSigned(ticket), key);
      },
      actor: ask.actor,
    });
  });
}

/** Gives a booking up; tickets of a confirmed one are voided with it. */
export function cancelBooking(
  deps: HqNodeDeps,
  ask: { readonly park: ParkId; readonly command: CancelBooking; readonly actor: string },
): Promise<Result<null, BookingProblem>> {
  const { command, actor } = ask;
  return decideUnderLock(deps, ask.park, async (tx) => {
    const tickets = await ticketsOfBooking(tx, ask.park, command.bookingId);
    const ticketIds = tickets.filter(({ voided }) => !voided).map(({ ticketId }) => ticketId);
    return decideCancel({ command, state: await bookingOf(tx, ask.park, command.bookingId), ticketIds, actor });
  });
}

/** A hold whose time is over frees its places; one that was confirmed meanwhile stays. */
export async function expireBooking(deps: HqNodeDeps, park: ParkId, bookingId: string): Promise<void> {
  await appendHqEvents(deps, park, async (tx) => {
    const expired = decideExpire(await bookingOf(tx, park, bookingId), deps.clock.nowMs());
    return { drafts: expired ? [expired] : [] };
  });
}

interface Documents {
  readonly park: ParkDocument;
  readonly catalogue: CatalogueDocument;
}

/** Runs a decision under the park's lock and appends what it came to, or nothing. */
async function decideUnderLock(
  deps: HqNodeDeps,
  park: ParkId,
  decide: (tx: Writer, documents: Documents) => Promise<Decided>,
): Promise<Result<null, BookingProblem>> {
  let refusal: BookingProblem | null = null;
  await appendHqEvents(deps, park, async (tx) => {
    const { value: document } = await deps.documents.load(tx, park, 'park');
    const { value: catalogue } = await deps.documents.load(tx, park, 'catalogue');
    const decided: Decided =
      document && catalogue
        ? await decide(tx, { park: document, catalogue })
        : err({ code: 'no_documents' as const, data: {} });
    if (!decided.ok) refusal = decided.error;
    return { drafts: decided.ok ? decided.value : [] };
  });
  return refusal === null ? ok(null) : err(refusal);
}
