import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { change, from, getAllChanges } from '@automerge/automerge';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk, leb } from '../testing/change-chunks.ts';
import { sizeProblem } from './change-size.ts';
import { inflate } from './inflate.ts';

const MB = 1024 * 1024;
/** A change of an actor of 16 bytes with one column. */
const withColumn = (kind: number, column: number[]): number[] => [
  ...[0, 16, ...new Array<number>(16).fill(1), 1, 1, 0, 0, 0],
  ...[1, kind, ...leb(column.length)],
  ...column,
];

describe('D1: how much a change unpacks to, before it is', () => {
  it('D1: lets through whatever Automerge makes of edits as people make them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          // The one name that Automerge refuses.
          fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
          fc.oneof(
            fc.string({ maxLength: 300 }),
            fc.integer(),
            fc.boolean(),
            fc.double({ noNaN: true }),
            fc.constant(null),
          ),
        ),
        (value) => {
          const doc = from<Record<string, unknown>>({ start: { nested: true } });
          const edited = change(doc, (draft) => Object.assign(draft, value));
          for (const bytes of getAllChanges(edited)) expect(sizeProblem(bytes)).toBeNull();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('D1: a packed change of gigabytes is given up at the bound', () => {
    const bomb = deflateRawSync(Buffer.alloc(60 * MB));
    expect(bomb.length).toBeLessThan(64 * 1024);
    expect(sizeProblem(chunk(2, bomb))).toContain('unpacks to more');
  });

  it('D1: a run that claims very many edits, and a long text repeated, are refused unread', () => {
    expect(sizeProblem(chunk(1, withColumn(0x42, [...leb(1_000_000_000), 0x00, 1])))).toContain('edits');
    const text = new Array<number>(60_000).fill(65);
    // A signed count of 5000, then the text.
    expect(sizeProblem(chunk(1, withColumn(0x15, [0x88, 0x27, ...leb(text.length), ...text])))).toContain('unpacks');
    const packed = deflateRawSync(Uint8Array.from(withColumn(0x15, [0x88, 0x27, ...leb(text.length), ...text])));
    expect(sizeProblem(chunk(2, packed))).toContain('unpacks');
  });

  it('D1: whatever bytes there are, it answers and does not throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(1, 2, 3), (bytes, kind) => {
        sizeProblem(bytes);
        sizeProblem(chunk(kind, bytes));
      }),
    );
  });

  it('D1: a stream that is cut off is no change', () => {
    const packed = deflateRawSync(new Uint8Array(3000).fill(7));
    expect(inflate(packed.subarray(0, -2), 100_000).ok).toBe(false);
    expect(inflate(packed, 2999)).toEqual({ ok: false, error: expect.stringContaining('2999') });
  });

  it('D1: unpacks exactly what was packed', () => {
    const source = readFileSync(new URL(import.meta.url));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.constant(new Uint8Array(source))),
        fc.integer({ min: 0, max: 9 }),
        (bytes, level) => {
          const unpacked = inflate(deflateRawSync(bytes, { level }), 100_000);
          expect(unpacked.ok && Buffer.from(unpacked.value).equals(Buffer.from(bytes))).toBe(true);
        },
      ),
    );
  });
});
