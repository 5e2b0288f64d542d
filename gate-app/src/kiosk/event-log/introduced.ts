import type { Database } from 'better-sqlite3';
import type { KioskIdentity } from './event-log.ts';
import type { LogCore } from './log-core.ts';
import { createOwnEpochs } from './own-epochs.ts';

const INTRODUCED = 'SELECT 1 FROM kiosks WHERE park = ? AND node = ? AND epoch = ?';

/**
 * Whether HQ's word that let this incarnation in has come. Before that it writes nothing: so whoever holds an event of a
 * stream holds what says whose it is, and can bring it to a server that lost it (E8). One that was another before goes on
 * working while it pulls everything anew (E6).
 */
export function createIsIntroduced(database: Database, core: Pick<LogCore, 'identity' | 'ownEnd'>): () => boolean {
  const introduced = database.prepare<[string, string, number], number>(INTRODUCED).pluck();
  const { wasAnother } = createOwnEpochs(database);
  let known: KioskIdentity | null = null;
  return () => {
    const identity = core.identity();
    if (identity === null || identity === known) return identity !== null;
    const { park, node, epoch } = identity;
    const isKnown = wasAnother() || core.ownEnd().head.seq > 0 || introduced.get(park, node, epoch) !== undefined;
    if (isKnown) known = identity;
    return isKnown;
  };
}
