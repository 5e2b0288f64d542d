import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { type Crypto, cryptoFrom } from '@skygate/shared/lib/crypto';

/** The rules' cryptography on Node's own. */
export const createNodeCrypto = (): Crypto =>
  cryptoFrom<KeyObject, KeyObject>({
    hash,
    createPrivateKey: ({ key, ...format }) => createPrivateKey({ key: Buffer.from(key), ...format }),
    createPublicKey: ({ key, ...format }) => createPublicKey({ key: Buffer.from(key), ...format }),
    sign,
    verify,
    exportPublicKey: (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }),
  });
