import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { NODE_PATTERN, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { assertionSubject, TOKEN_AUDIENCE } from '@skygate/shared/protocol/token';
import { decodeJwt, importJWK, jwtVerify } from 'jose';
import type { Database } from '../db/database.ts';
import type { Keyring } from '../hq-node/keyring.ts';
import type { KioskSession } from '../plugins/node-auth.ts';
import type { Clock, Random } from '../ports.ts';
import { spendNonce } from './nonce.ts';
import { signToken } from './token-text.ts';

export interface TokenDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly keyring: Keyring;
}

/** A token, and whether it is only for delivering what a revoked kiosk still has (X4). */
export interface IssuedToken {
  readonly token: string;
  readonly isRevoked: boolean;
}

export type TokenRefusal =
  | { readonly kind: 'unauthenticated' }
  /** Nobody of that name and epoch was let in, as far as this log goes (E8). */
  | { readonly kind: 'unknown_kiosk' }
  /** This incarnation is over; only to whoever proved to be it. */
  | ({ readonly kind: 'closed' } & Pick<KioskSession, 'stream' | 'isRevoked'>);

/** A token for the kiosk that signed this assertion (RFC 7523) over one of our nonces, each good once. */
export async function issueToken(
  deps: TokenDeps,
  assertion: string,
  { protocol }: { readonly protocol: number },
): Promise<Result<IssuedToken, TokenRefusal>> {
  const claimed = claimedNode(assertion);
  if (!claimed) return err({ kind: 'unauthenticated' });
  const found = await findNode(deps.database, claimed);
  if (!found) return err({ kind: 'unknown_kiosk' });
  const nonce = await nonceOf(assertion, { ...found, ...claimed });
  if (nonce === null || !(await spendNonce(deps, nonce))) return err({ kind: 'unauthenticated' });
  const { state, public_key: publicKey, head_seq: headSeq, head_hash: headHash, is_revoked: isRevoked } = found;
  if (state !== 'open' && !(isRevoked && protocol > 1)) {
    return err({ kind: 'closed', stream: { state, publicKey, headSeq, headHash }, isRevoked });
  }
  return ok({ token: await signToken(deps, { park: found.park as ParkId, ...claimed }), isRevoked });
}

interface ClaimedNode {
  readonly node: NodeId;
  readonly epoch: number;
}

/** Who says it signed this; believed only after the signature is checked. */
function claimedNode(assertion: string): ClaimedNode | null {
  try {
    const match = /^(.+)\/([1-9]\d{0,15})$/.exec(decodeJwt(assertion).sub ?? '');
    const [, node = '', epoch] = match ?? [];
    return new RegExp(NODE_PATTERN).test(node) ? { node: node as NodeId, epoch: Number(epoch) } : null;
  } catch {
    return null;
  }
}

const findNode = ({ reader }: Database, { node, epoch }: ClaimedNode) =>
  reader
    .selectFrom('nodes as n')
    .select(({ exists, selectFrom }) => [
      'n.park',
      'n.public_key',
      'n.state',
      'n.head_seq',
      'n.head_hash',
      exists(
        selectFrom('kiosk_revocations as r')
          .select('r.node')
          .whereRef('r.park', '=', 'n.park')
          .whereRef('r.node', '=', 'n.node')
          .whereRef('r.epoch', '=', 'n.epoch'),
      )
        .$castTo<boolean>()
        .as('is_revoked'),
    ])
    .where('n.node', '=', node)
    .where('n.epoch', '=', epoch)
    .where('n.role', '<>', 'hq')
    .executeTakeFirst();

/** The nonce the assertion was signed over; null if the signature or its words are wrong. */
async function nonceOf(
  assertion: string,
  signer: ClaimedNode & { readonly public_key: string },
): Promise<string | null> {
  if (!base64urlToBytes(signer.public_key)) return null;
  const subject = assertionSubject(signer.node, signer.epoch);
  try {
    const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: signer.public_key }, 'EdDSA');
    // Its times are the kiosk's clock and mean nothing here: the nonce is what makes it fresh.
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: ['EdDSA', 'Ed25519'],
      issuer: subject,
      subject,
      audience: TOKEN_AUDIENCE,
      clockTolerance: Number.MAX_SAFE_INTEGER,
    });
    return payload.jti ?? null;
  } catch {
    return null;
  }
}
