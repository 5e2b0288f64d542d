import type { Crypto } from '@skygate/shared/lib/crypto';
import { asFoldProblem, type HeldProblem } from '@skygate/shared/read-models/refold/held-problem';
import { type Database, type Writer, withTransaction } from '../db/database.ts';
import { isOutOfTime } from '../db/passing-trouble.ts';
import type { Caught } from './catch-up.ts';
import { lockCursor } from './page.ts';
import { putAside } from './quarantine.ts';

const TIMEOUT_MS = 10_000;
/** What was too much is tried by an eighth of it: each try that is too much costs its whole time. */
const LESS = 8;

export interface SliceDeps {
  readonly database: Database;
  readonly crypto: Crypto;
}

/** What is due in pieces, and how the next piece of it is folded. */
export interface Slice {
  readonly tx: Writer;
  readonly crypto: Crypto;
  /** The position up to which events are in the read models. */
  readonly folded: number;
  readonly limit: number;
  /** False: they are passed over, as not to be folded in the time there is. */
  readonly refolds: boolean;
}

/**
 * Folds the next `most` of what is due, in a transaction of its own. Where they take too long fewer are tried, down to one,
 * and that one is passed over if it takes too long by itself: nothing may stand in the way of the rest (S7).
 */
export async function foldSlice(
  deps: SliceDeps,
  { park, most }: { readonly park: string; readonly most: number },
  foldNext: (slice: Slice, park: string) => Promise<Caught>,
): Promise<Caught> {
  let isFolding = false;
  const fold = (limit: number, refolds: boolean): Promise<Caught> => {
    isFolding = false;
    return withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
      const { position: folded } = await lockCursor(tx, park);
      isFolding = true;
      return foldNext({ tx, crypto: deps.crypto, folded, limit, refolds }, park);
    });
  };
  for (let limit = most; ; limit = Math.ceil(limit / LESS)) {
    try {
      return await fold(limit, true);
    } catch (error) {
      // Where it only waited for whoever folds (a log that is folded anew), what is due is not to blame.
      if (!isFolding || !isOutOfTime(error)) throw error;
      if (limit === 1) return fold(1, false);
    }
  }
}

/** Puts aside what of a slice could not be folded; what was only passed over is tried again at the next start. */
export const putSliceAside = ({ tx, refolds }: Slice, park: string, problems: readonly HeldProblem[]): Promise<void> =>
  putAside(
    tx,
    problems.map((problem) => ({
      event: { park, ...problem.heldBy },
      problems: [asFoldProblem(problem)],
      isPassing: !refolds,
    })),
  );
