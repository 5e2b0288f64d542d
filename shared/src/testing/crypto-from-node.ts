import { type Crypto, type CryptoHost, cryptoFrom } from '../lib/crypto.ts';

interface PublicKey {
  export(options: { format: 'der'; type: 'spki' }): Uint8Array;
}
type Host = CryptoHost<PublicKey, PublicKey>;

/** The names taken from `node:crypto`. Loose, because `shared/` has no Node types to match its overloads with. */
type NodeCrypto = { readonly [Name in Exclude<keyof Host, 'exportPublicKey'>]: (...inputs: never) => unknown };

/** Real SHA-256 and Ed25519 for tests: `cryptoFromNode(nodeCrypto)`. */
export function cryptoFromNode(node: NodeCrypto): Crypto {
  const { hash, createPrivateKey, createPublicKey, sign, verify } = node as unknown as Host;
  const publicKeyOf = createPublicKey as unknown as (privateKey: PublicKey) => PublicKey;
  const exportPublicKey = (key: PublicKey) => publicKeyOf(key).export({ format: 'der', type: 'spki' });
  return cryptoFrom<PublicKey, PublicKey>({ hash, createPrivateKey, createPublicKey, sign, verify, exportPublicKey });
}
