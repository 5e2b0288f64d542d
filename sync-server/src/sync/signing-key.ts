import { base64urlToBytes, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { keyIdOf } from '@skygate/shared/lib/crypto';
import {
  type SigningKeyRequest,
  type SigningKeyResponse,
  signingKeyProofText,
} from '@skygate/shared/protocol/signing-key';
import type { Writer } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps } from '../hq-node/append-hq-events.ts';
import { signingKeyDraft } from '../hq-node/ticket-keys.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { syncProblem } from '../plugins/problem.ts';

/** Live keys of one till: the present one, the next, and room for a till that was interrupted. */
const LIVE_KEYS_MAX = 4;

/**
 * T1: delegates a new ticket key to a till, published as an event. The same key asked for again (its answer was lost) is
 * the same key. @throws Problem 403 for a gate, 401 for a proof that does not hold, 429 for one key too many
 */
export async function delegateSigningKey(
  deps: HqNodeDeps,
  kiosk: AuthenticatedNode,
  request: SigningKeyRequest,
): Promise<SigningKeyResponse> {
  const { crypto } = deps;
  const { park, node, epoch } = kiosk;
  const publicKey = base64urlToBytes(request.signingPublicKey);
  const signature = base64urlToBytes(request.proof);
  const words = utf8ToBytes(signingKeyProofText(node, epoch, request.signingPublicKey));
  if (!publicKey || !signature || !crypto.verify(publicKey, words, signature)) {
    throw syncProblem('unauthenticated', 'The proof is not signed by the key that is to sign tickets.');
  }
  const kid = keyIdOf(crypto, publicKey);
  await appendHqEvents(deps, park, async (tx) => {
    await requireTill(tx, kiosk);
    const known = await tx
      .selectFrom('signing_keys as k')
      .leftJoin('signing_key_revocations as r', (join) =>
        join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
      )
      .select(['k.holder', 'r.revoked_ms'])
      .where('k.park', '=', park)
      .where('k.kid', '=', kid)
      .executeTakeFirst();
    if (known && (known.holder !== node || known.revoked_ms !== null)) {
      throw syncProblem('wrong_stream', 'This key is another till’s, or it was revoked: make a new one.');
    }
    if (known) return { drafts: [] };
    if ((await liveKeys(tx, kiosk, deps.clock.nowMs())) >= LIVE_KEYS_MAX) {
      throw syncProblem('too_many_requests', `A till has at most ${LIVE_KEYS_MAX} live keys.`);
    }
    const nowMs = deps.clock.nowMs();
    return {
      drafts: [signingKeyDraft({ park, kid, publicKey: request.signingPublicKey, holder: { node, epoch }, nowMs })],
    };
  });
  return { kid };
}

async function requireTill(tx: Writer, { park, node, epoch }: AuthenticatedNode): Promise<void> {
  const row = await tx
    .selectFrom('nodes')
    .select(['role', 'state'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  // Asked under the lock: a key delegated to a kiosk that was just revoked would outlive its revocation.
  if (row?.state !== 'open') throw syncProblem('epoch_closed', 'This kiosk was revoked or enrolled anew.');
  if (row.role !== 'till') throw syncProblem('wrong_stream', 'Only a till signs tickets.');
}

async function liveKeys(tx: Writer, { park, node }: AuthenticatedNode, nowMs: number): Promise<number> {
  const row = await tx
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .select((select) => select.fn.countAll().as('count'))
    .where('k.park', '=', park)
    .where('k.holder', '=', node)
    .where('k.not_after_ms', '>', nowMs)
    .where('r.kid', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
