import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { bytesToHex, hexToBytes, utf8ToBytes } from './bytes.ts';
import { keyIdOf } from './crypto.ts';

const crypto = cryptoFromNode(nodeCrypto);
const hex = (text: string): Uint8Array => hexToBytes(text) ?? new Uint8Array();

// RFC 8032 section 7.1, test 2.
const SEED = hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb');
const PUBLIC_KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const SIGNATURE =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

describe('crypto', () => {
  it('hashes text as UTF-8, and bytes alike', () => {
    const expected = nodeCrypto.createHash('sha256').update('Ала-Тоо').digest('hex');
    expect(crypto.sha256Hex('Ала-Тоо')).toBe(expected);
    expect(crypto.sha256Hex(utf8ToBytes('Ала-Тоо'))).toBe(expected);
  });

  it('makes the keys and signatures of RFC 8032', () => {
    expect(bytesToHex(crypto.publicKeyOf(SEED))).toBe(PUBLIC_KEY);
    expect(bytesToHex(crypto.sign(SEED, hex('72')))).toBe(SIGNATURE);
    expect(crypto.verify(hex(PUBLIC_KEY), hex('72'), hex(SIGNATURE))).toBe(true);
  });

  it('takes no signature of other data, and no damaged one', () => {
    expect(crypto.verify(hex(PUBLIC_KEY), hex('73'), hex(SIGNATURE))).toBe(false);
    for (let index = 0; index < 64; index += 1) {
      const damaged = hex(SIGNATURE);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      expect(crypto.verify(hex(PUBLIC_KEY), hex('72'), damaged)).toBe(false);
    }
  });

  it.each([
    ['a short key', new Uint8Array(31), hex(SIGNATURE)],
    ['a key of zeros', new Uint8Array(32), hex(SIGNATURE)],
    ['32 bytes that are no point', new Uint8Array(32).fill(255), hex(SIGNATURE)],
    ['an empty signature', hex(PUBLIC_KEY), new Uint8Array()],
    ['a long signature', hex(PUBLIC_KEY), new Uint8Array(65)],
  ])('says no to %s, without an exception', (_, publicKey, signature) => {
    expect(crypto.verify(publicKey, hex('72'), signature)).toBe(false);
  });

  it('will not sign with half a key', () => {
    expect(() => crypto.sign(new Uint8Array(16), hex('72'))).toThrow();
  });

  it('goes on after more keys than it caches', () => {
    for (let count = 0; count < 600; count += 1) {
      const seed = new Uint8Array(32);
      seed[0] = count & 255;
      seed[1] = count >> 8;
      crypto.publicKeyOf(seed);
    }
    expect(bytesToHex(crypto.publicKeyOf(SEED))).toBe(PUBLIC_KEY);
  });

  it('names a key by the start of its hash', () => {
    expect(keyIdOf(crypto, hex(PUBLIC_KEY))).toBe(crypto.sha256Hex(hex(PUBLIC_KEY)).slice(0, 16));
  });
});
