import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { EnrolResponse } from '@skygate/shared/protocol/enrol';
import type { Reader } from '../db/database.ts';
import { type HqNodeDeps, UnknownParkError } from './append-hq-events.ts';

/** What a kiosk is told that a code let in: the same whenever it asks with that code (S1). */
export async function answerFor(deps: HqNodeDeps, park: ParkId, codeHash: string): Promise<EnrolResponse> {
  const row = await deps.database.reader
    .selectFrom('enrolment_codes as c')
    .innerJoin('nodes as n', (join) =>
      join.onRef('n.park', '=', 'c.park').onRef('n.node', '=', 'c.used_node').onRef('n.epoch', '=', 'c.used_epoch'),
    )
    .innerJoin('parks as p', 'p.park', 'c.park')
    .select(['n.node', 'n.epoch', 'n.name', 'n.role', 'n.gate_id', 'n.number', 'p.log_id'])
    .where('c.code_hash', '=', codeHash)
    .executeTakeFirstOrThrow();
  return {
    park,
    node: row.node,
    epoch: row.epoch,
    name: row.name,
    role: row.role as KioskRole,
    gateId: row.gate_id,
    number: row.number,
    logId: row.log_id,
    hq: await hqIdentity(deps.database.reader, park),
    serverMs: deps.clock.nowMs(),
  };
}

/** HQ's node in a park and the key that seals its present epoch (E7). @throws UnknownParkError */
async function hqIdentity(reader: Reader, park: ParkId): Promise<EnrolResponse['hq']> {
  const row = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'public_key'])
    .where('park', '=', park)
    .where('role', '=', 'hq')
    .where('state', '=', 'open')
    .orderBy('epoch', 'desc')
    .executeTakeFirst();
  if (!row) throw new UnknownParkError(`There is no park ${park} on this server.`);
  return { node: row.node, epoch: row.epoch, publicKey: row.public_key };
}
