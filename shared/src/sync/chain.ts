import type { Event, Seal } from '../events/envelope.ts';
import { base64urlToBytes, bytesToBase64url, utf8ToBytes } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Crypto } from '../lib/crypto.ts';
import { keyIdOf } from '../lib/crypto.ts';
import type { NodeId } from '../lib/ids.ts';
import type { Json } from '../lib/json.ts';
import { isUnreadable, type SealedWords, wordsOfUnreadable } from './unreadable.ts';

/** `prev` of a stream's first event. */
export const CHAIN_START = '0'.repeat(64);

/** An event before its hashes: what an author decides and what travels. */
export type UnchainedEvent = Omit<Event, 'bodyHash' | 'prev' | 'hash'>;

/** E2: SHA-256 over the canonical JSON of the body. */
export const bodyHashOf = (crypto: Crypto, body: Json): string => crypto.sha256Hex(canonicalJson(body));

/** What an envelope's hash is taken of. Of an unreadable event some words are not what they should be (S2). */
export type HashedEnvelope = Omit<Event, 'body' | 'hash' | keyof SealedWords> & Omit<SealedWords, 'body'>;

/** E2: SHA-256 over the canonical JSON of the envelope without body and hash. */
export function envelopeHashOf(crypto: Crypto, event: HashedEnvelope): string {
  const { park, node, epoch, seq, hlc, wallMs, trust, type, version, subject, cause, actor, bodyHash, prev } = event;
  return crypto.sha256Hex(
    // In the order of the canonical form, which is then written by the runtime itself.
    canonicalJson({ actor, bodyHash, cause, epoch, hlc, node, park, prev, seq, subject, trust, type, version, wallMs }),
  );
}

/**
 * Adds the hashes that chain an event to the one before it. An `Unreadable` is hashed by the words in its bytes (S2):
 * server and kiosk, push and pull all chain by this one function.
 * @throws if it has no canonical form: nobody can have sealed such a thing
 */
export const chainEvent = (crypto: Crypto, event: UnchainedEvent, prev: string): Event =>
  chainCanonical(crypto, event, prev).event;

/** As `chainEvent`, and the event's body as canonical JSON, for whoever stores it. */
export function chainCanonical(
  crypto: Crypto,
  event: UnchainedEvent,
  prev: string,
): { readonly event: Event; readonly body: string } {
  const body = canonicalJson(event.body);
  const words = isUnreadable(event.type, event.version) ? wordsOfUnreadable(event) : null;
  const bodyHash = words ? bodyHashOf(crypto, words.body) : crypto.sha256Hex(body);
  const chained = { ...event, bodyHash, prev };
  const hash = envelopeHashOf(crypto, words ? { ...chained, ...words } : chained);
  return { event: { ...chained, hash }, body };
}

/** What a seal signs (E3). The first member keeps the signature from meaning anything else. */
export const sealBytes = (seal: Omit<Seal, 'signature'>): Uint8Array => {
  const { node, epoch, to, headHash, hlc, kid } = seal;
  return utf8ToBytes(canonicalJson({ '': 'skygate-seal-1', epoch, headHash, hlc, kid, node, to }));
};

/** A node's signing identity: its raw Ed25519 seed and the matching key id. */
export interface NodeKey {
  readonly privateKey: Uint8Array;
  readonly kid: string;
}

export const nodeKeyFrom = (crypto: Crypto, privateKey: Uint8Array): NodeKey => ({
  privateKey,
  kid: keyIdOf(crypto, crypto.publicKeyOf(privateKey)),
});

/** Signs the head of one's own stream (E3). */
export function sealHead(crypto: Crypto, key: NodeKey, head: Event): Seal {
  const unsigned = {
    node: head.node,
    epoch: head.epoch,
    to: head.seq,
    headHash: head.hash,
    hlc: head.hlc,
    kid: key.kid,
  };
  return { ...unsigned, signature: bytesToBase64url(crypto.sign(key.privateKey, sealBytes(unsigned))) };
}

/** Whether a seal is the node's own word for this head hash: right stream, right key, good signature. */
export function sealVerifies(
  crypto: Crypto,
  seal: Seal,
  expected: { readonly node: NodeId; readonly epoch: number; readonly publicKey: Uint8Array },
): boolean {
  if (seal.node !== expected.node || seal.epoch !== expected.epoch) return false;
  if (seal.kid !== keyIdOf(crypto, expected.publicKey)) return false;
  const signature = base64urlToBytes(seal.signature);
  return signature !== null && crypto.verify(expected.publicKey, sealBytes(seal), signature);
}
