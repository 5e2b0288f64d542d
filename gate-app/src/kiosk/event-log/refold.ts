import type { Event } from '@skygate/shared/events/envelope';
import { TABLES } from '@skygate/shared/read-models/tables';
import type { Database } from 'better-sqlite3';
import type { Projection } from './project.ts';
import type { StoredEvents } from './stored-event.ts';

/** So many events are in memory at once. */
const CHUNK = 500;
const STREAMS = 'SELECT node, epoch FROM streams ORDER BY stream';

/**
 * Makes the read models anew from the log that is stored (S7), for when a part of it was replaced. To be called within
 * the transaction that replaced it: nobody ever sees models of neither log.
 */
export function createRefoldAll(
  database: Database,
  { events, projection }: { readonly events: StoredEvents; readonly projection: Projection },
): () => void {
  const readStreams = database.prepare<[], { node: string; epoch: number }>(STREAMS);
  return () => {
    for (const table of Object.keys(TABLES)) database.prepare(`DELETE FROM ${table}`).run();
    database.prepare('DELETE FROM quarantine').run();
    for (const place of readStreams.all()) {
      for (const event of eventsOf(events, place)) projection.projectForeign(event);
    }
  };
}

function* eventsOf(events: StoredEvents, place: { node: string; epoch: number }): Iterable<Event> {
  for (let from = 1; ; from += CHUNK) {
    const chunk = events.readRange(place, from, CHUNK);
    yield* chunk;
    if (chunk.length < CHUNK) return;
  }
}
