import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';

/**
 * The park position that every gate has on disk, each in its newest open incarnation (C5). What a gate pulled of another
 * log (before a restore, E8) says nothing of this one's positions.
 */
export async function gatesPulledTo(reader: Reader, park: ParkId): Promise<number> {
  const gates = await reader
    .selectFrom('nodes as n')
    .innerJoin('parks as p', 'p.park', 'n.park')
    .select(['n.node', 'n.pulled_position', 'n.pulled_log_id', 'p.log_id'])
    .where('n.park', '=', park)
    .where('n.role', '=', 'gate')
    .where('n.state', '=', 'open')
    .orderBy('n.node')
    .orderBy('n.epoch', 'desc')
    .execute();
  const newest = gates.filter((gate, index) => gates.findIndex(({ node }) => node === gate.node) === index);
  return newest.reduce(
    (least, gate) => Math.min(least, gate.pulled_log_id === gate.log_id ? gate.pulled_position : 0),
    Number.MAX_SAFE_INTEGER,
  );
}
