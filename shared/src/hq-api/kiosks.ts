import Type from 'typebox';
import { EPOCH_ENDS, KIOSK_ROLES } from '../domain/kiosk/events.ts';
import { TRUST_LEVELS } from '../events/envelope.ts';
import { epochField, nameField, nodeField, wallMsField } from '../events/fields.ts';
import { TELEMETRY_PROBLEMS_V2 } from '../protocol/telemetry.ts';

const kioskNameField = Type.String({ minLength: 1, maxLength: 60 });
const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** `POST /parks/:park/kiosks`: makes a place for a kiosk and a one-time code for it (S1). */
export const newKioskBody = Type.Object(
  { name: kioskNameField, role: Type.Enum(KIOSK_ROLES), gateId: nameField },
  { additionalProperties: false },
);
export type NewKioskBody = Type.Static<typeof newKioskBody>;

export const newKioskAnswer = Type.Object({
  /** Eight characters, `ABCD2345`. */
  code: Type.String(),
  expiresMs: wallMsField,
  serverMs: wallMsField,
  /** `skygate-enrol:<code>@<serverUrl>`: what the QR on the wizard says. */
  qrText: Type.String(),
});
export type NewKioskAnswer = Type.Static<typeof newKioskAnswer>;

/** A kiosk's newest incarnation. */
export const kioskItem = Type.Object({
  node: nodeField,
  epoch: epochField,
  name: kioskNameField,
  role: Type.Enum(KIOSK_ROLES),
  gateId: nameField,
  enrolledMs: wallMsField,
  /** This incarnation is over, for whatever reason. */
  revoked: Type.Boolean(),
  /** Why it is over (E6); null while it is not, and where that was not written down. */
  ended: nullable(Type.Enum(EPOCH_ENDS)),
  /** When the server last heard from it; null if never. */
  contactMs: nullable(wallMsField),
  /** Events of it that are at the server. */
  received: Type.Integer({ minimum: 0 }),
  /** Events it said it still keeps; null if it has not said. */
  waiting: nullable(Type.Integer({ minimum: 0 })),
  /** When it last said how it is: the age of `waiting`, `skewMs` and `problem`; null if never. */
  toldMs: nullable(wallMsField),
  /** How far its clock is ahead of the server's (H1); null if not known. */
  skewMs: nullable(Type.Integer()),
  /** How far it trusts its clock (H2); null where it has not said. */
  trust: nullable(Type.Enum(TRUST_LEVELS)),
  /** How far the order of its events has run ahead of the time, where others do not merge it (H1); else 0. */
  hlcLeadMs: Type.Integer({ minimum: 0 }),
  /** So many events of its own that the server has it did not show when it last told what it holds (X5). */
  recordShortBy: Type.Integer({ minimum: 0 }),
  problem: nullable(Type.Enum(TELEMETRY_PROBLEMS_V2)),
  version: nullable(Type.String()),
});
export type KioskItem = Type.Static<typeof kioskItem>;

export const kiosksAnswer = Type.Object({ kiosks: Type.Array(kioskItem), serverMs: wallMsField });
export type KiosksAnswer = Type.Static<typeof kiosksAnswer>;
