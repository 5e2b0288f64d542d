import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { PinVerifier } from '@skygate/shared/protocol/people';

const KEY_BYTES = 32;
/** Room for scrypt: 128 * cost * blockSize, and something over. A verifier that wants more is not one of ours. */
const MEMORY_MAX = 256 * 1024 * 1024;

/** Whether the PIN is the person's (X3). Takes its time by design; not on the kiosk's own thread. */
export async function verifyPin(pin: string, verifier: PinVerifier): Promise<boolean> {
  const salt = base64urlToBytes(verifier.salt);
  const expected = base64urlToBytes(verifier.key);
  if (!salt || !expected || expected.length !== KEY_BYTES) return false;
  const { cost, blockSize, parallelization } = verifier;
  const key = await derive(pin, salt, { cost, blockSize, parallelization, maxmem: MEMORY_MAX });
  return key !== null && timingSafeEqual(key, expected);
}

const derive = (pin: string, salt: Uint8Array, options: ScryptOptions): Promise<Buffer | null> =>
  new Promise((resolve) => {
    try {
      scrypt(pin, salt, KEY_BYTES, options, (error, key) => resolve(error ? null : key));
    } catch {
      resolve(null); // parameters that scrypt does not take
    }
  });
