import { base64urlToBytes, bytesToHex } from '@skygate/shared/lib/bytes';
import { NODE_PATTERN, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { assertionSubject, TOKEN_AUDIENCE } from '@skygate/shared/protocol/token';
import { decodeJwt, importJWK, jwtVerify } from 'jose';
import type { Database } from '../db/database.ts';
import type { Keyring } from '../hq-node/keyring.ts';
import type { Clock, Random } from '../ports.ts';
import { signToken } from './token-text.ts';

export interface TokenDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyring: Keyring;
}

const NONCE_MS = 2 * 60_000;

/** A nonce for one assertion, so that no kiosk's clock is trusted (S1). */
export async function issueNonce({ database, clock, random }: TokenDeps): Promise<string> {
  const nonce = bytesToHex(random.bytes(24));
  const nowMs = clock.nowMs();
  await database.kysely.deleteFrom('nonces').where('expires_ms', '<', nowMs).execute();
  await database.kysely
    .insertInto('nonces')
    .values({ nonce, expires_ms: nowMs + NONCE_MS })
    .execute();
  return nonce;
}

/** A token for the kiosk that signed this assertion (RFC 7523) over one of our nonces, each good once. */
export async function issueToken(
  deps: TokenDeps,
  assertion: string,
): Promise<Result<string, 'unauthenticated' | 'epoch_closed'>> {
  const claimed = claimedNode(assertion);
  const found = claimed && (await findNode(deps.database, claimed));
  if (!found) return err('unauthenticated');
  const nonce = await nonceOf(assertion, { ...found, ...claimed });
  if (nonce === null || !(await consumeNonce(deps, nonce))) return err('unauthenticated');
  if (found.state === 'closed') return err('epoch_closed');
  return ok(await signToken(deps, { park: found.park as ParkId, ...claimed }));
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
    .selectFrom('nodes')
    .select(['park', 'public_key', 'state'])
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('role', '<>', 'hq')
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

async function consumeNonce({ database, clock }: TokenDeps, nonce: string): Promise<boolean> {
  const deleted = await database.kysely
    .deleteFrom('nonces')
    .where('nonce', '=', nonce)
    .where('expires_ms', '>=', clock.nowMs())
    .returning('nonce')
    .executeTakeFirst();
  return deleted !== undefined;
}
