import { err, ok, type Result } from '../lib/result.ts';
import { inflate } from './inflate.ts';

/** What a change may come to once unpacked (D1). */
export const DECODED_BYTES_MAX = 1024 * 1024;
/** More edits than a person makes in one go: packed, a few bytes can claim very many (D1). */
export const CHANGE_OPS_MAX = 20_000;

const MAGIC = [0x85, 0x6f, 0x4a, 0x83];
const CHUNK_START = MAGIC.length + 4; // after the checksum
const CHANGE_CHUNK = 1;
const PACKED_CHANGE_CHUNK = 2;
/** Column kinds, the low three bits of a column's number; the fourth says that the column is packed by itself. */
const BOOLEAN_COLUMN = 4;
const TEXT_COLUMN = 5;
const RAW_COLUMN = 7;
const PACKED_COLUMN = 8;
/** What one edit takes in memory besides its texts. */
const OP_BYTES = 16;

class Broken extends Error {}

/**
 * Whether an Automerge change may be unpacked at all: what its columns claim is added up without unpacking them, so that
 * a change which would come to gigabytes costs no more than the reading of its 64 kB (D1).
 * @returns what is wrong with it, in words
 */
export function sizeProblem(bytes: Uint8Array): string | null {
  const contents = contentsOf(bytes);
  if (!contents.ok) return contents.error;
  try {
    return columnsProblem(contents.value);
  } catch (error) {
    if (error instanceof Broken) return error.message;
    throw error;
  }
}

function contentsOf(bytes: Uint8Array): Result<Uint8Array, string> {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) return err('the bytes are no change');
  const kind = bytes[CHUNK_START];
  const reader = readerOf(bytes, CHUNK_START + 1);
  try {
    const length = reader.whole();
    const contents = reader.slice(length);
    if (reader.left() > 0) return err('something follows the change');
    if (kind === CHANGE_CHUNK) return ok(contents);
    if (kind === PACKED_CHANGE_CHUNK) return inflate(contents, DECODED_BYTES_MAX);
    return err('the bytes are no single change');
  } catch (error) {
    if (error instanceof Broken) return err(error.message);
    throw error;
  }
}

interface Column {
  readonly kind: number;
  readonly length: number;
}

function columnsProblem(contents: Uint8Array): string | null {
  const reader = readerOf(contents, 0);
  skipHead(reader);
  const columns: Column[] = [];
  for (let left = reader.whole(); left > 0; left -= 1) columns.push({ kind: reader.whole(), length: reader.whole() });
  let rows = 0;
  let textBytes = 0;
  for (const { kind, length } of columns) {
    if ((kind & PACKED_COLUMN) !== 0) return 'the change has a packed column';
    const claimed = claimOf(readerOf(reader.slice(length), 0), kind & 7);
    rows = Math.max(rows, claimed.rows);
    textBytes += claimed.textBytes;
    if (rows > CHANGE_OPS_MAX) return `the change has more than ${CHANGE_OPS_MAX} edits`;
    const decoded = rows * OP_BYTES + textBytes;
    if (decoded > DECODED_BYTES_MAX) return `the change unpacks to more than ${DECODED_BYTES_MAX} bytes`;
  }
  return null;
}

/** Dependencies, actor, seq, first operation, time, message, other actors. */
function skipHead(reader: Reader): void {
  for (let left = reader.whole(); left > 0; left -= 1) reader.slice(32);
  reader.slice(reader.whole());
  reader.whole();
  reader.whole();
  reader.signed();
  reader.slice(reader.whole());
  for (let left = reader.whole(); left > 0; left -= 1) reader.slice(reader.whole());
}

/** How many values a column has, and how long its texts are together: runs are counted, not written out. */
function claimOf(reader: Reader, kind: number): { readonly rows: number; readonly textBytes: number } {
  if (kind === RAW_COLUMN) return { rows: 0, textBytes: reader.left() };
  let rows = 0;
  let textBytes = 0;
  const value = (): number => {
    if (kind !== TEXT_COLUMN) {
      reader.signed();
      return 0;
    }
    const length = reader.whole();
    reader.slice(length);
    return length;
  };
  while (reader.left() > 0 && rows <= CHANGE_OPS_MAX && textBytes <= DECODED_BYTES_MAX) {
    if (kind === BOOLEAN_COLUMN) {
      rows += reader.whole();
      continue;
    }
    const count = reader.signed();
    if (count > 0) textBytes += count * value();
    else if (count === 0) rows += reader.whole();
    else for (let left = -count; left > 0 && reader.left() > 0; left -= 1) textBytes += value();
    rows += Math.abs(count);
  }
  return { rows, textBytes };
}

interface Reader {
  left(): number;
  slice(length: number): Uint8Array;
  /** An unsigned LEB128 that is a safe integer. */
  whole(): number;
  /** A signed LEB128; only its size and sign matter where it is too large to be exact. */
  signed(): number;
}

function readerOf(bytes: Uint8Array, start: number): Reader {
  let at = start;
  const byte = (): number => {
    const value = bytes[at];
    if (value === undefined) throw new Broken('the change ends too early');
    at += 1;
    return value;
  };
  const leb = (): { value: number; weight: number; last: number } => {
    let value = 0;
    let weight = 1;
    for (let count = 0; count < 10; count += 1) {
      const one = byte();
      value += (one & 0x7f) * weight;
      weight *= 128;
      if (one < 0x80) return { value, weight, last: one };
    }
    throw new Broken('the change has a number that is too long');
  };
  return {
    left: () => bytes.length - at,
    slice: (length) => {
      if (length > bytes.length - at) throw new Broken('the change ends too early');
      at += length;
      return bytes.subarray(at - length, at);
    },
    whole: () => {
      const { value } = leb();
      if (!Number.isSafeInteger(value)) throw new Broken('the change has a number that is too large');
      return value;
    },
    signed: () => {
      const { value, weight, last } = leb();
      return (last & 0x40) === 0 ? value : value - weight;
    },
  };
}
