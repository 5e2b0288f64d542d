import Type from 'typebox';
import { KIOSK_ROLES } from '../domain/kiosk/events.ts';
import {
  epochField,
  kioskNodeField,
  nameField,
  nodeField,
  parkField,
  publicKeyField,
  signatureField,
} from '../events/fields.ts';

/** A one-time enrolment code (S1): eight characters of Crockford's base 32, shown as `ABCD-2345`. */
export const ENROLMENT_CODE_PATTERN = '^[0-9A-HJKMNP-TV-Z]{8}$';
export const ENROLMENT_CODE_MINUTES = 10;

/** What a kiosk signs to prove that it holds the private key it enrols: these words, a newline and the code. */
export const enrolmentProofText = (code: string, publicKey: string, signingPublicKey: string): string =>
  `skygate-enrol-1\n${code}\n${publicKey}\n${signingPublicKey}`;

/** `POST /sync/enrol` (S1): the kiosk made both key pairs itself; private keys never travel. */
export const enrolRequest = Type.Object(
  {
    code: Type.String({ pattern: ENROLMENT_CODE_PATTERN }),
    publicKey: publicKeyField,
    /** The key this kiosk signs ticket codes with; HQ delegates it if the kiosk is a till (T1). */
    signingPublicKey: publicKeyField,
    /** Ed25519 by the private half of `publicKey` over `enrolmentProofText`. */
    proof: signatureField,
    appVersion: Type.String({ maxLength: 40 }),
    /**
     * Since 2: what this machine was before. A server that was put back from before it let that one in does not know the
     * name: the newcomer then goes on under it, so that what it recorded stays one kiosk's (E8).
     */
    was: Type.Optional(Type.Object({ node: kioskNodeField, epoch: epochField }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type EnrolRequest = Type.Static<typeof enrolRequest>;

export const enrolResponse = Type.Object({
  park: parkField,
  node: nodeField,
  epoch: epochField,
  name: Type.String({ minLength: 1, maxLength: 60 }),
  role: Type.Enum(KIOSK_ROLES),
  gateId: nameField,
  /** The short number of this kiosk within its park, for sale numbers (`2-0412`). */
  number: Type.Integer({ minimum: 1, maximum: 100_000 }),
  logId: Type.String({ minLength: 1, maxLength: 64 }),
  /** Everything else (roster, keys, documents, capacity) is in HQ's stream, verified by this key. */
  hq: Type.Object({ node: nodeField, epoch: epochField, publicKey: publicKeyField }),
  serverMs: Type.Integer({ minimum: 0 }),
});
export type EnrolResponse = Type.Static<typeof enrolResponse>;
