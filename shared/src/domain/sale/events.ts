import Type from 'typebox';
import { currencyField, dateField, idField, nameField, slotField } from '../../events/fields.ts';

const amountField = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });

export const saleLineField = Type.Object({
  productId: nameField,
  unitId: nameField,
  quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
  unitPriceMinor: amountField,
  totalMinor: amountField,
  date: dateField,
  slot: slotField,
  /** Places each unit takes of the capacity of (date, slot): a family ticket takes several. */
  placesEach: Type.Integer({ minimum: 0, maximum: 100 }),
});
export type SaleLine = Type.Static<typeof saleLineField>;

export const cashPaymentField = Type.Object({
  method: Type.Literal('cash'),
  /** What the payment covers. */
  amountMinor: amountField,
  /** What the guest handed over, and got back. */
  tenderedMinor: amountField,
  changeMinor: amountField,
});
export type CashPayment = Type.Static<typeof cashPaymentField>;

/** What the sale took of one lease (C1); committed with the sale, or neither is. */
export const leaseUseField = Type.Object({
  leaseId: idField,
  date: dateField,
  slot: slotField,
  places: Type.Integer({ minimum: 1, maximum: 100_000 }),
});
export type LeaseUse = Type.Static<typeof leaseUseField>;

/** Goods and money changed hands. Its tickets follow as `TicketIssued` in the same transaction (M1). */
export const saleCompletedV1 = Type.Object({
  saleId: idField,
  /** What people call it: `2-0412` is the 412th sale of till 2's epoch. */
  number: Type.String({ minLength: 1, maxLength: 24 }),
  shiftId: idField,
  businessDate: dateField,
  currency: currencyField,
  lines: Type.Array(saleLineField, { minItems: 1, maxItems: 100 }),
  totalMinor: amountField,
  payments: Type.Array(cashPaymentField, { minItems: 0, maxItems: 10 }),
  leaseUses: Type.Array(leaseUseField, { maxItems: 100 }),
});
export type SaleCompleted = Type.Static<typeof saleCompletedV1>;
