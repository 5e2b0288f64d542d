import { bytesToHex } from './bytes.ts';

/**
 * The three primitives the rules need. `shared/` is pure, so a program hands in its runtime's crypto module
 * (`cryptoFrom(nodeCrypto)`); the encodings and the key cache live here, once.
 */
export interface Crypto {
  /** SHA-256 as 64 lower-case hexadecimal digits. Text is hashed as UTF-8. */
  sha256Hex(data: string | Uint8Array): string;
  /** Ed25519 signature (64 bytes, RFC 8032). @throws if the private key is not 32 bytes */
  sign(privateKey: Uint8Array, data: Uint8Array): Uint8Array;
  /** True only for a good Ed25519 signature by the raw 32-byte public key; never throws on bad input. */
  verify(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
  /** The raw 32-byte public key of a raw 32-byte private key (its seed). */
  publicKeyOf(privateKey: Uint8Array): Uint8Array;
}

interface DerKey {
  readonly key: Uint8Array;
  readonly format: 'der';
}

/** The part of `node:crypto` that is used. */
export interface CryptoHost<PublicKey, PrivateKey> {
  hash(algorithm: 'sha256', data: string | Uint8Array, encoding: 'hex'): string;
  createPrivateKey(input: DerKey & { readonly type: 'pkcs8' }): PrivateKey;
  createPublicKey(input: DerKey & { readonly type: 'spki' }): PublicKey;
  sign(algorithm: null, data: Uint8Array, key: PrivateKey): Uint8Array;
  verify(algorithm: null, data: Uint8Array, key: PublicKey, signature: Uint8Array): boolean;
  exportPublicKey(key: PrivateKey): Uint8Array;
}

// RFC 8410: an Ed25519 key in DER is this fixed prefix and the raw 32 bytes.
const PKCS8_PREFIX = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const SPKI_PREFIX = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
// Importing a key costs as much as a third of a verification, and a park has few keys; bounded against a flood of them.
const CACHED_KEYS = 512;

export function cryptoFrom<PublicKey, PrivateKey>(host: CryptoHost<PublicKey, PrivateKey>): Crypto {
  const publicKeys = keyCache((raw) =>
    host.createPublicKey({ key: derOf(SPKI_PREFIX, raw), format: 'der', type: 'spki' }),
  );
  const privateKeys = keyCache((raw) =>
    host.createPrivateKey({ key: derOf(PKCS8_PREFIX, raw), format: 'der', type: 'pkcs8' }),
  );
  return {
    sha256Hex: (data) => host.hash('sha256', data, 'hex'),
    sign: (privateKey, data) => host.sign(null, data, privateKeys(privateKey)),
    verify: (publicKey, data, signature) => {
      if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
      try {
        return host.verify(null, data, publicKeys(publicKey), signature);
      } catch {
        return false; // 32 bytes that are no point on the curve
      }
    },
    publicKeyOf: (privateKey) => host.exportPublicKey(privateKeys(privateKey)).slice(-KEY_BYTES),
  };
}

function derOf(prefix: readonly number[], raw: Uint8Array): Uint8Array {
  const der = new Uint8Array(prefix.length + raw.length);
  der.set(prefix);
  der.set(raw, prefix.length);
  return der;
}

function keyCache<Key>(load: (raw: Uint8Array) => Key): (raw: Uint8Array) => Key {
  const keys = new Map<string, Key>();
  return (raw) => {
    const name = bytesToHex(raw);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = load(raw);
    if (keys.size >= CACHED_KEYS) keys.clear();
    keys.set(name, key);
    return key;
  };
}

/** The short name of a public key: the first 16 hexadecimal digits of its SHA-256. */
export const keyIdOf = (crypto: Crypto, publicKey: Uint8Array): string => crypto.sha256Hex(publicKey).slice(0, 16);
