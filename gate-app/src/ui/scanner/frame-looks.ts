import type { Frame } from './code-reader.ts';

// Other ways to look at a frame in which nothing was found. Pure pixel arithmetic in whole numbers: a look costs a few
// milliseconds, and only where the plain one failed.

/** Brightness of each pixel, 0 to 255. */
export interface Gray {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export function grayOf({ data, width, height }: Frame): Gray {
  const gray = new Uint8Array(width * height);
  for (let pixel = 0, at = 0; pixel < gray.length; pixel += 1, at += 4) {
    gray[pixel] = ((data[at] as number) + 2 * (data[at + 1] as number) + (data[at + 2] as number)) >> 2;
  }
  return { data: gray, width, height };
}

export function frameOf({ data: gray, width, height }: Gray): Frame {
  // One write a pixel: alpha, blue, green, red from the highest byte down.
  const words = new Uint32Array(gray.length);
  for (let pixel = 0; pixel < gray.length; pixel += 1) words[pixel] = 0xff000000 | ((gray[pixel] as number) * 0x010101);
  return { data: new Uint8ClampedArray(words.buffer), width, height };
}

/** Half as large again, between the pixels: modules of two pixels become three, which a reader can tell apart. */
export function enlarged(gray: Gray): Gray {
  const pairs = { across: gray.width >> 1, down: gray.height >> 1 };
  const wide = widened(gray, pairs.across);
  const width = pairs.across * 3;
  const result = new Uint8Array(width * pairs.down * 3);
  for (let pair = 0; pair < pairs.down; pair += 1) {
    const upper = pair * 2 * width;
    const before = pair === 0 ? upper : upper - width;
    const lower = upper + width;
    const after = pair === pairs.down - 1 ? lower : lower + width;
    const to = pair * 3 * width;
    for (let x = 0; x < width; x += 1) {
      const a = wide[upper + x] as number;
      const b = wide[lower + x] as number;
      result[to + x] = ((wide[before + x] as number) + 5 * a) * SIXTH;
      result[to + width + x] = (a + b) >> 1;
      result[to + 2 * width + x] = (5 * b + (wide[after + x] as number)) * SIXTH;
    }
  }
  return { data: result, width, height: pairs.down * 3 };
}

/** Each two pixels of a row become three. */
function widened({ data, width, height }: Gray, pairs: number): Uint8Array {
  const result = new Uint8Array(pairs * 3 * height);
  for (let y = 0; y < height; y += 1) {
    let from = y * width;
    let to = y * pairs * 3;
    let before = data[from] as number;
    for (let pair = 0; pair < pairs; pair += 1) {
      const a = data[from] as number;
      const b = data[from + 1] as number;
      const after = pair === pairs - 1 ? b : (data[from + 2] as number);
      result[to] = (before + 5 * a) * SIXTH;
      result[to + 1] = (a + b) >> 1;
      result[to + 2] = (5 * b + after) * SIXTH;
      before = b;
      from += 2;
      to += 3;
    }
  }
  return result;
}

const SIXTH = 1 / 6;

/** Averaged with its neighbours: noise goes, modules stay. */
export function smoothed({ data, width, height }: Gray): Gray {
  const across = new Uint16Array(data.length);
  for (let at = 1; at < data.length - 1; at += 1) {
    across[at] = (data[at - 1] as number) + 2 * (data[at] as number) + (data[at + 1] as number);
  }
  const result = Uint8Array.from(data);
  for (let at = width; at < data.length - width; at += 1) {
    result[at] = ((across[at - width] as number) + 2 * (across[at] as number) + (across[at + width] as number)) >> 4;
  }
  return { data: result, width, height };
}

/** Each pixel pushed away from its surroundings: edges that a lens or the paper softened come back. */
export function sharpened(gray: Gray): Gray {
  const around = smoothed(smoothed(gray)).data;
  const result = new Uint8Array(gray.data.length);
  for (let at = 0; at < result.length; at += 1) {
    const value = gray.data[at] as number;
    const pushed = value + SHARPNESS * (value - (around[at] as number));
    result[at] = Math.min(Math.max(pushed, 0), 255);
  }
  return { ...gray, data: result };
}

const SHARPNESS = 3;
