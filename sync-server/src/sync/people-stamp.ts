import type { ParkId } from '@skygate/shared/lib/ids';
import { CompiledQuery } from 'kysely';
import type { Reader } from '../db/database.ts';

/** So many people are one answer; a kiosk of a longer list asks again while its revision is behind. */
export const PEOPLE_PER_ANSWER = 10_000;

/**
 * Names a park's list of people as no other list is named (P1): a server that was put back may give a revision twice, and
 * gets rows back below its newest one (E8). Null where a list is too long to be taken over at once. For a statement in which
 * `$1` is the park; salts of PINs and the time of a removal make rows differ that say the same.
 */
export const PEOPLE_STAMP = `
  select case when count(*) >= ${PEOPLE_PER_ANSWER} then null else md5(coalesce(string_agg(
    concat_ws(' ', q.revision, q.staff_id, q.removed, q.removed_ms, q.role, q.name, q.pin), chr(10) order by q.revision),
    '')) end
  from people q where q.park = $1`;
const NOW = `
select (${PEOPLE_STAMP}) as stamp, (select max(q.revision) from people q where q.park = $1) as newest`;

export interface PeopleNow {
  readonly stamp: string | null;
  /** 0 for nobody. */
  readonly revision: number;
}

export async function peopleNow(db: Reader, park: ParkId): Promise<PeopleNow> {
  const query = CompiledQuery.raw(NOW, [park]);
  const { rows } = await db.getExecutor().executeQuery<{ stamp: string | null; newest: number | null }>(query);
  return { stamp: rows[0]?.stamp ?? null, revision: Number(rows[0]?.newest ?? 0) };
}
