import { err, ok, type Result } from '../lib/result.ts';

// RFC 1951, with a bound: a change that claims to unpack to more than it may is given up on the way (D1), before any
// library has made room for it. Pure, and never more memory than the bound.

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const BITS_MAX = 15;
const END_OF_BLOCK = 256;

class Broken extends Error {}

interface Huffman {
  /** How many codes of each length there are. */
  readonly counts: Uint16Array;
  /** The symbols in the order of their codes. */
  readonly symbols: Uint16Array;
}

/** @returns what is wrong, in words: no deflate stream, or more than `bytesMax` once unpacked */
export function inflate(packed: Uint8Array, bytesMax: number): Result<Uint8Array, string> {
  const input = bitsOf(packed);
  const output = outputOf(bytesMax);
  try {
    let isLast = false;
    while (!isLast) {
      isLast = input.take(1) === 1;
      block(input, output);
    }
    return ok(output.bytes());
  } catch (error) {
    if (error instanceof Broken) return err(error.message);
    throw error;
  }
}

function block(input: Bits, output: Output): void {
  const kind = input.take(2);
  if (kind === 0) storedBlock(input, output);
  else if (kind === 1) codedBlock(input, output, FIXED);
  else if (kind === 2) codedBlock(input, output, readTables(input));
  else throw new Broken('the packed change has an unknown block');
}

function storedBlock(input: Bits, output: Output): void {
  input.toByte();
  const length = input.take(16);
  if (length !== (~input.take(16) & 0xffff)) throw new Broken('the packed change has a broken block');
  for (let left = length; left > 0; left -= 1) output.add(input.take(8));
}

interface Tables {
  readonly literals: Huffman;
  readonly distances: Huffman;
}

function codedBlock(input: Bits, output: Output, { literals, distances }: Tables): void {
  for (;;) {
    const symbol = decode(input, literals);
    if (symbol === END_OF_BLOCK) return;
    if (symbol < END_OF_BLOCK) output.add(symbol);
    else
      output.repeat(
        spread(input, symbol - 257, [LENGTH_BASE, LENGTH_BITS]),
        spread(input, decode(input, distances), [DISTANCE_BASE, DISTANCE_BITS]),
      );
  }
}

/** A length or a distance: a base, and bits that follow it. */
function spread(input: Bits, index: number, [bases, bits]: readonly [readonly number[], readonly number[]]): number {
  const base = bases[index];
  if (base === undefined) throw new Broken('the packed change has an unknown symbol');
  return base + input.take(bits[index] ?? 0);
}

function readTables(input: Bits): Tables {
  const literalCount = input.take(5) + 257;
  const distanceCount = input.take(5) + 1;
  const lengthCount = input.take(4) + 4;
  const ofLengths = new Uint8Array(19);
  for (const symbol of CODE_LENGTH_ORDER.slice(0, lengthCount)) ofLengths[symbol] = input.take(3);
  const lengths = readLengths(input, huffman(ofLengths), literalCount + distanceCount);
  return { literals: huffman(lengths.subarray(0, literalCount)), distances: huffman(lengths.subarray(literalCount)) };
}

function readLengths(input: Bits, code: Huffman, count: number): Uint8Array {
  const lengths = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const symbol = decode(input, code);
    if (symbol < 16) {
      lengths[at] = symbol;
      at += 1;
      continue;
    }
    const length = symbol === 16 ? lengths[at - 1] : 0;
    const times = symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7);
    if (length === undefined || at + times > count) throw new Broken('the packed change has broken tables');
    lengths.fill(length, at, at + times);
    at += times;
  }
  return lengths;
}

function huffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(BITS_MAX + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const offsets = new Uint16Array(BITS_MAX + 2);
  for (let bits = 1; bits <= BITS_MAX; bits += 1) offsets[bits + 1] = (offsets[bits] ?? 0) + (counts[bits] ?? 0);
  const symbols = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const at = offsets[length] ?? 0;
    symbols[at] = symbol;
    offsets[length] = at + 1;
  }
  return { counts, symbols };
}

function decode(input: Bits, { counts, symbols }: Huffman): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let bits = 1; bits <= BITS_MAX; bits += 1) {
    code |= input.take(1);
    const count = counts[bits] ?? 0;
    const symbol = code - count < first ? symbols[index + code - first] : undefined;
    if (symbol !== undefined) return symbol;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw new Broken('the packed change has an unknown code');
}

const fixedLengths = Uint8Array.from({ length: 288 }, (_, symbol) =>
  symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
);
const FIXED: Tables = { literals: huffman(fixedLengths), distances: huffman(new Uint8Array(30).fill(5)) };

interface Bits {
  take(count: number): number;
  toByte(): void;
}

function bitsOf(bytes: Uint8Array): Bits {
  let at = 0;
  let held = 0;
  let heldBits = 0;
  return {
    take: (count) => {
      while (heldBits < count) {
        const byte = bytes[at];
        if (byte === undefined) throw new Broken('the packed change ends too early');
        held |= byte << heldBits;
        heldBits += 8;
        at += 1;
      }
      const value = held & ((1 << count) - 1);
      held >>>= count;
      heldBits -= count;
      return value;
    },
    toByte: () => {
      held = 0;
      heldBits = 0;
    },
  };
}

interface Output {
  add(byte: number): void;
  repeat(length: number, distance: number): void;
  bytes(): Uint8Array;
}

function outputOf(bytesMax: number): Output {
  let room = new Uint8Array(Math.min(bytesMax, 4096));
  let size = 0;
  const add = (byte: number): void => {
    if (size >= bytesMax) throw new Broken(`the change unpacks to more than ${bytesMax} bytes`);
    if (size === room.length) {
      const larger = new Uint8Array(Math.min(bytesMax, room.length * 2));
      larger.set(room);
      room = larger;
    }
    room[size] = byte;
    size += 1;
  };
  return {
    add,
    repeat: (length, distance) => {
      if (distance > size) throw new Broken('the packed change refers to what is before its beginning');
      for (let left = length; left > 0; left -= 1) add(room[size - distance] ?? 0);
    },
    bytes: () => room.subarray(0, size),
  };
}
