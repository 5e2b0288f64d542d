import Type from 'typebox';
import {
  countField,
  epochField,
  keyIdField,
  nameField,
  nodeField,
  parkField,
  publicKeyField,
  seqField,
  textField,
  wallMsField,
} from '../../events/fields.ts';

export const KIOSK_ROLES = ['gate', 'till'] as const;
export type KioskRole = (typeof KIOSK_ROLES)[number];

/** HQ let a kiosk in (S1): its node, this incarnation, and the key it signs its log with. */
export const kioskEnrolledV1 = Type.Object({
  kiosk: nodeField,
  kioskEpoch: epochField,
  name: Type.String({ minLength: 1, maxLength: 60 }),
  role: Type.Enum(KIOSK_ROLES),
  gateId: nameField,
  publicKey: publicKeyField,
  keyId: keyIdField,
});
export type KioskEnrolled = Type.Static<typeof kioskEnrolledV1>;

/** The kiosk's tokens, leases and keys end; its facts stay (E6, X4). */
export const kioskRevokedV1 = Type.Object({ kiosk: nodeField, kioskEpoch: epochField, reason: textField });
export type KioskRevoked = Type.Static<typeof kioskRevokedV1>;

/** A key that may sign tickets: HQ's own, or one delegated to a till (T1). Its period bounds signing, not scanning. */
export const signingKeyPublishedV1 = Type.Object({
  kid: keyIdField,
  publicKey: publicKeyField,
  holder: nodeField,
  holderEpoch: epochField,
  parks: Type.Array(parkField, { minItems: 1, maxItems: 50 }),
  notBeforeMs: wallMsField,
  notAfterMs: wallMsField,
});
export type SigningKeyPublished = Type.Static<typeof signingKeyPublishedV1>;

/** Tickets of this key stay good only where their `TicketIssued` is known at or below (epoch, lastSeq) (T1). */
export const signingKeyRevokedV1 = Type.Object({
  kid: keyIdField,
  epoch: epochField,
  lastSeq: Type.Union([seqField, Type.Literal(0)]),
  reason: textField,
});
export type SigningKeyRevoked = Type.Static<typeof signingKeyRevokedV1>;

/** A person's row changed (P1): who and which revision only; names and PIN verifiers travel beside the log (E5). */
export const staffChangedV1 = Type.Object({ staffId: nameField, revision: countField, removed: Type.Boolean() });
export type StaffChanged = Type.Static<typeof staffChangedV1>;
