import { NODE_PATTERN, type NodeId, PARK_PATTERN, type ParkId } from '@skygate/shared/lib/ids';
import { jwtVerify, SignJWT } from 'jose';
import type { Keyring } from '../hq-node/keyring.ts';
import type { Clock } from '../ports.ts';

const ISSUER = 'skygate-sync-server';
export const TOKEN_SECONDS = 600;

interface TokenHolder {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
}

interface TokenDeps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** A short-lived token scoped to one incarnation of one kiosk in one park (S1). */
export async function signToken({ keyring, clock }: TokenDeps, { park, node, epoch }: TokenHolder): Promise<string> {
  const nowSeconds = Math.floor(clock.nowMs() / 1000);
  return new SignJWT({ park, epoch })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setSubject(node)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + TOKEN_SECONDS)
    .sign(await keyring.secret('tokens'));
}

/** @returns whose token it is; null if it is not one of ours or has expired */
export async function verifyToken({ keyring, clock }: TokenDeps, token: string): Promise<TokenHolder | null> {
  const currentDate = new Date(clock.nowMs());
  const secret = await keyring.secret('tokens');
  const { payload } = await jwtVerify(token, secret, { issuer: ISSUER, algorithms: ['HS256'], currentDate }).catch(
    () => ({ payload: null }),
  );
  if (!payload) return null;
  const { park, sub, epoch } = payload;
  if (typeof park !== 'string' || typeof sub !== 'string' || typeof epoch !== 'number') return null;
  if (!new RegExp(PARK_PATTERN).test(park) || !new RegExp(NODE_PATTERN).test(sub)) return null;
  return { park: park as ParkId, node: sub as NodeId, epoch };
}
