import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE, type KnownDraft, type KnownEvent } from '../../events/catalogue.ts';
import { schemaProblem } from '../../events/read-event.ts';
import { idFromBytes, type ShiftId } from '../../lib/ids.ts';
import type { CloseShift, MoveCash, OpenShift } from './commands.ts';
import { decideCloseShift, decideMoveCash, decideOpenShift } from './decide.ts';
import { evolveShift, initialShiftState, type ShiftState, shiftFromRows } from './state.ts';

const SHIFT = idFromBytes(new Uint8Array(10).fill(1)) as ShiftId;
const by = { actor: 'staff:aida', cause: 'command-1' };

/** What the log makes of a draft, as far as the drawer looks at it. */
const event = (draft: KnownDraft): KnownEvent => ({ ...draft, wallMs: 1000 }) as KnownEvent;
const fold = (...events: readonly KnownEvent[]): ShiftState => events.reduce(evolveShift, initialShiftState);

const open = (command: Partial<OpenShift> = {}, state: ShiftState = initialShiftState) =>
  decideOpenShift({
    state,
    command: { floatMinor: 5000, denominations: [], ...command },
    by,
    shiftId: SHIFT,
    staffId: 'aida',
    currency: 'KGS',
    businessDate: '2026-11-21',
  });
const move = (command: MoveCash, state: ShiftState) => decideMoveCash({ state, command, by });
const close = (command: CloseShift, state: ShiftState) => decideCloseShift({ state, command, by });

function opened(): KnownEvent {
  const decided = open();
  if (!decided.ok) throw new Error(decided.error.code);
  return event(decided.value);
}
function moved(amountMinor: number, state: ShiftState): KnownEvent {
  const decided = move({ amountMinor, reason: 'change' }, state);
  if (!decided.ok) throw new Error(decided.error.code);
  return event(decided.value);
}
const sale = (totalMinor: number, shiftId: string = SHIFT): KnownEvent =>
  ({
    type: 'SaleCompleted',
    body: { shiftId, totalMinor, payments: [{ method: 'cash', amountMinor: totalMinor }] },
  }) as unknown as KnownEvent;

describe('opening a shift', () => {
  it('puts the float on record under the next number', () => {
    const decided = open(
      { floatMinor: 700, denominations: [{ valueMinor: 100, count: 7 }] },
      {
        status: 'closed',
        lastNumber: 41,
      },
    );
    expect(decided).toMatchObject({ ok: true, value: { type: 'ShiftOpened', ...by } });
    expect(decided.ok && decided.value.body).toMatchObject({ number: 42, floatMinor: 700, staffId: 'aida' });
    expect(decided.ok && schemaProblem(EVENT_CATALOGUE.ShiftOpened[1], decided.value.body)).toBeNull();
  });

  it('is refused while another is open', () => {
    expect(open({}, fold(opened()))).toEqual({
      ok: false,
      error: { code: 'shift_already_open', data: { staffId: 'aida', number: 1 } },
    });
  });

  it('is refused when notes and coins do not come to the float', () => {
    expect(open({ floatMinor: 600, denominations: [{ valueMinor: 100, count: 7 }] })).toEqual({
      ok: false,
      error: { code: 'bad_input', data: { field: 'denominations', floatMinor: 600, countedMinor: 700 } },
    });
  });

  it.each([
    ['a negative float', { floatMinor: -1 }, 'amount_out_of_range'],
    ['a fraction of a tyiyn', { floatMinor: 0.5 }, 'amount_out_of_range'],
    ['a coin worth nothing', { denominations: [{ valueMinor: 0, count: 1 }] }, 'amount_out_of_range'],
    ['less than no notes', { denominations: [{ valueMinor: 100, count: -1 }] }, 'amount_out_of_range'],
    [
      'one note counted twice',
      {
        denominations: [
          { valueMinor: 2500, count: 1 },
          { valueMinor: 2500, count: 1 },
        ],
      },
      'bad_input',
    ],
  ])('is refused with %s', (_, command, code) => {
    expect(open(command)).toMatchObject({ ok: false, error: { code } });
  });
});

describe('moving cash', () => {
  it('needs an open shift, an amount the drawer can give, and a reason', () => {
    const state = fold(opened());
    expect(move({ amountMinor: 1, reason: 'x' }, initialShiftState)).toMatchObject({
      error: { code: 'no_open_shift' },
    });
    expect(move({ amountMinor: -5001, reason: 'bank' }, state)).toMatchObject({
      error: { code: 'amount_out_of_range', data: { field: 'amountMinor', value: -5001, min: -5000 } },
    });
    expect(move({ amountMinor: 0, reason: 'bank' }, state)).toMatchObject({ error: { code: 'amount_out_of_range' } });
    expect(move({ amountMinor: -5000, reason: '  ' }, state)).toEqual({
      ok: false,
      error: { code: 'reason_needed', data: {} },
    });
    const long = move({ amountMinor: -5000, reason: '\u{1f3a1}'.repeat(501) }, state);
    expect(long).toMatchObject({ value: { body: { reason: '\u{1f3a1}'.repeat(500) } } });
    expect(move({ amountMinor: -5000, reason: ' bank ' }, state)).toMatchObject({
      ok: true,
      value: { type: 'CashMoved', body: { shiftId: SHIFT, amountMinor: -5000, reason: 'bank' } },
    });
  });
});

describe('closing a shift', () => {
  const day = (): ShiftState => {
    const state = fold(opened(), sale(40_000), sale(110_000), sale(9_999, 'another'));
    return evolveShift(state, moved(-20_000, state));
  };

  it('M1: expects the float, cash sales of this shift and what was moved, and nothing else', () => {
    const decided = close({ denominations: [{ valueMinor: 1000, count: 135 }], reason: '' }, day());
    expect(decided.ok && decided.value.body).toMatchObject({
      expectedMinor: 135_000,
      countedMinor: 135_000,
      differenceMinor: 0,
      salesCount: 2,
    });
    expect(decided.ok && schemaProblem(EVENT_CATALOGUE.ShiftClosed[1], decided.value.body)).toBeNull();
  });

  it('asks for a reason when the count differs, and records it', () => {
    const denominations = [{ valueMinor: 1000, count: 134 }];
    expect(close({ denominations, reason: ' ' }, day())).toEqual({
      ok: false,
      error: {
        code: 'reason_needed',
        data: { expectedMinor: 135_000, countedMinor: 134_000, differenceMinor: -1000 },
      },
    });
    expect(close({ denominations, reason: 'torn note' }, day())).toMatchObject({
      ok: true,
      value: { body: { differenceMinor: -1000, reason: 'torn note' } },
    });
  });

  it('is refused without an open shift, and the next shift has the next number', () => {
    expect(close({ denominations: [], reason: '' }, initialShiftState)).toMatchObject({
      error: { code: 'no_open_shift' },
    });
    const decided = close({ denominations: [{ valueMinor: 1000, count: 135 }], reason: '' }, day());
    if (!decided.ok) throw new Error(decided.error.code);
    expect(evolveShift(day(), event(decided.value))).toEqual({ status: 'closed', lastNumber: 1 });
  });

  it('stands the same whether folded from events or read from its rows', () => {
    const shift = {
      shift_id: SHIFT,
      number: 1,
      staff_id: 'aida',
      currency: 'KGS',
      float_minor: 5000,
      opened_ms: 1000,
    };
    const totals = { sales_count: 2, sales_minor: 150_000, cash_minor: 150_000, moved_minor: -20_000 };
    expect(shiftFromRows({ shift, totals })).toEqual(day());
    expect(shiftFromRows({ shift, totals: undefined })).toEqual(fold(opened()));
  });
});
