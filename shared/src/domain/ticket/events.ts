import Type from 'typebox';
import {
  countField,
  dateField,
  idField,
  keyIdField,
  nameField,
  parkField,
  slotField,
  textField,
  wallMsField,
} from '../../events/fields.ts';

/** How many people of which unit a ticket lets in. */
export const partyField = Type.Array(
  Type.Object({ unitId: nameField, count: Type.Integer({ minimum: 1, maximum: 1000 }) }),
  {
    minItems: 1,
    maxItems: 20,
  },
);
export type Party = Type.Static<typeof partyField>;

/** One signed entitlement now exists; its code can be made again from these claims and the key `kid`. */
export const ticketIssuedV1 = Type.Object({
  ticketId: idField,
  /** Null for a ticket HQ issued outside a sale (demo, press). */
  saleId: Type.Union([idField, Type.Null()]),
  productId: nameField,
  party: partyField,
  parks: Type.Array(parkField, { minItems: 1, maxItems: 50 }),
  /** The visit date in the first park's time zone. */
  date: dateField,
  slot: slotField,
  issuedMs: wallMsField,
  notBeforeMs: wallMsField,
  expiresMs: wallMsField,
  kid: keyIdField,
  flags: Type.Integer({ minimum: 0, maximum: 255 }),
  /** The whole ticket code (T1), so that any node can reprint it. */
  code: Type.String({ minLength: 20, maxLength: 600 }),
});
export type TicketIssued = Type.Static<typeof ticketIssuedV1>;

/** The ticket is worth nothing from now on. An admission made before a gate learnt of it stands (T5). */
export const ticketVoidedV1 = Type.Object({ ticketId: idField, reason: textField });
export type TicketVoided = Type.Static<typeof ticketVoidedV1>;

/** The ticket is held back (lost, disputed) until it is unblocked by re-issue. */
export const ticketBlockedV1 = Type.Object({ ticketId: idField, reason: textField, people: countField });
export type TicketBlocked = Type.Static<typeof ticketBlockedV1>;
