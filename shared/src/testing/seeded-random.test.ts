import { describe, expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const drawn = (random: ReturnType<typeof seededRandom>) => [
  random.fraction(),
  random.int(1000),
  random.pick(['a', 'b', 'c', 'd']),
  ...random.bytes(8),
];

describe('seeded randomness', () => {
  it('repeats: these draws are the same on every machine and in every version', () => {
    expect([...seededRandom(1).bytes(8)]).toEqual([113, 142, 128, 106, 221, 72, 175, 221]);
  });

  it('is another for another seed, the next number as well', () => {
    const starts = Array.from({ length: 1000 }, (_, seed) => seededRandom(seed).bytes(8).join());
    expect(new Set(starts).size).toBe(1000);
    expect(drawn(seededRandom(7))).toEqual(drawn(seededRandom('7')));
  });

  it('forks streams that do not disturb each other', () => {
    const parent = seededRandom(5);
    const before = drawn(parent.fork('network'));
    drawn(parent);
    expect(drawn(parent.fork('network'))).toEqual(before);
    expect(drawn(parent.fork('clock'))).not.toEqual(before);
  });

  it('is spread evenly', () => {
    const random = seededRandom('even');
    const counts = new Array<number>(16).fill(0);
    for (let draw = 0; draw < 16_000; draw += 1) {
      const value = random.int(16);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    // Mean 1000, standard deviation 31: the fixed seed stays well within six of them.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(190);
    const heads = Array.from({ length: 4000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(Math.abs(heads - 1000)).toBeLessThan(170);
  });

  it('picks nothing from nothing', () => {
    expect(() => seededRandom(1).pick([])).toThrow('nothing to pick from');
  });
});
