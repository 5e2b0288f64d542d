import type { Database } from 'better-sqlite3';
import type { StreamPlace } from './stored-event.ts';

/** Which streams this kiosk wrote as what it was before (E6). */
export function createOwnEpochs(database: Database): {
  readonly isOwnOld: (place: StreamPlace) => boolean;
  readonly wasAnother: () => boolean;
} {
  const isOld = database
    .prepare<[string, number], number>('SELECT 1 FROM own_epochs WHERE node = ? AND epoch = ?')
    .pluck();
  const any = database.prepare<[], number>('SELECT 1 FROM own_epochs LIMIT 1').pluck();
  return {
    isOwnOld: ({ node, epoch }) => isOld.get(node, epoch) !== undefined,
    wasAnother: () => any.get() !== undefined,
  };
}
