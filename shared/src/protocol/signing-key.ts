import Type from 'typebox';
import { epochField, nodeField, publicKeyField, signatureField } from '../events/fields.ts';
import { stateRequest } from './state.ts';

/** What a till signs with its new ticket key, to prove that it holds it. */
export const signingKeyProofText = (node: string, epoch: number, signingPublicKey: string): string =>
  `skygate-signing-key-1\n${node}/${epoch}\n${signingPublicKey}`;

/**
 * `POST /sync/signing-key` (since 2, T1): a till asks HQ to delegate a new ticket key to it, because its old one nears
 * its end or was revoked. HQ publishes it as `SigningKeyPublished`; the till signs with it once it has pulled that.
 */
export const signingKeyRequest = Type.Object(
  {
    signingPublicKey: publicKeyField,
    /** Ed25519 by the private half of `signingPublicKey` over `signingKeyProofText`. */
    proof: signatureField,
  },
  { additionalProperties: false },
);
export type SigningKeyRequest = Type.Static<typeof signingKeyRequest>;

export const signingKeyResponse = Type.Object({ kid: Type.String({ pattern: '^[0-9a-f]{16}$' }) });
export type SigningKeyResponse = Type.Static<typeof signingKeyResponse>;

/**
 * `POST /sync/wiped` (since 2, X4): a revoked kiosk has delivered everything and erases its data. With all that it holds, as
 * in `/sync/state`, and how many of its texts the server had: it may have been put back since it was asked last (E8).
 */
export const wipedRequest = Type.Object(
  { streams: stateRequest.properties.streams, texts: Type.Integer({ minimum: 0 }) },
  { additionalProperties: false },
);
export type WipedRequest = Type.Static<typeof wipedRequest>;
/** Whom the server heard: the asker erases itself on this word alone, and no page on the way says it by chance. */
export const wipedResponse = Type.Object({ node: nodeField, epoch: epochField });
