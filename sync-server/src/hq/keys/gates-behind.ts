import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';
import { newestRecorded } from '../../restore/newest-recorded.ts';

/** Open gates that are not known to have pulled the publication of a ticket key: they would call it unknown (T1, T2). */
export async function gatesBehindKey(
  reader: Reader,
  park: ParkId,
  kid: string,
): Promise<readonly { readonly node: string; readonly name: string }[]> {
  const to = (await publishedAt(reader, park, kid)) ?? (await recordedAt(reader, park));
  return (
    reader
      .selectFrom('nodes as n')
      .innerJoin('parks as p', 'p.park', 'n.park')
      .select(['n.node', 'n.name'])
      .where('n.park', '=', park)
      .where('n.role', '=', 'gate')
      .where('n.state', '=', 'open')
      // A position means something within one log only (E8).
      .where((where) =>
        where.or([where('n.pulled_position', '<', to), where('n.pulled_log_id', '<>', where.ref('p.log_id'))]),
      )
      .orderBy('n.name')
      .execute()
  );
}

/** HQ alone publishes keys (E7): in its own stream, found by an index of those events alone. */
async function publishedAt(reader: Reader, park: ParkId, kid: string): Promise<number | null> {
  const row = await reader
    .selectFrom('events')
    .select('position')
    .where('park', '=', park)
    .where('type', '=', sql.lit('SigningKeyPublished'))
    .where('subject', '=', `key:${kid}`)
    .where('node', '=', hqNodeOf(park))
    .orderBy('position')
    .executeTakeFirst();
  return row?.position ?? null;
}

/**
 * A publication that HQ had lost and that was recorded again (E8) stands in an `EventRecovered`. Which key that one was of
 * is not asked: past the last of them every gate knows it. Where there is none, no gate does.
 */
const recordedAt = async (reader: Reader, park: ParkId): Promise<number> =>
  (await newestRecorded(reader, park, 'SigningKeyPublished')) ?? Number.MAX_SAFE_INTEGER;
