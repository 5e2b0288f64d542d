import type { EpochEnd } from '@skygate/shared/domain/kiosk/events';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { Writer } from '../db/database.ts';
import type { HqWork } from './append-hq-events.ts';
import { type Incarnation, nodeColumns } from './incarnations.ts';

export interface EndingEpoch {
  readonly park: ParkId;
  readonly reason: EpochEnd;
  /** `quarantined` where what was sent of it waits for a look at HQ. */
  readonly state: 'closed' | 'quarantined';
  /** A ticket key that goes on under the next incarnation. */
  readonly keptKid?: string;
}

/**
 * What ends an open incarnation (E6), for the transaction that holds the park's lock: it gets no tokens any more, HQ
 * says up to where its stream is held, and its ticket keys end there, so that tickets known up to that place stay good
 * (T1). Its leases end by the same word. Its facts stay, and what extends its head is still taken in.
 */
export async function endOfEpoch(tx: Writer, row: Incarnation, ending: EndingEpoch): Promise<HqWork> {
  if (row.state !== 'open') return { drafts: [] };
  const { node, epoch, head_seq: lastSeq, head_hash: lastHash } = row;
  const closed = draft(
    'EpochClosed',
    `kiosk:${node}`,
    { kiosk: node, kioskEpoch: epoch, lastSeq, lastHash, reason: ending.reason },
    { actor: 'system' },
  );
  const keys = await keysOf(tx, ending.park, { node: node as NodeId, epoch });
  const revoked = keys
    .filter((kid) => kid !== ending.keptKid)
    .map(
      (kid): KnownDraft =>
        draft('SigningKeyRevoked', `key:${kid}`, { kid, epoch, lastSeq, reason: ending.reason }, { actor: 'system' }),
    );
  return {
    drafts: [closed, ...revoked],
    rows: [{ table: 'nodes', row: { ...nodeColumns(row), state: ending.state } }],
  };
}

/** The ticket keys of a node that may still sign; one that was enrolled again stands under an earlier epoch. */
async function keysOf(
  tx: Writer,
  park: ParkId,
  holder: { readonly node: NodeId; readonly epoch: number },
): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .select('k.kid')
    .where('k.park', '=', park)
    .where('k.holder', '=', holder.node)
    .where('k.holder_epoch', '<=', holder.epoch)
    .where('r.kid', 'is', null)
    .orderBy('k.kid')
    .execute();
  return rows.map(({ kid }) => kid);
}
