import type { Database } from 'better-sqlite3';

const HASH_BYTES = 32;
const CUT_SLICE = `
  UPDATE pruned_hashes SET hashes = substr(hashes, 1, (? - from_seq) * ${HASH_BYTES})
  WHERE stream = ? AND from_seq < ? AND from_seq + length(hashes) / ${HASH_BYTES} > ?`;
const CUT_HASHES = 'DELETE FROM pruned_hashes WHERE stream = ? AND from_seq >= ?';
const CUT_END = 'UPDATE pruned_streams SET to_seq = ? WHERE stream = ? AND to_seq > ?';
const CUT_ALL = 'DELETE FROM pruned_streams WHERE stream = ?';

/**
 * A stream gives way from `seq` on (E6), which may be below what was pruned of it (K4): the hashes that were kept of the
 * old past must answer for nothing any more. To be called within a transaction.
 */
export function createCutPruned(database: Database): (stream: number, seq: number) => void {
  const [cutSlice, cutHashes] = [database.prepare(CUT_SLICE), database.prepare(CUT_HASHES)];
  const [cutEnd, cutAll] = [database.prepare(CUT_END), database.prepare(CUT_ALL)];
  return (stream, seq) => {
    cutSlice.run(seq, stream, seq, seq);
    cutHashes.run(stream, seq);
    if (seq === 1) cutAll.run(stream);
    else cutEnd.run(seq - 1, stream, seq - 1);
  };
}
