import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { base64urlToBytes, bytesToBase64url } from '@skygate/shared/lib/bytes';
import type { PinVerifier } from '@skygate/shared/protocol/people';
import type { Random } from '../../ports.ts';

/** Passwords guard HQ over the internet; a PIN is guarded by its kiosk's lock-out and must be quick at a gate. */
export const PASSWORD_COST = 32_768;
export const PIN_COST = 16_384;
const BLOCK_SIZE = 8;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** The scrypt verifier (RFC 7914) of a password or PIN: enough to check one, not to know it. */
export async function verifierOf(
  deps: { readonly random: Random },
  secret: string,
  cost: number,
): Promise<PinVerifier> {
  const salt = deps.random.bytes(SALT_BYTES);
  const parameters = { cost, blockSize: BLOCK_SIZE, parallelization: 1 };
  const key = await derive(secret, salt, parameters);
  return { ...parameters, salt: bytesToBase64url(salt), key: bytesToBase64url(key) };
}

/** A verifier that fits nothing, made without deriving anything: checking against it costs what a wrong password does. */
export const verifierOfNobody = (deps: { readonly random: Random }): PinVerifier => ({
  cost: PASSWORD_COST,
  blockSize: BLOCK_SIZE,
  parallelization: 1,
  salt: bytesToBase64url(deps.random.bytes(SALT_BYTES)),
  key: bytesToBase64url(deps.random.bytes(KEY_BYTES)),
});

/** Whether the secret is the verifier's; takes as long for a wrong one. */
export async function secretFits(secret: string, verifier: PinVerifier): Promise<boolean> {
  const salt = base64urlToBytes(verifier.salt);
  const key = base64urlToBytes(verifier.key);
  if (!salt || key?.length !== KEY_BYTES) return false;
  return timingSafeEqual(await derive(secret, salt, verifier), key);
}

function derive(
  secret: string,
  salt: Uint8Array,
  { cost, blockSize, parallelization }: Pick<PinVerifier, 'cost' | 'blockSize' | 'parallelization'>,
): Promise<Buffer> {
  const options: ScryptOptions = { N: cost, r: blockSize, p: parallelization, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
