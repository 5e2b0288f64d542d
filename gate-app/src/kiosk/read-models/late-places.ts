import { type AskedPlace, type AskedPlaces, isAfter, nextPlaces, type Question } from '@skygate/shared/read-models/ask';
import type { DueFacts } from '@skygate/shared/read-models/refold/refold-late-facts';
import type { Database } from 'better-sqlite3';
import type { StoredEvents } from '../event-log/stored-event.ts';

type AskPlaces = Extract<Question, { readonly ask: 'places' }>;

const RECOVERED = `
  SELECT seq, hash FROM recovered_events
  WHERE park = ? AND node = ? AND epoch = ? AND type IN (SELECT value FROM json_each(?)) AND hlc > ?
    AND seq BETWEEN ? AND ? AND (seq, hash) > (?, ?)
  ORDER BY seq, hash LIMIT ?`;
const BEYOND = `
  SELECT min(seq) FROM (
    SELECT min(seq) AS seq FROM events
    WHERE stream = (SELECT stream FROM streams WHERE node = ? AND epoch = ?) AND seq > ?
    UNION ALL SELECT min(seq) FROM recovered_events WHERE park = ? AND node = ? AND epoch = ? AND seq > ?)`;

/** Answers where the next facts of an incarnation stand, or stood in another past of it (X4, E6). */
export function createPlacesOf(database: Database, events: StoredEvents): (ask: AskPlaces) => AskedPlaces {
  const recovered = database.prepare<(string | number)[], AskedPlace>(RECOVERED);
  const beyond = database.prepare<(string | number)[], number | null>(BEYOND).pluck();
  return (ask) => {
    const { park, node, epoch, types, afterHlc, after, limit, within } = ask;
    const to = Math.min(after.seq + within, Number.MAX_SAFE_INTEGER);
    // Of the place itself another past may have more.
    const standing = events
      .placesAfter(ask, { types, afterHlc, afterSeq: after.seq - 1, toSeq: to, limit: limit + 2 })
      .filter((place) => isAfter(place, after));
    const again = recovered.all(
      ...[park, node, epoch, JSON.stringify(types), afterHlc, after.seq, to, after.seq, after.hash, limit + 1],
    );
    return nextPlaces([standing, again], { limit, beyond: beyond.get(node, epoch, to, park, node, epoch, to) ?? null });
  };
}

const NOTE = `
  INSERT INTO late_fact_refolds (park, node, epoch, after_seq, after_hash) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (park, node, epoch) DO UPDATE SET after_seq = excluded.after_seq, after_hash = excluded.after_hash`;

/** Notes that facts of a revoked kiosk after a place are to be looked at. */
export function createNoteLateFacts(database: Database): (due: DueFacts) => void {
  const note = database.prepare<[string, string, number, number, string]>(NOTE);
  return ({ park, node, epoch, after }) => {
    note.run(park, node, epoch, after.seq, after.hash);
  };
}
