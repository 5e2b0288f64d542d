import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import { base45ToBytes, bytesToBase45 } from '../../lib/base45.ts';
import { bytesToHex, hexToBytes } from '../../lib/bytes.ts';
import type { Crypto } from '../../lib/crypto.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { NodeKey } from '../../sync/chain.ts';
import { claimsFromMap, claimsToMap, type TicketClaims } from './ticket-claims.ts';

export const TICKET_CODE_PREFIX = 'SG1:';
export const TICKET_CODE_MAX = 600;

/** A ticket code whose form is good. Its signature is judged apart, by `ticketCodeVerifies`: keys may be missing. */
export interface ParsedTicketCode {
  readonly claims: TicketClaims;
  /** The key that is said to have signed it, as 16 hexadecimal digits. */
  readonly kid: string;
  /** What the signature covers: the COSE `Sig_structure`. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

export type TicketCodeError =
  /** It starts like ours and is damaged, or cut off. `problem` is for support, not for guests. */
  | { readonly kind: 'unreadable'; readonly problem: string }
  /** Some other code: not a ticket of ours at all. */
  | { readonly kind: 'foreign' };

const COSE_SIGN1 = 18;
const ALGORITHM = 1;
const EDDSA = -8;
const KEY_ID = 4;
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** Makes a ticket code (T1). Times are cut to whole seconds. @throws if the claims or the key break their schemas */
export function signTicketCode(crypto: Crypto, claims: TicketClaims, key: NodeKey): string {
  const protectedHeader = toCbor(
    new Map<number, unknown>([
      [ALGORITHM, EDDSA],
      [KEY_ID, hexToBytes(key.kid)],
    ]),
  );
  const payload = toCbor(claimsToMap(claims));
  const signature = crypto.sign(key.privateKey, sigStructure(protectedHeader, payload));
  const code = `${TICKET_CODE_PREFIX}${bytesToBase45(toCbor(new Tagged(COSE_SIGN1, [protectedHeader, new Map(), payload, signature])))}`;
  if (code.length > TICKET_CODE_MAX) throw new Error('broken invariant: the ticket says too much for its code');
  return code;
}

/** Reads any text as a ticket code. Total: whatever a scanner delivers gives an answer and no exception (X2). */
export function parseTicketCode(text: string): Result<ParsedTicketCode, TicketCodeError> {
  // A hand scanner with caps lock on types the other case. Base45 has capitals only, so nothing is lost by this. Nor is
  // it by trimming: the alphabet has a space, but its value is too high for a last letter.
  const code = text
    .slice(0, 4 * TICKET_CODE_MAX)
    .trim()
    .toUpperCase();
  if (!code.startsWith(TICKET_CODE_PREFIX)) return err({ kind: 'foreign' });
  if (code.length > TICKET_CODE_MAX) return unreadable('it is too long');
  const bytes = base45ToBytes(code.slice(TICKET_CODE_PREFIX.length));
  if (bytes === null) return unreadable('it is not Base45');
  return parseCose(bytes);
}

/** Whether this key signed the code. `kid` is only a hint which key to try. */
export const ticketCodeVerifies = (crypto: Crypto, parsed: ParsedTicketCode, publicKey: Uint8Array): boolean =>
  crypto.verify(publicKey, parsed.signedBytes, parsed.signature);

function parseCose(bytes: Uint8Array): Result<ParsedTicketCode, TicketCodeError> {
  const cose = fromCbor(bytes);
  if (!(cose instanceof Tagged) || !Array.isArray(cose.value) || cose.value.length !== 4) {
    return unreadable('it is not COSE_Sign1');
  }
  const [protectedHeader, unprotected, payload, signature] = cose.value as unknown[];
  if (!(protectedHeader instanceof Uint8Array && payload instanceof Uint8Array && signature instanceof Uint8Array)) {
    return unreadable('it is not COSE_Sign1');
  }
  // The unprotected header is not signed: with anything in it, one ticket would have any number of codes.
  if (!(unprotected instanceof Map) || unprotected.size > 0) return unreadable('it has an unprotected header');
  if (signature.length !== SIGNATURE_BYTES) return unreadable('its signature has the wrong length');
  const kid = keyIdOfHeader(fromCbor(protectedHeader));
  if (kid === null) return unreadable('its protected header is not {1: -8, 4: key id}');
  const claims = claimsFromMap(fromCbor(payload));
  if (!claims.ok) return unreadable(claims.error);
  return ok({ claims: claims.value, kid, signedBytes: sigStructure(protectedHeader, payload), signature });
}

function keyIdOfHeader(header: unknown): string | null {
  if (!(header instanceof Map) || header.size !== 2 || header.get(ALGORITHM) !== EDDSA) return null;
  const keyId: unknown = header.get(KEY_ID);
  return keyId instanceof Uint8Array && keyId.length === KEY_ID_BYTES ? bytesToHex(keyId) : null;
}

/** RFC 9052 section 4.4, without external data. */
const sigStructure = (protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array =>
  toCbor(['Signature1', protectedHeader, new Uint8Array(), payload]);

const toCbor = (value: unknown): Uint8Array => encode(value, rfc8949EncodeOptions);

/** The value of strict CBOR: shortest lengths, nothing indefinite, no key twice, nothing after it; else undefined. */
function fromCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      useMaps: true,
      rejectDuplicateMapKeys: true,
      tags: Tagged.preserve(COSE_SIGN1),
    });
  } catch {
    return undefined; // the decoder says no by throwing
  }
}

const unreadable = (problem: string): { readonly ok: false; readonly error: TicketCodeError } =>
  err({ kind: 'unreadable', problem });
