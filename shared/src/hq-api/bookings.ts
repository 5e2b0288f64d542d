import Type from 'typebox';
import { dateField, idField, nameField, slotField, wallMsField } from '../events/fields.ts';

/** A line of a booking as it is asked for. */
const wantedLine = Type.Object(
  {
    productId: nameField,
    unitId: nameField,
    quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
    date: dateField,
    slot: slotField,
  },
  { additionalProperties: false },
);

/** `PUT /parks/:park/bookings/:booking`: places set aside for a caller. The same again changes nothing. */
export const holdBody = Type.Object(
  {
    channel: nameField,
    lines: Type.Array(wantedLine, { minItems: 1, maxItems: 100 }),
    /** For so long from now; a day at most. */
    holdMinutes: Type.Integer({ minimum: 1, maximum: 24 * 60 }),
  },
  { additionalProperties: false },
);
export type HoldBody = Type.Static<typeof holdBody>;

/** `POST /parks/:park/bookings/:booking/cancel` */
export const cancelBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type CancelBody = Type.Static<typeof cancelBody>;

export const bookingItem = Type.Object({
  bookingId: idField,
  channel: nameField,
  status: Type.Enum(['held', 'confirmed', 'cancelled', 'expired']),
  lines: Type.Array(
    Type.Object({
      productId: nameField,
      unitId: nameField,
      quantity: Type.Integer(),
      date: dateField,
      slot: slotField,
      places: Type.Integer(),
    }),
  ),
  heldMs: wallMsField,
  expiresMs: wallMsField,
  /** Signed ticket codes, once it is confirmed. */
  tickets: Type.Array(Type.Object({ ticketId: idField, voided: Type.Boolean() })),
});
export type BookingItem = Type.Static<typeof bookingItem>;

/** `GET /parks/:park/bookings?date=`: the bookings that take places of a date, newest first. */
export const bookingsQuery = Type.Object({ date: dateField }, { additionalProperties: false });
export const bookingsAnswer = Type.Object({ bookings: Type.Array(bookingItem) });
export type BookingsAnswer = Type.Static<typeof bookingsAnswer>;
