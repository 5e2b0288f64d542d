import Type from 'typebox';
import { dateField, idField, nameField, slotField, textField, wallMsField } from '../../events/fields.ts';

/** What a booking takes of what HQ holds (C1). */
export const bookingLineField = Type.Object({
  productId: nameField,
  unitId: nameField,
  quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
  date: dateField,
  slot: slotField,
  /** Places of the whole line. */
  places: Type.Integer({ minimum: 0, maximum: 100_000 }),
});
export type BookingLine = Type.Static<typeof bookingLineField>;

/** Places are set aside for a buyer until `expiresMs`; nobody else gets them meanwhile (C1). */
export const bookingHeldV1 = Type.Object({
  bookingId: idField,
  /** Who sells: `online`, `octo:<reseller>`. No personal data (E5). */
  channel: nameField,
  lines: Type.Array(bookingLineField, { minItems: 1, maxItems: 100 }),
  expiresMs: wallMsField,
});
export type BookingHeld = Type.Static<typeof bookingHeldV1>;

/** The buyer has it: its tickets follow as `TicketIssued` in the same transaction, with `saleId` = the booking's id. */
export const bookingConfirmedV1 = Type.Object({ bookingId: idField });
export type BookingConfirmed = Type.Static<typeof bookingConfirmedV1>;

/** Given up by the buyer or by HQ; tickets of a confirmed one are voided in the same transaction. */
export const bookingCancelledV1 = Type.Object({ bookingId: idField, reason: textField });
export type BookingCancelled = Type.Static<typeof bookingCancelledV1>;

/** Nobody confirmed it in time. */
export const bookingExpiredV1 = Type.Object({ bookingId: idField });
export type BookingExpired = Type.Static<typeof bookingExpiredV1>;
