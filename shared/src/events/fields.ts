import Type from 'typebox';
import { ID_PATTERN, KIOSK_NODE_PATTERN, NODE_PATTERN, PARK_PATTERN } from '../lib/ids.ts';
import { HLC_PATTERN } from '../sync/hlc.ts';

// The fields that events and wire messages share. Every text has a length: a body is input from outside (X2).

export const idField = Type.String({ pattern: ID_PATTERN });
export const parkField = Type.String({ pattern: PARK_PATTERN });
export const nodeField = Type.String({ pattern: NODE_PATTERN, maxLength: 40 });
export const kioskNodeField = Type.String({ pattern: KIOSK_NODE_PATTERN });
export const epochField = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const seqField = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const hlcField = Type.String({ pattern: HLC_PATTERN });
export const hashField = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** A name within a document: product, unit, gate, staff. */
export const nameField = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]*$' });
export const textField = Type.String({ maxLength: 500 });
/** The name of what somebody typed: a SHA-256 in base64url (free-text.ts). */
export const textNameField = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
/** Milliseconds since 1970 in UTC. */
export const wallMsField = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });
/** A park-local date, `2026-11-21`. */
export const dateField = Type.String({ pattern: '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$' });
/** Money in minor units (M1). */
export const minorField = Type.Integer({ minimum: -1_000_000_000_000, maximum: 1_000_000_000_000 });
export const currencyField = Type.String({ pattern: '^[A-Z]{3}$' });
export const countField = Type.Integer({ minimum: 0, maximum: 1_000_000 });
export const keyIdField = Type.String({ pattern: '^[0-9a-f]{16}$' });
/** A raw 32-byte Ed25519 public key in base64url. */
export const publicKeyField = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
/** A 64-byte Ed25519 signature in base64url. */
export const signatureField = Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' });
/** Which places a sale takes: `day` for the whole day, or `<product>@HH:MM` for a timed entry. */
export const slotField = Type.String({
  pattern: '^(?:day|[A-Za-z0-9][A-Za-z0-9._-]{0,40}@(?:[01]\\d|2[0-3]):[0-5]\\d)$',
});

/** Where an event is in the log (E1). */
export const eventRefField = Type.Object({ node: nodeField, epoch: epochField, seq: seqField });
export type EventRef = Type.Static<typeof eventRefField>;
