import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64urlToBytes, bytesToBase64url, bytesToHex, bytesToUtf8, hexToBytes, utf8ToBytes } from './bytes.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

describe('bytes as text', () => {
  it('hexadecimal is Node’s, and comes back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(bytesToHex(value)).toBe(Buffer.from(value).toString('hex'));
        expect(hexToBytes(bytesToHex(value))).toEqual(value);
      }),
    );
  });

  it('base64url is Node’s, and comes back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(bytesToBase64url(value)).toBe(Buffer.from(value).toString('base64url'));
        expect(base64urlToBytes(bytesToBase64url(value))).toEqual(value);
      }),
    );
  });

  it('UTF-8 comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(bytesToUtf8(utf8ToBytes(text))).toBe(text);
      }),
    );
  });

  it.each(['a', 'zz', 'AB', '0x', ' 00', '0 ', '00 '])('%j is no hexadecimal', (text) => {
    expect(hexToBytes(text)).toBeNull();
  });

  it.each(['A', 'AAAAA', 'AA==', 'A+/A', 'AA A', 'Ы'])('%j is no base64url', (text) => {
    expect(base64urlToBytes(text)).toBeNull();
  });

  it('bytes that are no UTF-8 are not taken for text', () => {
    expect(() => bytesToUtf8(new Uint8Array([0xc3, 0x28]))).toThrow(TypeError);
  });
});
