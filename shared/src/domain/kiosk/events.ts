import Type from 'typebox';
import {
  countField,
  dateField,
  epochField,
  hashField,
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

/** Why HQ ended an incarnation of a node (E6). */
export const EPOCH_ENDS = ['enrolled_anew', 'revoked', 'equivocation', 'chain_broken', 'server_restored'] as const;
export type EpochEnd = (typeof EPOCH_ENDS)[number];

/**
 * An incarnation of a node is over (E6): its tokens, leases and keys end, its facts stay, and sealed events that extend
 * the head named here are still taken in. `kiosk` is HQ's own node where a restored server begins a new epoch (E8).
 */
export const epochClosedV1 = Type.Object({
  kiosk: nodeField,
  kioskEpoch: epochField,
  /** The stream's end at the server when it was closed: the last good seq. 0 for an empty stream. */
  lastSeq: Type.Union([seqField, Type.Literal(0)]),
  lastHash: hashField,
  reason: Type.Enum(EPOCH_ENDS),
});
export type EpochClosed = Type.Static<typeof epochClosedV1>;

/**
 * A person at HQ decided on one fact that a kiosk wrote after it was revoked (X4); the newest decision holds. The fact is
 * named by its hash: in its place another may stand, of which nothing is said (E6).
 */
export const factDecidedV1 = Type.Object({
  original: Type.Object({ node: nodeField, epoch: epochField, seq: seqField, hash: hashField }),
  accepted: Type.Boolean(),
  reason: textField,
});
export type FactDecided = Type.Static<typeof factDecidedV1>;

/** A supervisor confirmed the time at a kiosk without any other way to know it (H2). */
export const clockConfirmedV1 = Type.Object({
  /** The time that was confirmed as true. */
  confirmedMs: wallMsField,
  /** The true time minus the kiosk's own wall clock, in milliseconds. */
  offsetMs: Type.Integer({ minimum: -8_640_000_000_000_000, maximum: 8_640_000_000_000_000 }),
});
export type ClockConfirmed = Type.Static<typeof clockConfirmedV1>;

/**
 * Once a business day, at the park's cut-off, HQ roots the log (X5): whoever keeps this event can later prove that
 * nothing up to `position` was taken out or changed.
 */
export const logRootedV1 = Type.Object({
  /** The business day that ended. */
  businessDate: dateField,
  /** The park's newest position that the root covers. */
  position: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** How many events, and of how many streams, that is. */
  events: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  streams: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** SHA-256 over the canonical JSON of the streams' heads there, sorted: `[[node, epoch, seq, hash], ...]`. */
  root: hashField,
});
export type LogRooted = Type.Static<typeof logRootedV1>;
