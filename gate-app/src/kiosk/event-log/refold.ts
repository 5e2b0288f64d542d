import { dirname } from 'node:path';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { Database } from 'better-sqlite3';
import type { Log } from '../ports.ts';
import { RebuildError, refoldLog } from '../rebuild/rebuild-read-models.ts';
import type { LogCore } from './log-core.ts';

/**
 * Makes the read models anew from the log that is stored (S7), for when a part of it was replaced. To be called within
 * the transaction that replaced it: nobody ever sees models of neither log.
 */
export function createRefoldAll(
  database: Database,
  { core, crypto, log }: { readonly core: LogCore; readonly crypto: Crypto; readonly log: Log },
): () => void {
  return () => {
    const folder = dirname(database.name);
    try {
      refoldLog(database, { crypto, park: core.enrolled().park, key: core.key(), folder });
    } catch (error) {
      if (!(error instanceof RebuildError)) throw error;
      // The replaced events are more than a month old. The kiosk goes on with what it knew: a gate must not stop over it.
      log.error(
        { error: error.message },
        'the read models could not be folded anew: enrol this kiosk with an empty folder',
      );
    }
  };
}
