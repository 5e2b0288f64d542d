import { quoteLines } from '@skygate/shared/domain/pricing/quote';
import { type DecidedSale, decideSale, placesFor } from '@skygate/shared/domain/sale/decide';
import { signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import type { Event } from '@skygate/shared/events/envelope';
import { ID_BYTES, idFromBytes, type SaleId, type TicketId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { NodeKey } from '@skygate/shared/sync/chain';
import type { Problem, Reply } from '../../rpc-contract/kiosk-api.ts';
import type { SaleLineInput, SaleQuote, SaleReceipt } from '../../rpc-contract/till-view.ts';
import { draftsProblem, type TooLarge } from '../event-log/append-own.ts';
import { readTransaction } from '../event-log/open-database.ts';
import type { StoredEvents } from '../event-log/stored-event.ts';
import type { TillKnowledge } from '../read-models/till-knowledge.ts';
import type { CheckPin } from '../staff/check-pin.ts';
import { type Actor, actorFor, type CommandContext, problem, refused, said, storeProblem } from './command-context.ts';
import { receiptOf } from './receipt.ts';

export interface SellContext extends CommandContext {
  readonly till: TillKnowledge;
  readonly storedEvents: StoredEvents;
  nameOf(actor: string): string;
  readonly checkPin: CheckPin;
}

export interface PastShareInput {
  readonly staffId: string;
  readonly pin: string;
  readonly reason: string;
}

/** What a sale is decided on: the PIN is checked by now and goes no further. */
type CheckedSale = Omit<CompleteSaleInput, 'pastShare'> & {
  readonly pastShare: { readonly actor: string; readonly reason: string } | null;
};

export interface CompleteSaleInput {
  readonly commandId: string;
  readonly lines: readonly SaleLineInput[];
  readonly tenderedMinor: number;
  readonly expectedTotalMinor: number;
  /** C3: a supervisor, by PIN and with a reason, lets the sale go past this till's share. */
  readonly pastShare?: PastShareInput;
}

const SALES_LISTED = 50;
const NO_ID = idFromBytes(new Uint8Array(ID_BYTES));

/** What a basket costs, or why this till cannot sell it: said before the guest pays, not after (C1). */
export function quoteSale(
  context: SellContext,
  { lines, pastShare = false }: { readonly lines: readonly SaleLineInput[]; readonly pastShare?: boolean },
): Reply<SaleQuote> {
  const actor = actorFor(context, 'sell');
  if (!actor.ok) return refused(actor.error);
  if (context.signingKey() === null) return refused(problem('no_ticket_key'));
  const { identity, catalogue, businessDate } = actor.value;
  const quote = quoteLines({ ...actor.value, lines, trust: context.clock.trust() });
  if (!quote.ok) return refused(problemOf(quote.error));
  const tooLarge = sizeProblem(context, actor.value, { lines, totalMinor: quote.value.totalMinor });
  if (tooLarge !== null) return refused(storeProblem(tooLarge));
  if (pastShare) return said(quote.value);
  const shares = context.till.shares(identity, businessDate, context.clock.nowMs());
  const places = placesFor(quote.value.lines, { catalogue, shares });
  return places.ok ? said(quote.value) : refused(problemOf(places.error));
}

/** As long as the screen's. */
const NO_COMMAND = '-'.repeat(16);
const NO_SIGNATURE = new Uint8Array(64);
/** As much of what the event says of why as there can be: a reason stands beside the log and is named in it (E5). */
const NO_REASON = '-'.repeat(64);

/** Whether the sale would be too large to be written at once (M1, S2): told before the guest pays. Nothing is signed. */
function sizeProblem(
  context: SellContext,
  actor: Actor,
  { lines, totalMinor }: { readonly lines: readonly SaleLineInput[]; readonly totalMinor: number },
): TooLarge | null {
  const signingKey = context.signingKey();
  if (signingKey === null) return null;
  const unsigned = { ...context.crypto, sign: () => NO_SIGNATURE };
  const decided = decideSale({
    ...saleInput(context, actor, signingKey),
    command: {
      commandId: NO_COMMAND,
      lines,
      tenderedMinor: totalMinor,
      expectedTotalMinor: totalMinor,
      // Within the share or past it: places are another question.
      pastShare: { actor: actor.actor, reason: NO_REASON },
    },
    saleId: NO_ID as SaleId,
    newTicketId: () => NO_ID as TicketId,
    signTicket: (ticket) => signTicketCode(unsigned, ticket, signingKey),
  });
  if (!decided.ok) return null;
  const { clock, eventLog } = context;
  return draftsProblem(decided.value.drafts, { hlc: eventLog.hlc(), wallMs: clock.nowMs(), trust: clock.trust() });
}

/**
 * Sells for cash: money, tickets and what it takes of the leases in one transaction (K1, M1, C1). The receipt is made
 * from what is on disk; a repeated call finds it there and sells nothing, also when the receipt is let go (`done_before`, K4).
 */
export async function completeSale(context: SellContext, command: CompleteSaleInput): Promise<Reply<SaleReceipt>> {
  const checked = await checkedSale(context, command);
  return checked.ok ? sell(context, checked.value) : refused(checked.error);
}

/** C3: only a supervisor's own PIN and a reason go past the share; a sale that is made already asks for neither again. */
async function checkedSale(
  context: SellContext,
  { pastShare, ...command }: CompleteSaleInput,
): Promise<Result<CheckedSale, Problem>> {
  if (!pastShare || context.eventLog.eventOfCommand(command.commandId) !== null) {
    return ok({ ...command, pastShare: null });
  }
  const reason = pastShare.reason.trim();
  if (reason === '') return err(problem('reason_needed'));
  const person = await context.checkPin(pastShare);
  if (!person.ok) return person;
  if (person.value.role !== 'supervisor') return err(problem('not_permitted', { role: person.value.role }));
  return ok({ ...command, pastShare: { actor: `staff:${person.value.staffId}`, reason } });
}

function sell(context: SellContext, command: CheckedSale): Reply<SaleReceipt> {
  const judged = readTransaction(context.database, () => judge(context, command));
  if (!judged.ok) return refused(judged.error);
  if ('receipt' in judged.value) return said(judged.value.receipt);
  const { decided, actor } = judged.value;
  const { commandId } = command;
  const written = context.eventLog.append(decided.drafts, { commandId });
  if (!written.ok) return refused(storeProblem(written.error));
  return said(receiptOf(written.value, { ...context, catalogue: actor.catalogue }));
}

type Judged = { readonly receipt: SaleReceipt } | { readonly decided: DecidedSale; readonly actor: Actor };

/** All that a sale reads: the receipt, if the command was carried out before, else what is to be written. */
function judge(context: SellContext, command: CheckedSale): Result<Judged, Problem> {
  const actor = actorFor(context, 'sell');
  if (!actor.ok) return actor;
  const done = context.eventLog.eventOfCommand(command.commandId);
  if (done === 'pruned') return err(problem('done_before'));
  if (done !== null) {
    const receipt = receiptAt(context, actor.value, { done, command });
    return receipt.ok ? ok({ receipt: receipt.value }) : err(receipt.problem);
  }
  const signingKey = context.signingKey();
  if (signingKey === null) return err(problem('no_ticket_key'));
  const saleId = idFromBytes(context.random.bytes(ID_BYTES)) as SaleId;
  const decided = decideSale({ command, saleId, ...saleInput(context, actor.value, signingKey) });
  return decided.ok ? ok({ decided: decided.value, actor: actor.value }) : err(problemOf(decided.error));
}

/**
 * The sales of the open shift, or the till's newest where no shift is open; newest first. Those are left out whose events
 * are gone from here: pruned (K4), or of a past that was recorded again (E6).
 */
export function listSales(context: SellContext): Reply<readonly SaleReceipt[]> {
  const actor = actorFor(context, 'sell');
  if (!actor.ok) return refused(actor.error);
  const { identity, catalogue } = actor.value;
  const shift = context.till.shift(identity);
  const places =
    shift.status === 'open'
      ? context.till.salesOfShift(identity, shift.shiftId, SALES_LISTED)
      : context.till.newestSales(identity, SALES_LISTED);
  const receipts = new Map<string, SaleReceipt>();
  for (const place of places) {
    const events = context.storedEvents.readGroup(place, place.seq);
    if (events[0]?.type !== 'SaleCompleted') continue;
    const receipt = receiptOf(ofFirstSale(events), { ...context, catalogue });
    receipts.set(receipt.saleId, receipt);
  }
  return said([...receipts.values()]);
}

/** What an earlier epoch wrote came back in runs of many transactions, under one seal. */
function ofFirstSale(events: readonly Event[]): readonly Event[] {
  const next = events.findIndex(({ type }, index) => index > 0 && type === 'SaleCompleted');
  return next === -1 ? events : events.slice(0, next);
}

function saleInput(context: SellContext, actor: Actor, signingKey: NodeKey) {
  const { till, random, crypto, clock } = context;
  const { identity, park, catalogue, businessDate, nowMs } = actor;
  const shift = till.shift(identity);
  const shares = till.shares(identity, businessDate, clock.nowMs());
  return {
    state: {
      parkId: identity.park,
      park,
      catalogue,
      businessDate,
      shift: shift.status === 'open' ? shift : null,
      shares,
    },
    nowMs,
    trust: clock.trust(),
    number: till.nextSaleNumber(identity),
    actor: actor.actor,
    kid: signingKey.kid,
    newTicketId: () => idFromBytes(random.bytes(ID_BYTES)) as TicketId,
    signTicket: (ticket: Parameters<typeof signTicketCode>[1]) => signTicketCode(crypto, ticket, signingKey),
  };
}

/** The receipt of a sale that was made before; a command that asks for something else under its id is a mistake. */
function receiptAt(
  context: SellContext,
  { catalogue }: Actor,
  { done, command }: { readonly done: Event; readonly command: CheckedSale },
): Reply<SaleReceipt> {
  const group = done.type === 'SaleCompleted' ? context.storedEvents.readGroup(done, done.seq) : [];
  const receipt = group.length > 0 ? receiptOf(group, { ...context, catalogue }) : null;
  if (receipt === null || !isSaleOf(receipt, command)) return refused(problem('bad_input', { field: 'commandId' }));
  return said(receipt);
}

function isSaleOf({ quote, tenderedMinor }: SaleReceipt, command: CheckedSale): boolean {
  const keyOf = ({ productId, unitId, quantity, date, slot }: SaleLineInput) =>
    JSON.stringify([productId, unitId, quantity, date, slot]);
  return (
    quote.totalMinor === command.expectedTotalMinor &&
    tenderedMinor === command.tenderedMinor &&
    quote.lines.map(keyOf).join() === command.lines.map(keyOf).join()
  );
}

/** The rules' codes are those of the screens. */
const problemOf = ({ code, data }: { code: Problem['code']; data: object }): Problem => ({
  code,
  data: data as Problem['data'],
});
