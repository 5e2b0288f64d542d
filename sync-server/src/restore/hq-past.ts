import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import { hqNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { sealVerifies } from '@skygate/shared/sync/chain';
import type { Reader } from '../db/database.ts';
import { type HqNodeDeps, hqLogKeyName } from '../hq-node/append-hq-events.ts';

type WireSeal = PushRequest['seal'];

/** One of HQ's streams in a park, as far as this server knows it. */
export interface HqPast {
  readonly node: NodeId;
  readonly epoch: number;
  readonly publicKey: Uint8Array;
  /** `lost`: the database has no such stream, and the key is the one this installation would have made for it. */
  readonly state: 'open' | 'closed' | 'lost';
  readonly headSeq: number;
  readonly headHash: string;
}

export async function hqPastOf(
  deps: Pick<HqNodeDeps, 'keyring'>,
  reader: Reader,
  park: ParkId,
  epoch: number,
): Promise<HqPast> {
  const node = hqNodeOf(park);
  const row = await reader
    .selectFrom('nodes')
    .select(['public_key', 'state', 'head_seq', 'head_hash'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  const publicKey = row ? base64urlToBytes(row.public_key) : deps.keyring.logKey(hqLogKeyName(park, epoch)).publicKey;
  return {
    node,
    epoch,
    publicKey: publicKey ?? new Uint8Array(),
    state: row ? (row.state === 'open' ? 'open' : 'closed') : 'lost',
    headSeq: row?.head_seq ?? 0,
    headHash: row?.head_hash ?? '',
  };
}

/** Whether HQ itself signed this head: nobody else can, so what it covers did once stand in HQ's log (E8). */
export const isHqsOwn = (deps: Pick<HqNodeDeps, 'crypto'>, past: HqPast, seal: WireSeal): boolean =>
  sealVerifies(deps.crypto, { ...seal, node: seal.node as NodeId }, past);

/** Whether the server has HQ's event with this hash there: in its stream, or of a lost past that was recorded again. */
export async function isHeld(
  reader: Reader,
  park: ParkId,
  { node, epoch, seq, hash }: { readonly node: string; readonly epoch: number; readonly seq: number; hash: string },
): Promise<boolean> {
  const inStream = await reader
    .selectFrom('events')
    .select('hash')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .executeTakeFirst();
  if (inStream?.hash === hash) return true;
  const inFork = await reader
    .selectFrom('hq_fork_events')
    .select('seq')
    .where('park', '=', park)
    .where('hash', '=', hash)
    .executeTakeFirst();
  return inFork !== undefined;
}
