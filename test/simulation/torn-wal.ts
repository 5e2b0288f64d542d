import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * What a power cut may leave of a write-ahead log: all of it to the last commit (synchronous=FULL), or of what is not
 * flushed nothing; and behind that nothing, or garbage, or the torn beginning of frames that were on their way.
 * @returns whether there was a log
 */
export function tearWal(path: string, random: SeededRandom, isFlushed = true): boolean {
  if (!existsSync(path)) return false;
  const wal = readFileSync(path);
  if (wal.length <= HEADER_BYTES) return false;
  const kept = wal.subarray(0, isFlushed ? endOfLastCommit(wal) : HEADER_BYTES);
  writeFileSync(path, Buffer.concat([kept, tornTail(wal, random)]));
  return true;
}

/** A commit's frame names the size of the database after it; frames of an older round of the file have other salts. */
function endOfLastCommit(wal: Buffer): number {
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const salts = wal.subarray(16, 24);
  let end = HEADER_BYTES;
  for (let at = HEADER_BYTES; at + frameBytes <= wal.length; at += frameBytes) {
    if (!wal.subarray(at + 8, at + 16).equals(salts)) break;
    if (wal.readUInt32BE(at + 4) > 0) end = at + frameBytes;
  }
  return end;
}

function tornTail(wal: Buffer, random: SeededRandom): Buffer {
  const kind = random.int(3);
  if (kind === 0) return Buffer.alloc(0);
  const frameBytes = FRAME_HEADER_BYTES + wal.readUInt32BE(8);
  const garbage = Buffer.from(random.bytes(1 + random.int(frameBytes)));
  if (kind === 1) return garbage;
  // A frame that says it is a commit of this very round, and whose page never arrived.
  const frame = Buffer.concat([wal.subarray(HEADER_BYTES, HEADER_BYTES + FRAME_HEADER_BYTES), garbage]);
  frame.writeUInt32BE(1, 4);
  return frame;
}
