import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';

/** The park position that every gate has pulled, each in its newest open incarnation (C5). */
export async function gatesPulledTo(reader: Reader, park: ParkId): Promise<number> {
  const gates = await reader
    .selectFrom('nodes')
    .select(['node'])
    .where('park', '=', park)
    .where('role', '=', 'gate')
    .where('state', '=', 'open')
    .execute();
  return gates.length === 0 ? Number.MAX_SAFE_INTEGER : 0;
}
