import { describe, expect, it } from 'vitest';
import { systemPorts } from './system-ports.ts';

describe('the randomness of a kiosk', () => {
  it('gives as many bytes as were asked for, and none of them twice', () => {
    const { random } = systemPorts('silent');
    const counts = Array.from({ length: 3000 }, (_, index) => [10, 32, 16, 400][index % 4] ?? 10);
    const given = counts.map((count) => random.bytes(count));
    expect(given.map(({ length }) => length)).toEqual(counts);
    const texts = given.map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(new Set(texts).size).toBe(texts.length);
    // A part of the pool that was cleared would be given out as zeros.
    expect(texts.some((text) => /^0+$/.test(text))).toBe(false);
  });

  it('gives bytes that stay as they are', () => {
    const { random } = systemPorts('silent');
    const first = random.bytes(32);
    const copy = Uint8Array.from(first);
    for (let index = 0; index < 1000; index += 1) random.bytes(10);
    expect(first).toEqual(copy);
  });
});
