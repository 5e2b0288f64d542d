import type { FoldProblem } from '@skygate/shared/read-models/check-change';
import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import { asFoldProblem, type HeldProblem, type HoldingPlace } from '@skygate/shared/read-models/refold/held-problem';
import type { Database } from 'better-sqlite3';

const QUARANTINE = `
  INSERT OR REPLACE INTO quarantine (read_model, key, node, epoch, seq, error, program, waits_for)
  VALUES (?, ?, ?, ?, ?, ?, ${PROJECTION_VERSION}, ?)`;
const ERROR_CHARACTERS_MAX = 500;

/** Notes what of an event could not be folded: a later program tries it again (S7). */
export function createPutAside(database: Database): (event: HoldingPlace, problems: readonly FoldProblem[]) => void {
  const quarantine = database.prepare(QUARANTINE);
  return ({ node, epoch, seq }, problems) => {
    for (const { readModel, key, error, waitsFor } of problems) {
      quarantine.run(readModel, key, node, epoch, seq, error.slice(0, ERROR_CHARACTERS_MAX), waitsFor ?? null);
    }
  };
}

/** The same of what is due some at a time. */
export function createPutHeldAside(database: Database): (problems: readonly HeldProblem[]) => void {
  const putAside = createPutAside(database);
  return (problems) => {
    for (const problem of problems) putAside(problem.heldBy, [asFoldProblem(problem)]);
  };
}
