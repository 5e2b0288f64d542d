import type { Crypto } from '@skygate/shared/lib/crypto';
import { type Database, type Writer, withTransaction } from '../db/database.ts';
import type { Caught } from './catch-up.ts';
import { inTimeOr } from './in-time-or.ts';
import { lockCursor } from './page.ts';

const TIMEOUT_MS = 10_000;

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
 * Folds the next `most` of what is due, in a transaction of its own. Where they take too long the next one is tried by
 * itself, and passed over if that takes too long, too: nothing may stand in the way of the rest (S7).
 */
export async function foldSlice(
  deps: SliceDeps,
  { park, most }: { readonly park: string; readonly most: number },
  foldNext: (slice: Slice, park: string) => Promise<Caught>,
): Promise<Caught> {
  const fold = (limit: number, refolds = true) =>
    withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
      const { position: folded } = await lockCursor(tx, park);
      return foldNext({ tx, crypto: deps.crypto, folded, limit, refolds }, park);
    });
  const byItself = () =>
    inTimeOr(
      () => fold(1),
      () => fold(1, false),
    );
  return inTimeOr(() => fold(most), byItself);
}
