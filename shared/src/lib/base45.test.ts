import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base45ToBytes, bytesToBase45 } from './base45.ts';
import { utf8ToBytes } from './bytes.ts';

describe('Base45', () => {
  it.each([
    ['AB', 'BB8'],
    ['Hello!!', '%69 VD92EX0'],
    ['base-45', 'UJCLQE7W581'],
    ['ietf!', 'QED8WEX0'],
    ['', ''],
  ])('writes %j as RFC 9285 does', (text, base45) => {
    expect(bytesToBase45(utf8ToBytes(text))).toBe(base45);
    expect(base45ToBytes(base45)).toEqual(utf8ToBytes(text));
  });

  it('comes back, and never ends in a space that trimming would take', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = bytesToBase45(bytes);
        expect(base45ToBytes(text)).toEqual(bytes);
        expect(text.trimEnd()).toBe(text);
      }),
    );
  });

  it('has one text for each byte sequence: what decodes encodes back to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:') }), (text) => {
        const bytes = base45ToBytes(text);
        if (bytes !== null) expect(bytesToBase45(bytes)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['A', 'AAAA', 'GGW', '::::', ':::', '::', 'ab8', 'BB_', 'Ы'])('%j is none', (text) => {
    expect(base45ToBytes(text)).toBeNull();
  });
});
