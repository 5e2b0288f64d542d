import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { describe, expect, it } from 'vitest';
import type { Keyring } from '../hq-node/keyring.ts';
import { signToken, TOKEN_SECONDS, verifyToken } from './token-text.ts';

const HOLDER = { park: 'ala-archa' as ParkId, node: 'k-0123456789ABCDEF' as NodeId, epoch: 2 };
const START_MS = Date.parse('2026-11-21T06:00:00Z');

function signedWith(byte: number) {
  const secret = new Uint8Array(32).fill(byte);
  const keyring = { secret: async () => secret } as unknown as Keyring;
  let nowMs = START_MS;
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  return {
    deps: { keyring, clock },
    passSeconds: (seconds: number): void => {
      nowMs += seconds * 1000;
    },
  };
}

describe('access tokens', () => {
  it('S1: a token that was found good is refused once it has expired', async () => {
    const { deps, passSeconds } = signedWith(1);
    const token = await signToken(deps, HOLDER);
    expect(await verifyToken(deps, token)).toEqual(HOLDER);
    passSeconds(TOKEN_SECONDS - 1);
    expect(await verifyToken(deps, token)).toEqual(HOLDER);
    passSeconds(1);
    expect(await verifyToken(deps, token)).toBeNull();
    expect(await verifyToken(deps, token)).toBeNull();
  });

  it('S1: what one server found good says nothing to a server with another secret', async () => {
    const { deps } = signedWith(1);
    const token = await signToken(deps, HOLDER);
    expect(await verifyToken(deps, token)).toEqual(HOLDER);
    expect(await verifyToken(signedWith(2).deps, token)).toBeNull();
  });

  it('S1: a token with another signature is refused, before and after the good one was seen', async () => {
    const { deps } = signedWith(1);
    const token = await signToken(deps, HOLDER);
    const forged = `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(43)}`;
    expect(await verifyToken(deps, forged)).toBeNull();
    expect(await verifyToken(deps, token)).toEqual(HOLDER);
    expect(await verifyToken(deps, forged)).toBeNull();
  });
});
