import {
  decideCloseShift,
  decideMoveCash,
  decideOpenShift,
  type ShiftRefusal,
} from '@skygate/shared/domain/shift/decide';
import { expectedMinor, type OpenShiftState } from '@skygate/shared/domain/shift/state';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { assert } from '@skygate/shared/lib/assert';
import { ID_BYTES, idFromBytes, type ShiftId } from '@skygate/shared/lib/ids';
import type { Result } from '@skygate/shared/lib/result';
import type { Problem, Reply } from '../../rpc-contract/kiosk-api.ts';
import type { StaffMember } from '../../rpc-contract/status-view.ts';
import type { DenominationCount, ShiftReport, ShiftView } from '../../rpc-contract/till-view.ts';
import { type Actor, actorFor, problem, refused, said, storeProblem } from './command-context.ts';
import type { SellContext } from './sell.ts';

export interface ShiftContext extends SellContext {
  /** A member of staff by id, also one who has left. */
  staffOf(staffId: string): StaffMember;
}

export function openShift(
  context: ShiftContext,
  command: { readonly floatMinor: number; readonly denominations: readonly DenominationCount[] },
): Reply<ShiftView> {
  return withDrawer(context, (actor) => {
    const { identity, businessDate, park, person } = actor;
    const state = context.till.shift(identity);
    const shiftId = idFromBytes(context.random.bytes(ID_BYTES)) as ShiftId;
    const by = { actor: actor.actor, cause: null };
    const { currency } = park;
    const { staffId } = person;
    const decided = decideOpenShift({ state, command, by, shiftId, staffId, currency, businessDate });
    return record(context, decided, () => {
      const opened = context.till.shift(identity);
      assert(opened.status === 'open', 'the shift that was opened is open');
      return shiftView(context, opened);
    });
  });
}

export function moveCash(
  context: ShiftContext,
  command: { readonly commandId: string; readonly amountMinor: number; readonly reason: string },
): Reply<null> {
  return withDrawer(context, (actor) => {
    const { commandId } = command;
    const done = context.eventLog.eventOfCommand(commandId);
    if (done === 'pruned') return refused(problem('done_before'));
    if (done !== null)
      return isMoveOf(done, command) ? said(null) : refused(problem('bad_input', { field: 'commandId' }));
    const state = context.till.shift(actor.identity);
    const decided = decideMoveCash({ state, command, by: { actor: actor.actor, cause: commandId } });
    return record(context, decided, () => null, commandId);
  });
}

export function closeShift(
  context: ShiftContext,
  command: { readonly denominations: readonly DenominationCount[]; readonly reason: string },
): Reply<ShiftReport> {
  return withDrawer(context, (actor) => {
    const state = context.till.shift(actor.identity);
    const decided = decideCloseShift({ state, command, by: { actor: actor.actor, cause: null } });
    return record(context, decided, (draft) => {
      assert(state.status === 'open' && draft.type === 'ShiftClosed', 'an open shift was closed');
      const { countedMinor, differenceMinor, reason } = draft.body;
      const { acknowledged } = context.eventLog.position();
      return {
        shift: shiftView(context, state),
        closedMs: actor.nowMs,
        currency: state.currency,
        cashSalesMinor: state.cashMinor,
        movedMinor: state.movedMinor,
        expectedMinor: expectedMinor(state),
        countedMinor,
        differenceMinor,
        reason,
        salesWaiting: context.till.salesWaiting(actor.identity, state.shiftId, acknowledged),
      };
    });
  });
}

export const shiftView = (context: Pick<ShiftContext, 'staffOf'>, shift: OpenShiftState): ShiftView => ({
  shiftId: shift.shiftId,
  number: shift.number,
  staff: context.staffOf(shift.staffId),
  openedMs: shift.openedMs,
  floatMinor: shift.floatMinor,
  salesCount: shift.salesCount,
  salesMinor: shift.salesMinor,
});

function withDrawer<Value>(context: ShiftContext, work: (actor: Actor) => Reply<Value>): Reply<Value> {
  const actor = actorFor(context, 'sell');
  return actor.ok ? work(actor.value) : refused(actor.error);
}

/** Whether an event is what this very command led to: an id that comes back for something else is a mistake. */
function isMoveOf(done: Event, command: { readonly amountMinor: number; readonly reason: string }): boolean {
  const read = readEvent(done);
  return read.ok && read.value.type === 'CashMoved' && read.value.body.amountMinor === command.amountMinor;
}

/** Appends what was decided; the answer is made once it is on disk (K1). */
function record<Value>(
  context: ShiftContext,
  decided: Result<KnownDraft, ShiftRefusal>,
  answer: (draft: KnownDraft) => Value,
  commandId?: string,
): Reply<Value> {
  if (!decided.ok) return refused({ code: decided.error.code, data: decided.error.data as Problem['data'] });
  const written = context.eventLog.append([decided.value], commandId === undefined ? {} : { commandId });
  return written.ok ? said(answer(decided.value)) : refused(storeProblem(written.error));
}
