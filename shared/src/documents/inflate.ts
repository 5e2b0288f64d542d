import { Inflate } from 'fflate';
import { err, ok, type Result } from '../lib/result.ts';

/** So little goes in at a time that what comes out of it, a thousand times as much at the worst, stays small. */
const SLICE_BYTES = 256;

/**
 * Unpacks a deflate stream (RFC 1951) up to a bound: one that claims to unpack to more is given up on the way (D1).
 * @returns what is wrong, in words: no deflate stream, one that ends early, or more than `bytesMax` once unpacked
 */
export function inflate(packed: Uint8Array, bytesMax: number): Result<Uint8Array, string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  const stream = new Inflate((part, final) => {
    size += part.length;
    parts.push(part);
    isWhole ||= final;
  });
  try {
    for (let from = 0; from < packed.length && size <= bytesMax; from += SLICE_BYTES) {
      const to = from + SLICE_BYTES;
      stream.push(packed.slice(from, to), to >= packed.length);
    }
  } catch {
    return err('the packed change cannot be unpacked');
  }
  if (size > bytesMax) return err(`the change unpacks to more than ${bytesMax} bytes`);
  return isWhole ? ok(joined(parts, size)) : err('the packed change ends too early');
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
