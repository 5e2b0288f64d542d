import { createPrivateKey, createPublicKey, hash, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Crypto, cryptoFrom } from '@skygate/shared/lib/crypto';
import type { Clock, Random, Timers } from './ports.ts';

/** The rules' cryptography on Node's own. */
export const createNodeCrypto = (): Crypto =>
  cryptoFrom({
    hash,
    createPrivateKey: ({ key, ...format }) => createPrivateKey({ key: Buffer.from(key), ...format }),
    createPublicKey: ({ key, ...format }) => createPublicKey({ key: Buffer.from(key), ...format }),
    sign: (algorithm, data, key) => sign(algorithm, data, key),
    verify: (algorithm, data, key, signature) => verify(algorithm, data, key, signature),
    exportPublicKey: (key: KeyObject) => createPublicKey(key).export({ format: 'der', type: 'spki' }),
  });

export const createNodeClock = (): Clock => ({ nowMs: () => Date.now(), monotonicMs: () => performance.now() });

export const createNodeRandom = (): Random => ({ bytes: (count) => new Uint8Array(randomBytes(count)) });

export const createNodeTimers = (): Timers => ({
  // An aborted wait is over, not failed.
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
});
