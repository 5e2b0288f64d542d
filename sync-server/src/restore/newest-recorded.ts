import type { ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import type { Reader } from '../db/database.ts';

/**
 * The park position behind which nothing of a type is recorded again any more (E8): such an event stands within an
 * `EventRecovered`, and whoever pulled past that has it. Null where none was.
 */
export async function newestRecorded(reader: Reader, park: ParkId, type: string): Promise<number | null> {
  const row = await reader
    .selectFrom('recovered_events as r')
    .innerJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 'r.park')
        .onRef('e.node', '=', 'r.by_node')
        .onRef('e.epoch', '=', 'r.by_epoch')
        .onRef('e.seq', '=', 'r.by_seq'),
    )
    .select(({ fn }) => fn.max('e.position').as('position'))
    .where('r.park', '=', park)
    // In words, not as a parameter: the index is of some types alone.
    .where('r.type', '=', sql.lit(type))
    .executeTakeFirst();
  return row?.position ?? null;
}
