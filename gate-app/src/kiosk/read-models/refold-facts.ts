import type { Crypto } from '@skygate/shared/lib/crypto';
import { type DueFacts, refoldLateFacts } from '@skygate/shared/read-models/refold/refold-late-facts';
import type { Database } from 'better-sqlite3';
import { createPutHeldAside } from '../event-log/put-aside.ts';
import type { RunFold } from './answer-questions.ts';
import { createNoteLateFacts } from './late-places.ts';

/** Facts of revoked kiosks that are still to be looked at (X4). Each call within a transaction. */
export interface FactRefolds {
  /** Whether any are left. */
  areDue(): boolean;
  /** Looks at the next ones and keeps how far it came: no scan waits for all that a kiosk may have dated so. */
  some(): void;
}

const DUE = 'SELECT park, node, epoch, after_seq, after_hash FROM late_fact_refolds ORDER BY park, node, epoch LIMIT 1';
const DONE = 'DELETE FROM late_fact_refolds WHERE park = ? AND node = ? AND epoch = ?';

interface DueRow {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
  readonly after_seq: number;
  readonly after_hash: string;
}

export function createFactRefolds(
  database: Database,
  { runFold, crypto }: { readonly runFold: RunFold; readonly crypto: Crypto },
): FactRefolds {
  const dueRow = database.prepare<[], DueRow>(DUE);
  const done = database.prepare<[string, string, number]>(DONE);
  const note = createNoteLateFacts(database);
  const putAside = createPutHeldAside(database);
  const due = (): DueFacts | null => {
    const row = dueRow.get();
    if (row === undefined) return null;
    const { park, node, epoch, after_seq: seq, after_hash: hash } = row;
    return { park, node, epoch, after: { seq, hash } };
  };

  return {
    areDue: () => dueRow.get() !== undefined,
    some: () => {
      const facts = due();
      if (facts === null) return;
      const { next, problems } = runFold(refoldLateFacts(facts, { crypto }));
      putAside(problems);
      if (next) note({ ...facts, after: next });
      else done.run(facts.park, facts.node, facts.epoch);
    },
  };
}
