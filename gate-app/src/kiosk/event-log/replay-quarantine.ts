import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import type { Database } from 'better-sqlite3';
import type { Log } from '../ports.ts';
import { writeTransaction } from './open-database.ts';
import type { Projection } from './project.ts';
import type { StoredEvents } from './stored-event.ts';

const OLDER = `
  SELECT read_model AS readModel, key, node, epoch, seq FROM quarantine
  WHERE (program < ${PROJECTION_VERSION} OR waits_for IS NOT NULL)
    AND (node, epoch, seq, read_model, key) > (?, ?, ?, ?, ?)
  ORDER BY node, epoch, seq, read_model, key LIMIT ?`;
const SLICE = 200;

interface PutAside {
  readonly readModel: string;
  readonly key: string;
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
}

/**
 * At the start: what an older program could not fold is tried again by this one (S7), and recoveries whose key may have
 * come. In slices, each a transaction; what fails again is put aside anew with this program's version.
 */
export function replayQuarantine(deps: {
  readonly database: Database;
  readonly events: StoredEvents;
  readonly projection: Projection;
  readonly log: Log;
}): void {
  const { database, events, projection, log } = deps;
  const older = database.prepare<[string, number, number, string, string, number], PutAside>(OLDER);
  let after: PutAside = { node: '', epoch: 0, seq: 0, readModel: '', key: '' };
  let tried = 0;
  while (true) {
    const { node, epoch, seq, readModel, key } = after;
    const rows = older.all(node, epoch, seq, readModel, key, SLICE);
    const last = rows.at(-1);
    if (!last) break;
    const written = writeTransaction(database, () => {
      for (const row of rows) {
        const event = events.read(row, row.seq);
        if (event) projection.replay(event, row);
      }
      return null;
    });
    if (!written.ok) break; // a full disk: the next start tries again
    after = last;
    tried += rows.length;
  }
  if (tried > 0) log.info({ tried }, 'tried again what an older program could not fold');
}
