import type { KnownEvent } from '../../events/catalogue.ts';

export interface OpenShiftState {
  readonly status: 'open';
  readonly shiftId: string;
  readonly number: number;
  readonly staffId: string;
  readonly currency: string;
  readonly openedMs: number;
  readonly floatMinor: number;
  readonly salesCount: number;
  readonly salesMinor: number;
  /** What sales put into the drawer. */
  readonly cashMinor: number;
  /** Cash moved in, less cash moved out. */
  readonly movedMinor: number;
}

/** The one drawer of a till: nobody's, or one cashier's. */
export type ShiftState = { readonly status: 'closed'; readonly lastNumber: number } | OpenShiftState;

export const initialShiftState: ShiftState = { status: 'closed', lastNumber: 0 };

/** What should be in the drawer: the float, cash sales and what was moved. */
export const expectedMinor = (shift: OpenShiftState): number => shift.floatMinor + shift.cashMinor + shift.movedMinor;

/** The drawer after an event of its own till; others change nothing. */
export function evolveShift(state: ShiftState, event: KnownEvent): ShiftState {
  if (event.type === 'ShiftOpened') {
    const { shiftId, number, staffId, currency, floatMinor } = event.body;
    const opened = { shiftId, number, staffId, currency, floatMinor, openedMs: event.wallMs };
    return { status: 'open', ...opened, salesCount: 0, salesMinor: 0, cashMinor: 0, movedMinor: 0 };
  }
  if (state.status === 'closed') return state;
  if (event.type === 'SaleCompleted' && event.body.shiftId === state.shiftId) {
    const cash = event.body.payments.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    return {
      ...state,
      salesCount: state.salesCount + 1,
      salesMinor: state.salesMinor + event.body.totalMinor,
      cashMinor: state.cashMinor + cash,
    };
  }
  if (event.type === 'CashMoved' && event.body.shiftId === state.shiftId) {
    return { ...state, movedMinor: state.movedMinor + event.body.amountMinor };
  }
  if (event.type === 'ShiftClosed' && event.body.shiftId === state.shiftId) {
    return { status: 'closed', lastNumber: state.number };
  }
  return state;
}

/** The rows of `shifts` and `shift_totals` that tell how an open drawer stands. */
export interface ShiftRows {
  readonly shift: {
    readonly shift_id: string;
    readonly number: number;
    readonly staff_id: string;
    readonly currency: string;
    readonly float_minor: number;
    readonly opened_ms: number;
  };
  /** Undefined until the first sale or movement. */
  readonly totals:
    | {
        readonly sales_count: number;
        readonly sales_minor: number;
        readonly cash_minor: number;
        readonly moved_minor: number;
      }
    | undefined;
}

/** The state of an open shift from its rows: the same as folding its events. */
export const shiftFromRows = ({ shift, totals }: ShiftRows): OpenShiftState => ({
  status: 'open',
  shiftId: shift.shift_id,
  number: shift.number,
  staffId: shift.staff_id,
  currency: shift.currency,
  openedMs: shift.opened_ms,
  floatMinor: shift.float_minor,
  salesCount: totals?.sales_count ?? 0,
  salesMinor: totals?.sales_minor ?? 0,
  cashMinor: totals?.cash_minor ?? 0,
  movedMinor: totals?.moved_minor ?? 0,
});
