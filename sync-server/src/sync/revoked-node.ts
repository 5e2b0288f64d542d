import type { Reader } from '../db/database.ts';

/** How an incarnation of a kiosk stands with HQ, where it is not open. */
export type EndedNode = 'revoked' | 'wiped' | 'closed';

/**
 * Why a closed incarnation is closed: `revoked` may still deliver what it has (X4), until it said that it wiped itself;
 * one that was enrolled anew may not even ask (E6).
 */
export async function endOf(
  reader: Reader,
  { park, node, epoch }: { readonly park: string; readonly node: string; readonly epoch: number },
): Promise<EndedNode> {
  const row = await reader
    .selectFrom('kiosk_revocations as r')
    .leftJoin('wiped_kiosks as w', (join) =>
      join.onRef('w.park', '=', 'r.park').onRef('w.node', '=', 'r.node').onRef('w.epoch', '=', 'r.epoch'),
    )
    .select('w.wiped_ms')
    .where('r.park', '=', park)
    .where('r.node', '=', node)
    .where('r.epoch', '=', epoch)
    .executeTakeFirst();
  if (!row) return 'closed';
  return row.wiped_ms === null ? 'revoked' : 'wiped';
}
