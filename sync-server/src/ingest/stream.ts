import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { isHqNode, type NodeId } from '@skygate/shared/lib/ids';
import type { PushFrame } from '@skygate/shared/protocol/push';
import { CHAIN_START, sealVerifies } from '@skygate/shared/sync/chain';
import type { Reader } from '../db/database.ts';
import type { ReadPush } from './read-push.ts';

/** One incarnation's stream as the server has it. */
export interface Stream {
  /** `open`, or over: `closed` (revoked, enrolled anew) and `quarantined` (E6). */
  readonly state: string;
  readonly publicKey: string;
  readonly headSeq: number;
  readonly headHash: string;
}

/** A stream, and the hash of the event before a run of it: what the run's chain goes on from. */
export interface Joint extends Stream {
  /** CHAIN_START where nothing is before it. */
  readonly hashBefore: string;
}

/** Where a stream ends here: what a kiosk compares its own log with. */
export interface StreamEnd {
  readonly lastSeq: number;
  readonly lastHash: string;
}
export const endOf = ({ headSeq, headHash }: Pick<Stream, 'headSeq' | 'headHash'>): StreamEnd => ({
  lastSeq: headSeq,
  lastHash: headHash,
});

/** @returns null if the park has no such kiosk stream; HQ's is never pushed by anyone with a token (E7) */
export async function findJoint(reader: Reader, push: ReadPush): Promise<Joint | null> {
  if (isHqNode(push.node)) return null;
  const row = await reader
    .selectFrom('nodes as n')
    .leftJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 'n.park')
        .onRef('e.node', '=', 'n.node')
        .onRef('e.epoch', '=', 'n.epoch')
        .on('e.seq', '=', push.from - 1),
    )
    .select(['n.state', 'n.public_key', 'n.head_seq', 'n.head_hash', 'e.hash'])
    .where('n.park', '=', push.park)
    .where('n.node', '=', push.node)
    .where('n.epoch', '=', push.epoch)
    .executeTakeFirst();
  if (!row) return null;
  const { state, public_key: publicKey, head_seq: headSeq, head_hash: headHash } = row;
  return { state, publicKey, headSeq, headHash, hashBefore: row.hash ?? CHAIN_START };
}

/** The hashes that stand in a stream's places `from` to `to`, by seq. */
export async function hashesOf(
  reader: Reader,
  { park, node, epoch }: Pick<ReadPush, 'park' | 'node' | 'epoch'>,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<number, string>> {
  if (to < from) return new Map();
  const rows = await reader
    .selectFrom('events')
    .select(['seq', 'hash'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .execute();
  return new Map(rows.map(({ seq, hash }) => [seq, hash]));
}

/** Whether a seal is the author's own word, whatever stands under it. */
export function isAuthorsSeal(crypto: Crypto, { node, epoch, seal }: PushFrame, publicKeyText: string): boolean {
  const publicKey = base64urlToBytes(publicKeyText);
  if (!publicKey) return false;
  return sealVerifies(crypto, { ...seal, node: seal.node as NodeId }, { node: node as NodeId, epoch, publicKey });
}
