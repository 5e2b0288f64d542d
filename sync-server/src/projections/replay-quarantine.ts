import { type Database, withTransaction } from '../db/database.ts';
import { type FoldDeps, replayOnePage } from './catch-up.ts';

const TIMEOUT_MS = 30_000;

/**
 * At the start of a program: what an older one could not fold is tried again, in every park (S7). In slices, each a
 * transaction; what fails again is put aside anew with this program's version.
 */
export async function replayQuarantine(
  deps: FoldDeps & { readonly database: Database },
  pace: { readonly beforePage: () => Promise<void>; readonly stopping: AbortSignal },
): Promise<void> {
  const rows = await deps.database.reader.selectFrom('quarantine').select('park').distinct().orderBy('park').execute();
  for (const { park } of rows) {
    let after: number | null = 0;
    while (after !== null && !pace.stopping.aborted) {
      const from: number = after;
      await pace.beforePage();
      after = await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, (tx) => replayOnePage(deps, tx, park, from));
    }
  }
}
