import { isHqNode, type ParkId } from '@skygate/shared/lib/ids';
import type { Reader, Writer } from '../../db/database.ts';
import { keyInUse } from '../../hq-node/signing-key-in-use.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { keyRevocation } from '../kiosks/revoke.ts';

export interface RevokeKeyAsk {
  readonly park: ParkId;
  readonly kid: string;
  readonly reason: string;
  readonly actor: string;
}

/**
 * Revokes a ticket key in every park that knows it (E7): its tickets are good only where their issue is known up to what
 * HQ has of the holder's stream now (T1). HQ's present key cannot be revoked before another one signs, nor any key twice.
 * @throws Problem 404, 409
 */
export async function revokeKey(deps: HqDeps, ask: RevokeKeyAsk): Promise<void> {
  const { reader } = deps.database;
  const rows = await reader
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .select(['k.park', 'k.holder', 'r.revoked_ms'])
    .where('k.kid', '=', ask.kid)
    .orderBy('k.park')
    .execute();
  if (!rows.some(({ park }) => park === ask.park)) {
    throw hqProblem('not_found', `There is no ticket key ${ask.kid} in ${ask.park}.`);
  }
  // Where a crash left some parks without it, the same question revokes it there.
  if (rows.every(({ revoked_ms }) => revoked_ms !== null)) {
    throw hqProblem('key_was_revoked', `The ticket key ${ask.kid} was revoked before: the reason given then stands.`);
  }
  // All or none are refused before the first is written.
  for (const { park, holder } of rows) {
    if (isHqNode(holder)) await refuseWhileSigning(deps, reader, park, ask.kid);
  }
  for (const { park } of rows) await revokeIn(deps, park as ParkId, ask);
}

async function refuseWhileSigning(deps: HqDeps, reader: Reader, park: string, kid: string): Promise<void> {
  const used = await keyInUse(deps, reader, park);
  if (used?.key.kid !== kid) return;
  throw hqProblem('key_signs', `HQ signs the tickets of ${park} with this key: put the next one to use there first.`);
}

async function revokeIn(deps: HqDeps, park: ParkId, { kid, reason, actor }: RevokeKeyAsk): Promise<void> {
  await appendOrRefuse(deps, park, async (tx) => {
    const holder = await holderOf(tx, park, kid);
    if (!holder || holder.isRevoked) return { drafts: [] };
    if (isHqNode(holder.node)) await refuseWhileSigning(deps, tx, park, kid);
    const { epoch, lastSeq } = await endOfStreams(tx, park, holder.node);
    return { drafts: [keyRevocation({ kid, epoch, lastSeq, reason, actor })] };
  });
}

async function holderOf(tx: Writer, park: string, kid: string) {
  const row = await tx
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .select(['k.holder', 'r.revoked_ms'])
    .where('k.park', '=', park)
    .where('k.kid', '=', kid)
    .executeTakeFirst();
  return row && { node: row.holder, isRevoked: row.revoked_ms !== null };
}

/** Where HQ's copy of what the holder wrote ends: its newest incarnation and that one's last event. */
async function endOfStreams(tx: Writer, park: string, node: string) {
  const row = await tx
    .selectFrom('nodes')
    .select(['epoch', 'head_seq'])
    .where('park', '=', park)
    .where('node', '=', node)
    .orderBy('epoch', 'desc')
    .executeTakeFirstOrThrow();
  return { epoch: row.epoch, lastSeq: row.head_seq };
}
