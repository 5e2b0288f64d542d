import { draft, type KnownDraft } from '../../events/catalogue.ts';
import type { ShiftId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { CloseShift, MoveCash, OpenShift } from './commands.ts';
import type { DenominationCount, ShiftClosed } from './events.ts';
import { expectedMinor, type OpenShiftState, type ShiftState } from './state.ts';

/** Why a drawer is not opened, changed or closed. The codes are those the screens have sentences for. */
export type ShiftRefusal =
  | { readonly code: 'no_open_shift'; readonly data: Readonly<Record<string, never>> }
  | { readonly code: 'shift_already_open'; readonly data: { readonly staffId: string; readonly number: number } }
  | {
      readonly code: 'amount_out_of_range';
      readonly data: { readonly field: string; readonly value: number; readonly min: number; readonly max: number };
    }
  | { readonly code: 'bad_input'; readonly data: { readonly field: 'denominations'; readonly why: string } }
  | { readonly code: 'bad_input'; readonly data: DenominationsDiffer }
  | { readonly code: 'reason_needed'; readonly data: ReasonNeeded };

type DenominationsDiffer = {
  readonly field: 'denominations';
  readonly floatMinor: number;
  readonly countedMinor: number;
};

/** Empty for cash moved; for a drawer that does not tie out, the amounts. */
type ReasonNeeded =
  | Readonly<Record<string, never>>
  | { readonly expectedMinor: number; readonly countedMinor: number; readonly differenceMinor: number };

/** Who does it: `staff:<id>`, and the command it answers. */
export interface ShiftActor {
  readonly actor: string;
  readonly cause: string | null;
}

export const DRAWER_MAX = 1_000_000_000_000;
const DENOMINATIONS_MAX = 30;
const REASON_MAX = 500;

export interface OpenShiftInput {
  readonly state: ShiftState;
  readonly command: OpenShift;
  readonly by: ShiftActor;
  readonly shiftId: ShiftId;
  readonly staffId: string;
  readonly currency: string;
  readonly businessDate: string;
}

/** One drawer, one shift at a time; its number is the till's next. */
export function decideOpenShift(input: OpenShiftInput): Result<KnownDraft, ShiftRefusal> {
  const { state, command } = input;
  if (state.status === 'open') {
    return err({ code: 'shift_already_open', data: { staffId: state.staffId, number: state.number } });
  }
  const { floatMinor } = command;
  if (!isAmount(floatMinor)) return err(outOfRange('floatMinor', floatMinor, 0));
  const counted = countedOf(command.denominations);
  if (!counted.ok) return counted;
  if (command.denominations.length > 0 && counted.value !== floatMinor) {
    return err({ code: 'bad_input', data: { field: 'denominations', floatMinor, countedMinor: counted.value } });
  }
  const body = {
    shiftId: input.shiftId,
    number: state.lastNumber + 1,
    staffId: input.staffId,
    businessDate: input.businessDate,
    currency: input.currency,
    floatMinor,
    denominations: plain(command.denominations),
  };
  return ok(draft('ShiftOpened', `shift:${input.shiftId}`, body, input.by));
}

export interface ShiftInput<Command> {
  readonly state: ShiftState;
  readonly command: Command;
  readonly by: ShiftActor;
}

/** Never more out than the drawer should hold, and never without a reason. */
export function decideMoveCash(input: ShiftInput<MoveCash>): Result<KnownDraft, ShiftRefusal> {
  const { state, command } = input;
  if (state.status === 'closed') return err({ code: 'no_open_shift', data: {} });
  const { amountMinor } = command;
  const inDrawer = expectedMinor(state);
  const fits = Number.isSafeInteger(amountMinor) && amountMinor !== 0 && amountMinor <= DRAWER_MAX - inDrawer;
  if (!fits || amountMinor < -inDrawer) return err(outOfRange('amountMinor', amountMinor, -inDrawer));
  const reason = reasonOf(command.reason);
  if (reason === '') return err({ code: 'reason_needed', data: {} });
  const body = { shiftId: state.shiftId, amountMinor, reason };
  return ok(draft('CashMoved', `shift:${state.shiftId}`, body, input.by));
}

/** M1: counted against float + cash sales + moved; a difference is put on record with its reason or not at all. */
export function decideCloseShift(input: ShiftInput<CloseShift>): Result<KnownDraft, ShiftRefusal> {
  const { state, command } = input;
  if (state.status === 'closed') return err({ code: 'no_open_shift', data: {} });
  const counted = countedOf(command.denominations);
  if (!counted.ok) return counted;
  const body = closingOf(state, counted.value, command);
  if (body.differenceMinor !== 0 && body.reason === '') {
    const { expectedMinor: expected, countedMinor, differenceMinor } = body;
    return err({ code: 'reason_needed', data: { expectedMinor: expected, countedMinor, differenceMinor } });
  }
  return ok(draft('ShiftClosed', `shift:${state.shiftId}`, body, input.by));
}

function closingOf(state: OpenShiftState, countedMinor: number, command: CloseShift): ShiftClosed {
  const expected = expectedMinor(state);
  return {
    shiftId: state.shiftId,
    currency: state.currency,
    countedMinor,
    expectedMinor: expected,
    differenceMinor: countedMinor - expected,
    salesCount: state.salesCount,
    denominations: plain(command.denominations),
    reason: reasonOf(command.reason),
  };
}

/** What notes and coins come to. Each value once: a value counted twice is a slip of the finger. */
function countedOf(denominations: readonly DenominationCount[]): Result<number, ShiftRefusal> {
  if (denominations.length > DENOMINATIONS_MAX) return err(badDenominations(`more than ${DENOMINATIONS_MAX} values`));
  const values = new Set<number>();
  let sum = 0;
  for (const { valueMinor, count } of denominations) {
    if (!isAmount(valueMinor) || valueMinor === 0) return err(outOfRange('valueMinor', valueMinor, 1));
    if (!Number.isSafeInteger(count) || count < 0 || count > 1_000_000) return err(outOfRange('count', count, 0));
    if (values.has(valueMinor)) return err(badDenominations(`${valueMinor} is there twice`));
    values.add(valueMinor);
    sum += valueMinor * count;
    if (!isAmount(sum)) return err(outOfRange('denominations', sum, 0));
  }
  return ok(sum);
}

const isAmount = (minor: number): boolean => Number.isSafeInteger(minor) && minor >= 0 && minor <= DRAWER_MAX;

const plain = (denominations: readonly DenominationCount[]): DenominationCount[] =>
  denominations.map(({ valueMinor, count }) => ({ valueMinor, count }));

/** In characters, as the event's schema counts them: cut in the middle of one, it would be no text any more. */
const reasonOf = (reason: string): string => [...reason.trim()].slice(0, REASON_MAX).join('');

const badDenominations = (why: string): ShiftRefusal => ({ code: 'bad_input', data: { field: 'denominations', why } });

const outOfRange = (field: string, value: number, min: number): ShiftRefusal => ({
  code: 'amount_out_of_range',
  data: { field, value: Number.isFinite(value) ? value : 0, min, max: field === 'count' ? 1_000_000 : DRAWER_MAX },
});
