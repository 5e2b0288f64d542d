import { describe, expect, it } from 'vitest';
import { enlarged, frameOf, type Gray, grayOf, sharpened, smoothed } from './frame-looks.ts';

/** A picture by its brightness at each place. */
function picture(width: number, height: number, at: (x: number, y: number) => number): Gray {
  const data = Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width)));
  return { data, width, height };
}

const pixel = ({ data, width }: Gray, x: number, y: number): number => data[y * width + x] ?? -1;

describe('looks at a frame', () => {
  it('keep what is grey through colour and back', () => {
    const stairs = picture(16, 4, (x, y) => x * 16 + y);
    const frame = frameOf(stairs);
    expect(frame.data.slice(0, 8)).toEqual(Uint8ClampedArray.from([0, 0, 0, 255, 16, 16, 16, 255]));
    expect(grayOf(frame)).toEqual(stairs);
  });

  it('leave an even picture as it is', () => {
    const even = picture(12, 12, () => 120);
    // The outermost pixels have no neighbours to be averaged with; codes have a white margin.
    for (const look of [smoothed, sharpened, enlarged]) {
      const seen = look(even);
      const inside = Array.from({ length: seen.width - 6 }, (_, i) => pixel(seen, i + 3, i + 3));
      expect(new Set(inside)).toEqual(new Set([120]));
    }
  });

  it('enlarge by half, each thing where it was', () => {
    const edge = picture(8, 8, (x) => (x < 4 ? 0 : 240));
    const large = enlarged(edge);
    expect([large.width, large.height]).toEqual([12, 12]);
    expect([pixel(large, 0, 6), pixel(large, 4, 6), pixel(large, 7, 6), pixel(large, 11, 6)]).toEqual([0, 0, 240, 240]);
    const across = enlarged(picture(8, 8, (_, y) => (y < 4 ? 0 : 240)));
    expect([pixel(across, 6, 0), pixel(across, 6, 4), pixel(across, 6, 7), pixel(across, 6, 11)]).toEqual([
      0, 0, 240, 240,
    ]);
  });

  it('smooth a speck of noise away, and sharpen a soft edge', () => {
    const speck = smoothed(picture(7, 7, (x, y) => (x === 3 && y === 3 ? 160 : 0)));
    expect([pixel(speck, 3, 3), pixel(speck, 2, 3), pixel(speck, 2, 2)]).toEqual([40, 20, 10]);
    const edge = picture(12, 5, (x) => Math.min(Math.max((x - 4) * 60, 0), 240));
    const sharp = sharpened(edge);
    expect(pixel(sharp, 8, 2) - pixel(sharp, 4, 2)).toBeGreaterThanOrEqual(240);
    expect(pixel(sharp, 5, 2)).toBeLessThan(pixel(edge, 5, 2));
  });
});
