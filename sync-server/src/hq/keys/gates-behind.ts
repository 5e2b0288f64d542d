import type { Reader } from '../../db/database.ts';

/** Open gates that are not known to have pulled the publication of a ticket key: they would call it unknown (T1, T2). */
export async function gatesBehindKey(
  reader: Reader,
  park: string,
  kid: string,
): Promise<readonly { readonly node: string; readonly name: string }[]> {
  const published = await reader
    .selectFrom('events as e')
    .innerJoin('parks as p', 'p.park', 'e.park')
    .select(['e.position', 'p.log_id'])
    .where('e.park', '=', park)
    .where('e.type', '=', 'SigningKeyPublished')
    .where('e.subject', '=', `key:${kid}`)
    .orderBy('e.position')
    .executeTakeFirst();
  if (!published) return [];
  return (
    reader
      .selectFrom('nodes')
      .select(['node', 'name'])
      .where('park', '=', park)
      .where('role', '=', 'gate')
      .where('state', '=', 'open')
      // A position means something within one log only (E8).
      .where((where) =>
        where.or([where('pulled_position', '<', published.position), where('pulled_log_id', '<>', published.log_id)]),
      )
      .orderBy('name')
      .execute()
  );
}
