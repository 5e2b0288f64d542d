import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hqNodeOf,
  ID_BYTES,
  ID_PATTERN,
  idFromBytes,
  idToBytes,
  isHqNode,
  kioskNodeOf,
  parseNodeId,
  parseParkId,
  parseTicketId,
} from './ids.ts';

const idBytes = fc.uint8Array({ minLength: ID_BYTES, maxLength: ID_BYTES });

describe('ids', () => {
  it('are sixteen characters that lead back to their ten bytes', () => {
    fc.assert(
      fc.property(idBytes, (bytes) => {
        const id = idFromBytes(bytes);
        expect(id).toMatch(new RegExp(ID_PATTERN));
        expect(idToBytes(id)).toEqual(bytes);
      }),
    );
  });

  it('differ where their bytes differ', () => {
    fc.assert(
      fc.property(idBytes, idBytes, (one, other) => {
        expect(idFromBytes(one) === idFromBytes(other)).toBe(one.every((byte, index) => byte === other[index]));
      }),
    );
  });

  it('are written as Crockford wrote them', () => {
    expect(idFromBytes(new Uint8Array(10))).toBe('0000000000000000');
    expect(idFromBytes(new Uint8Array(10).fill(255))).toBe('ZZZZZZZZZZZZZZZZ');
    expect(idFromBytes(new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]))).toBe('0000000000000001');
  });

  it.each(['', '000000000000000', '00000000000000000', '000000000000000I', '000000000000000u', '000000000000000\n'])(
    '%j is no id',
    (text) => {
      expect(idToBytes(text)).toBeNull();
      expect(parseTicketId(text)).toMatchObject({ ok: false });
    },
  );

  it('name nodes: kiosks by their bytes, HQ by its park', () => {
    const park = parseParkId('ala-too');
    if (!park.ok) throw new Error(park.error);
    const kiosk = kioskNodeOf(new Uint8Array(10));
    expect(parseNodeId(kiosk)).toEqual({ ok: true, value: 'k-0000000000000000' });
    expect(parseNodeId(hqNodeOf(park.value))).toEqual({ ok: true, value: 'hq:ala-too' });
    expect([isHqNode(kiosk), isHqNode(hqNodeOf(park.value))]).toEqual([false, true]);
  });

  it.each(['Ala-Too', '-a', 'a-', 'a b', '', 'a'.repeat(33)])('%j is no park', (text) => {
    expect(parseParkId(text)).toMatchObject({ ok: false });
  });

  it.each(['k-1', 'hq:', 'hq:A', 'ala-too', 'k-000000000000000I'])('%j is no node', (text) => {
    expect(parseNodeId(text)).toMatchObject({ ok: false });
  });

  it('say what is wrong, without repeating a flood', () => {
    const parsed = parseTicketId('x'.repeat(10_000));
    expect(!parsed.ok && parsed.error.length).toBeLessThan(80);
  });
});
