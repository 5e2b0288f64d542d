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

interface GoodToken {
  readonly holder: TokenHolder;
  readonly expiresSeconds: number;
}

/** Tokens whose signature was found good, by the secret they are signed with: a kiosk shows the same one for minutes. */
const goodTokens = new WeakMap<Uint8Array, Map<string, GoodToken>>();
/** Kiosks of a chain, many times over; then all are checked once more. */
const GOOD_MAX = 10_000;

/** @returns whose token it is; null if it is not one of ours or has expired */
export async function verifyToken({ keyring, clock }: TokenDeps, token: string): Promise<TokenHolder | null> {
  const nowMs = clock.nowMs();
  const secret = await keyring.secret('tokens');
  const known = goodTokens.get(secret) ?? new Map<string, GoodToken>();
  goodTokens.set(secret, known);
  const good = known.get(token) ?? (await readToken(token, secret, nowMs));
  if (good === null) return null;
  if (good.expiresSeconds <= Math.floor(nowMs / 1000)) {
    known.delete(token);
    return null;
  }
  if (known.size >= GOOD_MAX) known.clear();
  known.set(token, good);
  return good.holder;
}

async function readToken(token: string, secret: Uint8Array, nowMs: number): Promise<GoodToken | null> {
  const checks = { issuer: ISSUER, algorithms: ['HS256'], currentDate: new Date(nowMs), requiredClaims: ['exp'] };
  const { payload } = await jwtVerify(token, secret, checks).catch(() => ({ payload: null }));
  if (!payload) return null;
  const { park, sub, epoch, exp } = payload;
  if (typeof park !== 'string' || typeof sub !== 'string' || typeof epoch !== 'number') return null;
  if (!new RegExp(PARK_PATTERN).test(park) || !new RegExp(NODE_PATTERN).test(sub) || exp === undefined) return null;
  return { holder: { park: park as ParkId, node: sub as NodeId, epoch }, expiresSeconds: exp };
}
