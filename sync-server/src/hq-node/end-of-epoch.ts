import type { EpochEnd } from '@skygate/shared/domain/kiosk/events';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Writer } from '../db/database.ts';
import type { HqWork } from './append-hq-events.ts';
import { type Incarnation, nodeColumns } from './incarnations.ts';
import { liveTicketKeysOf } from './live-ticket-keys.ts';

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
  const keys = await liveTicketKeysOf(tx, ending.park, { node, epoch });
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
