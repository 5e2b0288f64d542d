import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';

/**
 * The node that a newcomer's key was let in as, where the newcomer cannot know of it: the answer got lost, and then came
 * another code instead of the first one again, or the server was put back from before that code (E8). It is the same
 * machine, so it takes that place in a new epoch; as somebody else it would leave a kiosk that HQ waits for in vain
 * (C5, E8), and a till's ticket key would be another's. Whoever was ever in contact or has written anything knows what it
 * is: a copy of that machine's disk may hold the same key, and must not take its place.
 */
export async function unheardNode(reader: Reader, park: ParkId, publicKey: string): Promise<NodeId | null> {
  const row = await reader
    .selectFrom('nodes as n')
    .select('n.node')
    .where('n.park', '=', park)
    .where('n.public_key', '=', publicKey)
    .where('n.role', '<>', 'hq')
    .where('n.state', '=', 'open')
    .where('n.head_seq', '=', 0)
    .where('n.contact_ms', 'is', null)
    .orderBy('n.node')
    .limit(1)
    .executeTakeFirst();
  return (row?.node as NodeId | undefined) ?? null;
}

/**
 * The node that a newcomer says it was, where nobody has been seen as that since this server knows of it: put back from
 * before that enrolment it told the machine that it is unknown, and then HQ's event came back from another kiosk, before
 * the machine came with the code of a new one (E8). Whoever was seen meanwhile is not meant: it is there itself, and the
 * newcomer is a copy of it.
 */
export async function unseenNode(
  reader: Reader,
  park: ParkId,
  was: { readonly node: string; readonly epoch: number } | undefined,
): Promise<NodeId | null> {
  if (was === undefined) return null;
  const newest = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'state', 'contact_ms'])
    .where('park', '=', park)
    .where('node', '=', was.node)
    .where('role', '<>', 'hq')
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  const isUnseen = newest?.epoch === was.epoch && newest.state === 'open' && newest.contact_ms === null;
  return isUnseen ? (newest.node as NodeId) : null;
}
