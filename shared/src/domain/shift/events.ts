import Type from 'typebox';
import {
  countField,
  currencyField,
  dateField,
  idField,
  minorField,
  nameField,
  textField,
} from '../../events/fields.ts';

const drawerField = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });

export const denominationCountField = Type.Object({ valueMinor: drawerField, count: countField });
export type DenominationCount = Type.Static<typeof denominationCountField>;

/** A cashier took over a drawer with this float in it. */
export const shiftOpenedV1 = Type.Object({
  shiftId: idField,
  number: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  staffId: nameField,
  businessDate: dateField,
  currency: currencyField,
  floatMinor: drawerField,
  denominations: Type.Array(denominationCountField, { maxItems: 30 }),
});
export type ShiftOpened = Type.Static<typeof shiftOpenedV1>;

/** Cash put into the drawer (positive) or taken from it (negative) outside a sale. */
export const cashMovedV1 = Type.Object({ shiftId: idField, amountMinor: minorField, reason: textField });
export type CashMoved = Type.Static<typeof cashMovedV1>;

/** The drawer was counted and the shift ended; the difference is on record with its reason. */
export const shiftClosedV1 = Type.Object({
  shiftId: idField,
  currency: currencyField,
  countedMinor: drawerField,
  expectedMinor: minorField,
  differenceMinor: minorField,
  salesCount: countField,
  denominations: Type.Array(denominationCountField, { maxItems: 30 }),
  reason: textField,
});
export type ShiftClosed = Type.Static<typeof shiftClosedV1>;
