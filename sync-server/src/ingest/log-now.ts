import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';
import type { Taken } from './ingest.ts';

/** Which log a park has, and how far its read models are behind it. */
export async function logNow(reader: Reader, park: ParkId): Promise<Pick<Taken, 'logId' | 'behind'>> {
  const {
    log_id: logId,
    head,
    position,
  } = await reader
    .selectFrom('parks as p')
    .leftJoin('projection_cursors as c', 'c.park', 'p.park')
    .select(['p.log_id', 'p.head', 'c.position'])
    .where('p.park', '=', park)
    .executeTakeFirstOrThrow();
  return { logId, behind: head - (position ?? 0) };
}
