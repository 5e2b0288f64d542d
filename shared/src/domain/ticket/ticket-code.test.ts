import * as nodeCrypto from 'node:crypto';
import { COSEKey, Sign1 } from '@auth0/cose';
import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base45ToBytes, bytesToBase45 } from '../../lib/base45.ts';
import { bytesToBase64url } from '../../lib/bytes.ts';
import { ID_BYTES, idFromBytes } from '../../lib/ids.ts';
import { nodeKeyFrom } from '../../sync/chain.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import type { TicketClaims } from './ticket-claims.ts';
import { parseTicketCode, signTicketCode, TICKET_CODE_MAX, ticketCodeVerifies } from './ticket-code.ts';

const crypto = cryptoFromNode(nodeCrypto);
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(7));
const publicKey = crypto.publicKeyOf(key.privateKey);

const FAMILY: TicketClaims = {
  ticketId: '0123456789ABCDEF',
  productId: 'day',
  party: [
    { unitId: 'adult', count: 2 },
    { unitId: 'child', count: 3 },
  ],
  parks: ['ala-too'],
  date: '2026-11-21',
  slot: 'day',
  issuedMs: 1_795_262_400_000,
  notBeforeMs: 1_795_212_000_000,
  expiresMs: 1_795_298_400_000,
  flags: 0,
};

const codeOf = (bytes: Uint8Array): string => `SG1:${bytesToBase45(bytes)}`;
const bytesOf = (code: string): Uint8Array => base45ToBytes(code.slice(4)) ?? new Uint8Array();

const nameArbitrary = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/);
const timeArbitrary = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => `${part}`.padStart(2, '0')).join(':'));
const secondsArbitrary = fc.integer({ min: 0, max: 8_640_000_000_000 }).map((seconds) => seconds * 1000);
const claimsArbitrary: fc.Arbitrary<TicketClaims> = fc
  .record({
    ticketId: fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES }).map(idFromBytes),
    productId: nameArbitrary,
    party: fc.array(fc.record({ unitId: nameArbitrary, count: fc.integer({ min: 1, max: 200 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
    parks: fc.array(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,8}[a-z0-9]$/), { minLength: 1, maxLength: 3 }),
    date: fc
      .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    issuedMs: secondsArbitrary,
    notBeforeMs: secondsArbitrary,
    expiresMs: secondsArbitrary,
    flags: fc.integer({ min: 0, max: 255 }),
  })
  .chain((claims) =>
    fc
      .oneof(
        fc.constant('day'),
        timeArbitrary.map((time) => `${claims.productId}@${time}`),
        fc.tuple(nameArbitrary, timeArbitrary).map(([product, time]) => `${product}@${time}`),
      )
      .map((slot) => ({ ...claims, slot })),
  );

describe('T1: ticket code', () => {
  it('carries its claims to a gate that has the public key alone', () => {
    fc.assert(
      fc.property(claimsArbitrary, (claims) => {
        const parsed = parseTicketCode(signTicketCode(crypto, claims, key));
        expect(parsed).toMatchObject({ ok: true, value: { claims, kid: key.kid } });
        expect(parsed.ok && ticketCodeVerifies(crypto, parsed.value, publicKey)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('of a family is 155 bytes of COSE: a QR code of version 9 at level M', () => {
    const code = signTicketCode(crypto, FAMILY, key);
    expect(bytesOf(code)).toHaveLength(155);
    expect(code).toHaveLength(237);
    expect(code).toMatch(/^[0-9A-Z $%*+./:-]*$/);
  });

  it('takes three bytes for a starting time of its own product, and takes any other slot as text', () => {
    const bytes = (slot: string) => bytesOf(signTicketCode(crypto, { ...FAMILY, slot }, key)).length;
    expect(bytes('day@14:30') - bytes('day')).toBe(2);
    expect(bytes('other@14:30') - bytes('day')).toBe(11);
  });

  it('is the same for the same claims, so that it can be printed again', () => {
    expect(signTicketCode(crypto, FAMILY, key)).toBe(
      signTicketCode(crypto, { ...FAMILY, issuedMs: FAMILY.issuedMs + 999 }, key),
    );
  });

  it('is checked by another COSE library, with a JWK of the key', async () => {
    const cose = Sign1.decode(bytesOf(signTicketCode(crypto, FAMILY, key)));
    const jwk = COSEKey.fromJWK({ kty: 'OKP', crv: 'Ed25519', x: bytesToBase64url(publicKey) });
    await expect(cose.verify(await jwk.toKeyLike())).resolves.not.toThrow();
    const claims = decode(cose.payload, { useMaps: true }) as Map<number, unknown>;
    expect(claims.get(4)).toBe(FAMILY.expiresMs / 1000);
    const other = COSEKey.fromJWK({
      kty: 'OKP',
      crv: 'Ed25519',
      x: bytesToBase64url(crypto.publicKeyOf(new Uint8Array(32))),
    });
    await expect(cose.verify(await other.toKeyLike())).rejects.toThrow();
  });

  it('is not made of claims that break their schema', () => {
    expect(() => signTicketCode(crypto, { ...FAMILY, ticketId: 'I' }, key)).toThrow('ticketId');
    expect(() => signTicketCode(crypto, { ...FAMILY, date: '2026-02-30' }, key)).toThrow('calendar');
    const crowd = [
      { unitId: 'adult', count: 600 },
      { unitId: 'child', count: 401 },
    ];
    expect(() => signTicketCode(crypto, { ...FAMILY, party: crowd }, key)).toThrow('1000 people');
    const parks = Array.from({ length: 50 }, (_, index) => `park-number-${index}`);
    expect(() => signTicketCode(crypto, { ...FAMILY, parks }, key)).toThrow('too much');
  });
});

describe('X2: reading whatever a scanner delivers', () => {
  const code = signTicketCode(crypto, FAMILY, key);

  it('forgives what hand scanners add: white space around it and the caps lock', () => {
    for (const typed of [` ${code}\r\n`, `\t${code}\t`, code.toLowerCase()]) {
      expect(parseTicketCode(typed)).toEqual(parseTicketCode(code));
    }
  });

  it.each(['', ' ', 'https://example.org/ticket/1', 'SG2:ABC', 'HC1:6BFOXN', '4006381333931', 'ß'.repeat(5000)])(
    'calls %j foreign',
    (text) => expect(parseTicketCode(text)).toEqual({ ok: false, error: { kind: 'foreign' } }),
  );

  it.each([
    ['nothing after the prefix', 'SG1:'],
    ['a letter outside Base45', `${code.slice(0, 50)}_${code.slice(51)}`],
    ['its second half missing', code.slice(0, 120)],
    ['too long', code.padEnd(TICKET_CODE_MAX + 1, '0')],
    ['bytes after the end', codeOf(new Uint8Array([...bytesOf(code), 0]))],
    ['no CBOR', codeOf(new Uint8Array([0xff, 0xff]))],
    ['CBOR that is no COSE', codeOf(encode({ ticket: 1 }))],
  ])('calls a code of ours with %s unreadable', (_, text) => {
    expect(parseTicketCode(text)).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });

  it('never throws: any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `SG1:${text}`),
        ),
        (text) => {
          expect(parseTicketCode(text).ok).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never throws: any bytes, and any CBOR in the shape of COSE', () => {
    const shaped = fc.array(fc.oneof(fc.uint8Array({ maxLength: 90 }), fc.constant(new Map()), fc.integer()), {
      maxLength: 5,
    });
    const cbor = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      shaped.map((items) => encode(new Tagged(18, items))),
    );
    fc.assert(
      fc.property(cbor, (bytes) => {
        expect(parseTicketCode(codeOf(bytes)).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws on claims of any shape, and takes none that break their schema', () => {
    const claims = fc.array(fc.tuple(fc.constantFrom(4, 5, 6, 7, -65537), fc.anything()), { maxLength: 6 });
    fc.assert(
      fc.property(claims, (entries) => {
        let payload: Uint8Array;
        try {
          payload = encode(new Map(entries), rfc8949EncodeOptions);
        } catch {
          return; // what has no CBOR form cannot be in a code
        }
        expect(parseTicketCode(codeOf(cose({ payload }))).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  const original = (decode(bytesOf(code), { useMaps: true, tags: Tagged.preserve(18) }) as Tagged).value as [
    Uint8Array,
    Map<number, unknown>,
    Uint8Array,
    Uint8Array,
  ];
  const cose = (change: { header?: Uint8Array; unprotected?: unknown; payload?: Uint8Array; signature?: Uint8Array }) =>
    encode(
      new Tagged(18, [
        change.header ?? original[0],
        change.unprotected ?? new Map(),
        change.payload ?? original[2],
        change.signature ?? original[3],
      ]),
    );

  const entries = original[2].subarray(1);
  const withClaims = ({ party, date }: { party?: unknown; date?: unknown }): Uint8Array => {
    const claims = decode(original[2], { useMaps: true }) as Map<number, unknown>;
    const [product, goodParty, parks, goodDate, ...rest] = claims.get(-65537) as unknown[];
    claims.set(-65537, [product, party ?? goodParty, parks, date ?? goodDate, ...rest]);
    return encode(claims, rfc8949EncodeOptions);
  };

  it('would take the claims that the cases below are made of, and ignores claims it does not know', () => {
    expect(original[2][0]).toBe(0xa5);
    expect(parseTicketCode(codeOf(cose({ payload: withClaims({}) })))).toEqual(parseTicketCode(code));
    const more = cose({ payload: new Uint8Array([0xa6, ...entries, 0x39, 0x01, 0x00, 0x18, 0x2a]) });
    expect(parseTicketCode(codeOf(more)).ok).toBe(true);
  });

  it('takes no code over its length, however good', () => {
    const long = (bytes: number) =>
      codeOf(
        cose({
          payload: new Uint8Array([0xa6, ...entries, 0x39, 0x01, 0x00, 0x58, bytes, ...new Uint8Array(bytes)]),
        }),
      );
    expect(parseTicketCode(long(200))).toMatchObject({ ok: true });
    expect(parseTicketCode(long(250))).toMatchObject({ ok: false, error: { problem: 'it is too long' } });
  });

  it.each([
    ['an unprotected header', cose({ unprotected: new Map([[4, new Uint8Array(8)]]) })],
    [
      'another algorithm',
      cose({
        header: encode(
          new Map<number, unknown>([
            [1, -7],
            [4, new Uint8Array(8)],
          ]),
        ),
      }),
    ],
    ['no key id', cose({ header: encode(new Map([[1, -8]])) })],
    [
      'a short key id',
      cose({
        header: encode(
          new Map<number, unknown>([
            [1, -8],
            [4, new Uint8Array(7)],
          ]),
        ),
      }),
    ],
    ['a short signature', cose({ signature: new Uint8Array(63) })],
    // The good claims but for their first byte, a map of five: each is good CBOR to a decoder that is not strict.
    ['a claim said twice', cose({ payload: new Uint8Array([0xa6, ...entries, 0x05, 0x00]) })],
    ['claims of indefinite length', cose({ payload: new Uint8Array([0xbf, ...entries, 0xff]) })],
    ['a length longer than it needs to be', cose({ payload: new Uint8Array([0xb8, 0x05, ...entries]) })],
    [
      'more people than one admission can record',
      cose({ payload: withClaims({ party: ['adult', 600, 'child', 401] }) }),
    ],
    ['a party that does not add up', cose({ payload: withClaims({ party: ['adult'] }) })],
    ['a day before the calendar', cose({ payload: withClaims({ date: -4_000_000 }) })],
    ['no tag', encode(original)],
    ['another tag', encode(new Tagged(98, original))],
  ])('calls COSE with %s unreadable', (_, bytes) => {
    expect(parseTicketCode(codeOf(bytes))).toMatchObject({ ok: false, error: { kind: 'unreadable' } });
  });

  it('lets no flipped bit through: unreadable, or its signature does not verify', () => {
    const bytes = bytesOf(code);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const parsed = parseTicketCode(codeOf(flipped));
      const key = parsed.ok && parsed.value.kid === parseKid(code) ? publicKey : null;
      expect(parsed.ok && key !== null && ticketCodeVerifies(crypto, parsed.value, key)).toBe(false);
    }
  });

  it('takes no code of another key', () => {
    const forger = nodeKeyFrom(crypto, new Uint8Array(32).fill(8));
    const forged = parseTicketCode(signTicketCode(crypto, FAMILY, { ...forger, kid: key.kid }));
    expect(forged.ok && ticketCodeVerifies(crypto, forged.value, publicKey)).toBe(false);
  });
});

function parseKid(code: string): string {
  const parsed = parseTicketCode(code);
  return parsed.ok ? parsed.value.kid : '';
}
