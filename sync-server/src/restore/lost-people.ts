import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';

/** People whose last change a restore lost (E8): who was not entered again since, and of whom nobody said that it need not be. */
export async function lostPeopleOf(reader: Reader, park: ParkId): Promise<string[]> {
  const rows = await reader
    .selectFrom('lost_people as l')
    .leftJoin('people as p', (join) => join.onRef('p.park', '=', 'l.park').onRef('p.staff_id', '=', 'l.staff_id'))
    .select('l.staff_id')
    .where('l.park', '=', park)
    .where('l.dismissed_ms', 'is', null)
    .where(({ or, eb }) => or([eb('p.revision', 'is', null), eb('p.revision', '<=', eb.ref('l.revision'))]))
    .orderBy('l.staff_id')
    .execute();
  return rows.map(({ staff_id }) => staff_id);
}
