import type { Database } from 'better-sqlite3';
import { overwriting } from '../event-log/text-store.ts';
import type { CheckpointContent } from './checkpoint.ts';

/** What may go now; each condition of K4 is one of these. */
export interface PruneBounds {
  /** The checkpoint that has what is let go. */
  readonly checkpoint: CheckpointContent;
  /** Own events after this are not at the server for good. */
  readonly ownDurable: number;
  readonly own: { readonly node: string; readonly epoch: number };
  /** Whether what came from the server survives a power cut there. */
  readonly foreignDurable: boolean;
  /** Only events before this clock are old enough. */
  readonly beforeHlc: string;
  /** Events that go at a time; at least one command's. */
  readonly sliceEvents: number;
}

const STREAM = `
  SELECT s.stream, coalesce(p.to_seq, 0) AS pruned, (SELECT max(e.seq) FROM events e WHERE e.stream = s.stream) AS head
  FROM streams s LEFT JOIN pruned_streams p ON p.stream = s.stream WHERE s.node = ? AND s.epoch = ?`;
// A revoked incarnation's facts may still be accepted or not by a person (X4): they stay.
const IS_REVOKED = 'SELECT 1 FROM kiosk_revocations WHERE node = ? AND epoch = ? LIMIT 1';
// What this kiosk was before (E6) is delivered by this mark.
const DELIVERED = `
  SELECT coalesce((SELECT delivered FROM deliveries WHERE node = o.node AND epoch = o.epoch), 0)
  FROM own_epochs o WHERE o.node = ? AND o.epoch = ?`;
const FIRST_YOUNG = 'SELECT min(seq) FROM events WHERE stream = ? AND seq > ? AND seq <= ? AND hlc >= ?';
const LAST_SEAL = 'SELECT max(seq) FROM events WHERE stream = ? AND seq > ? AND seq <= ? AND seal IS NOT NULL';
const HASHES = 'SELECT hash FROM events WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq';
const KEEP_HASHES = 'INSERT INTO pruned_hashes (stream, from_seq, hashes) VALUES (?, ?, ?)';
const MOVE =
  'INSERT INTO pruned_streams (stream, to_seq) VALUES (?, ?) ON CONFLICT (stream) DO UPDATE SET to_seq = excluded.to_seq';
// What could not be folded yet is in no checkpoint: it stays until a newer program has taken it in (S7). So does what holds
// the facts of a revoked incarnation that were recorded again (X4), or of one that may still be revoked before their date.
const LET_GO = `
  DELETE FROM events WHERE stream = ? AND seq > ? AND seq <= ?
    AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.node = ? AND q.epoch = ? AND q.seq = events.seq)
    AND NOT EXISTS (
      SELECT 1 FROM recovered_events r WHERE r.by_node = ? AND r.by_epoch = ? AND r.by_seq = events.seq
        AND (r.hlc >= ? OR EXISTS (SELECT 1 FROM kiosk_revocations k WHERE k.node = r.node AND k.epoch = r.epoch)))`;

// Of what goes, its author's words go too, once the server has them: as little personal data as possible (E5, X4).
const LET_WORDS_GO = `
  UPDATE texts SET salt = '', text = '' WHERE text <> '' AND name IN (
    SELECT name FROM text_deliveries WHERE node = ? AND epoch = ? AND seq <= ? AND delivered > 0)`;

interface StreamRow {
  readonly stream: number;
  readonly pruned: number;
  readonly head: number | null;
}

/**
 * Lets one slice of one stream go: its hashes are kept, its events are not (K4). To be called within a transaction.
 * @returns how many events went; 0 if there are no more
 */
export function pruneSlice(database: Database, bounds: PruneBounds): number {
  for (const head of bounds.checkpoint.vector) {
    const row = database.prepare<[string, number], StreamRow>(STREAM).get(head.node, head.epoch);
    if (!row || row.head === null) continue;
    const to = endOfSlice(database, row, bounds, head);
    if (to > row.pruned) {
      const { node, epoch } = head;
      return letGo(database, { ...row, node, epoch, to, beforeHlc: bounds.beforeHlc });
    }
  }
  return 0;
}

/** The last event of the stream's next slice; its pruned end if there is none. */
function endOfSlice(
  database: Database,
  { stream, pruned, head }: StreamRow,
  bounds: PruneBounds,
  known: { readonly node: string; readonly epoch: number; readonly seq: number },
): number {
  const { node, epoch } = known;
  const isOwn = node === bounds.own.node && epoch === bounds.own.epoch;
  if (!isOwn && !bounds.foreignDurable) return pruned;
  if (database.prepare(IS_REVOKED).get(node, epoch)) return pruned;
  const delivered = database.prepare<unknown[], number>(DELIVERED).pluck().get(node, epoch);
  const durable = isOwn ? bounds.ownDurable : (delivered ?? Number.MAX_SAFE_INTEGER);
  // The head stays: the chain goes on from it.
  const last = Math.min(known.seq, durable, (head ?? 0) - 1, pruned + 2 * bounds.sliceEvents);
  const young = database
    .prepare<unknown[], number | null>(FIRST_YOUNG)
    .pluck()
    .get(stream, pruned, last, bounds.beforeHlc);
  const old = Math.min(last, (young ?? Number.MAX_SAFE_INTEGER) - 1);
  const seal = database.prepare<unknown[], number | null>(LAST_SEAL).pluck();
  // Up to a seal, so that what is left begins with a whole transaction.
  return (
    seal.get(stream, pruned, Math.min(old, pruned + bounds.sliceEvents)) ?? seal.get(stream, pruned, old) ?? pruned
  );
}

interface Slice extends StreamRow {
  readonly node: string;
  readonly epoch: number;
  readonly to: number;
  readonly beforeHlc: string;
}

function letGo(database: Database, { stream, pruned, to, node, epoch, beforeHlc }: Slice): number {
  const hashes = database.prepare<unknown[], Uint8Array>(HASHES).pluck().all(stream, pruned, to);
  database.prepare(KEEP_HASHES).run(stream, pruned + 1, Buffer.concat(hashes));
  database.prepare(MOVE).run(stream, to);
  overwriting(database, () => database.prepare(LET_WORDS_GO).run(node, epoch, to));
  const place = [node, epoch];
  return database.prepare(LET_GO).run(stream, pruned, to, ...place, ...place, beforeHlc).changes;
}
