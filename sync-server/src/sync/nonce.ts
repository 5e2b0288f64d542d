import { bytesToHex } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { CompiledQuery } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Keyring } from '../hq-node/keyring.ts';
import type { Clock, Random } from '../ports.ts';

const NONCE_MS = 2 * 60_000;
const NONCE = /^([0-9a-f]{48})\.([0-9a-f]{12})\.([0-9a-f]{64})$/;

interface NonceDeps {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly keyring: Keyring;
}

/**
 * A nonce for one assertion, so that no kiosk's clock is trusted (S1). It carries its own end under a seal of this
 * installation: a flood of questions by those who have no key writes nothing, and any instance knows it again.
 */
export async function issueNonce(deps: NonceDeps & { readonly random: Random }): Promise<string> {
  const random = bytesToHex(deps.random.bytes(24));
  const ends = (deps.clock.nowMs() + NONCE_MS).toString(16).padStart(12, '0');
  return `${random}.${ends}.${await markOf(deps, random, ends)}`;
}

// The used ones of the last minutes; those whose time is over need no row any more.
const USE = `
with gone as (delete from nonces where expires_ms < $3)
insert into nonces (nonce, expires_ms) values ($1, $2) on conflict (nonce) do nothing returning nonce`;

/** @returns whether it is one of ours, still good and not used before; from now on it is used */
export async function spendNonce(deps: NonceDeps & { readonly database: Database }, nonce: string): Promise<boolean> {
  const [, random = '', ends = '', mark] = NONCE.exec(nonce) ?? [];
  const nowMs = deps.clock.nowMs();
  const endsMs = Number.parseInt(ends, 16);
  if (mark === undefined || mark !== (await markOf(deps, random, ends)) || endsMs < nowMs) return false;
  const used = await deps.database.kysely.executeQuery(CompiledQuery.raw(USE, [random, endsMs, nowMs]));
  return used.rows.length === 1;
}

async function markOf({ crypto, keyring }: NonceDeps, random: string, ends: string): Promise<string> {
  const secret = bytesToHex(await keyring.secret('nonces'));
  return crypto.sha256Hex(`${secret}\n${random}\n${ends}\n${secret}`);
}
