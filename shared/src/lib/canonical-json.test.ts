import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseJson } from './canonical-json.ts';
import type { Json } from './json.ts';

const jsonArbitrary = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('json'), { maxKeys: 4 }),
  ),
})).json;

const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
};

describe('E2: canonical JSON', () => {
  it('has one text for equal values, whatever the order of their keys', () => {
    fc.assert(
      fc.property(jsonArbitrary, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('says the whole value: it reads back as it was', () => {
    fc.assert(
      fc.property(jsonArbitrary, (value) => {
        const read: unknown = JSON.parse(canonicalJson(value));
        // -0 is written 0 (RFC 8785)
        expect(canonicalJson(read as Json)).toBe(canonicalJson(value));
      }),
    );
  });

  it('writes what is in order already as the library writes it', () => {
    fc.assert(
      fc.property(jsonArbitrary, (value) => {
        const inOrder = JSON.parse(canonicalJson(value)) as Json;
        expect(canonicalJson(inOrder)).toBe(canonicalize(inOrder));
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  it.each([{ a: '\ud800' }, ['\udc00'], { '\ud800': 1 }, { a: Number.NaN }])('has no form for %o', (value) => {
    expect(() => canonicalJson(value as Json)).toThrow();
  });

  it('takes values nested deeper than the stack is', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(canonicalJson(JSON.parse(deep) as Json)).toBe(deep);
  });

  it('sorts keys by UTF-16, writes no space and escapes as little as it may', () => {
    expect(canonicalJson({ b: 1, a: [true, null, 'ы'], '\u20ac': '\n', A: {} })).toBe(
      '{"A":{},"a":[true,null,"ы"],"b":1,"€":"\\n"}',
    );
  });
});

describe('E2: what a body may hold', () => {
  it('takes every such value', () => {
    fc.assert(
      fc.property(jsonArbitrary, (value) => {
        expect(parseJson(value)).toEqual({ ok: true, value });
      }),
    );
  });

  it.each<[unknown, string]>([
    [{ price: 1.5 }, 'body.price is not a safe integer'],
    [{ list: [1, 2 ** 53] }, 'body.list.1 is not a safe integer'],
    [{ a: Number.NaN }, 'body.a is not a safe integer'],
    [{ a: undefined }, 'body.a is a undefined'],
    [{ a: '\ud800' }, 'body.a is no well-formed text'],
    [{ a: [{ '\udc00': 1 }] }, 'body.a.0 has a key that is no well-formed text'],
    [{ a: 1n }, 'body.a is a bigint'],
    [{ a: () => 1 }, 'body.a is a function'],
  ])('refuses %o and names the place', (value, problem) => {
    expect(parseJson(value)).toEqual({ ok: false, error: problem });
  });

  it('refuses a value nested without end', () => {
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as unknown;
    expect(parseJson(deep)).toMatchObject({ ok: false });
  });
});
