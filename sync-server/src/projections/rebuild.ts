import type { Crypto } from '@skygate/shared/lib/crypto';
import { TABLE_NAMES } from '@skygate/shared/read-models/state-hash';
import { CompiledQuery } from 'kysely';
import { type Database, type Writer, withTransaction } from '../db/database.ts';
import { createDocumentStore } from '../documents/document-store.ts';
import { catchUp, type FoldDeps } from './catch-up.ts';
import { hashState } from './read-state.ts';
import { refoldAllFacts } from './refold-facts.ts';
import { refoldAllTickets } from './refold-tickets.ts';

export interface Rebuilt {
  readonly park: string;
  /** The state hash of the read models as they were, and folded anew up to the same position (S7). */
  readonly before: string;
  readonly after: string;
  readonly events: number;
}

/** A park of a million events takes minutes; HQ's writes and the live pages of that park wait so long, pushes do not. */
const TIMEOUT_MS = 6 * 60 * 60_000;

class RolledBack extends Error {
  readonly rebuilt: Rebuilt;
  constructor(rebuilt: Rebuilt) {
    super('rolled back');
    this.rebuilt = rebuilt;
  }
}

/**
 * Folds a park's log anew in one transaction, under the lock that projections take: whoever reads sees the old rows until
 * it commits, and it commits only if they differ and `replace` is asked for.
 */
export async function rebuildPark(
  deps: { readonly database: Database; readonly crypto: Crypto },
  park: string,
  { replace }: { readonly replace: boolean },
): Promise<Rebuilt> {
  const folding = { ...deps, documents: createDocumentStore(deps) };
  try {
    return await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
      await lockCursor(tx, park);
      // Both hashes are of one position: what came in meanwhile is folded first.
      await foldAll(folding, tx, park);
      const before = await hashState(tx, deps.crypto, park);
      for (const table of [...TABLE_NAMES, 'quarantine', 'entry_limit_refolds', 'late_fact_refolds']) {
        await tx.executeQuery(CompiledQuery.raw(`delete from ${table} where park = $1`, [park]));
      }
      await tx.updateTable('projection_cursors').set({ position: 0, timeouts: 0 }).where('park', '=', park).execute();
      await foldAll(folding, tx, park);
      const after = await hashState(tx, deps.crypto, park);
      const rebuilt = { park, before, after, events: await lockCursor(tx, park) };
      if (!replace || before === after) throw new RolledBack(rebuilt);
      return rebuilt;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.rebuilt;
    throw error;
  }
}

async function foldAll(deps: FoldDeps, tx: Writer, park: string): Promise<void> {
  await catchUp(deps, tx, park);
  const folding = { tx, crypto: deps.crypto, folded: await lockCursor(tx, park) };
  await refoldAllTickets(folding, park);
  await refoldAllFacts(folding, park);
}

async function lockCursor(tx: Writer, park: string): Promise<number> {
  const row = await tx
    .selectFrom('projection_cursors')
    .select('position')
    .where('park', '=', park)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return row.position;
}
