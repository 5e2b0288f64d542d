import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { createEnrolmentCode } from '../../hq-node/enrolment.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';

/**
 * A code for the next incarnation of a kiosk that is known (E6): a restored disk, a clone, a new machine in its place.
 * It keeps its name, place and number; the incarnation before it ends when the code is used.
 */
export async function enrolAnew(
  deps: HqDeps,
  park: ParkId,
  node: string,
): Promise<{ readonly code: string; readonly expiresMs: number }> {
  const newest = await deps.database.reader
    .selectFrom('nodes as n')
    .leftJoin('kiosk_revocations as r', (join) =>
      join.onRef('r.park', '=', 'n.park').onRef('r.node', '=', 'n.node').onRef('r.epoch', '=', 'n.epoch'),
    )
    .select(['n.name', 'n.role', 'n.gate_id', 'r.node as revoked'])
    .where('n.park', '=', park)
    .where('n.node', '=', node)
    .where('n.role', '<>', 'hq')
    .orderBy('n.epoch', 'desc')
    .executeTakeFirst();
  if (!newest) throw hqProblem('not_found', `The park ${park} has no kiosk ${node}.`);
  if (newest.revoked !== null) {
    throw hqProblem('revoked', `${newest.name} was revoked: enrol what takes its place as a new kiosk.`);
  }
  const { name, role, gate_id: gateId } = newest;
  return createEnrolmentCode(deps, { park, name, role: role as KioskRole, gateId, node: node as NodeId });
}
