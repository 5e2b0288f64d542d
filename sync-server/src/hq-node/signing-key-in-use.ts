import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';
import type { HqNodeDeps } from './append-hq-events.ts';
import type { ServerKey } from './keyring.ts';
import { newestTicketKeyNumber, publishTicketKey, signingNumberOf, ticketKeyOf } from './ticket-keys.ts';

/** One of HQ's ticket keys as a park knows it. */
interface KnownKey {
  readonly number: number;
  readonly key: ServerKey;
  readonly sinceMs: number;
  readonly revokedMs: number | null;
  readonly isOver: boolean;
}

/** The key that HQ signs with now, asked for under the park's lock; null where no key may sign (T1). */
export type SigningKeyNow = (tx: Reader) => Promise<ServerKey | null>;

/**
 * Gets HQ ready to sign tickets of a park: its key is published there if it was not. Which one signs is asked within the
 * transaction that writes the tickets, each time: somebody may have put the next one to use, or revoked it, meanwhile.
 */
export async function readyToSign(deps: HqNodeDeps, park: ParkId): Promise<SigningKeyNow> {
  const { reader } = deps.database;
  await publishTicketKey(deps, park, await signingNumberOf(reader, park));
  // The keys are known from now on, and read from nowhere under the lock.
  await knownKeysOf(deps, reader, park);
  return async (tx) => {
    const used = await keyInUse(deps, tx, park);
    return used && used.revokedMs === null && !used.isOver ? used.key : null;
  };
}

/**
 * The key that HQ signs a park's tickets with, good or not; null before the first one is published. Which one was put to use
 * is in no log: where a backup is older than that (E8), and the one before was revoked since, it is the first after it that
 * was not, as a key is put to use before the one before it can be revoked. One that was published later still waits.
 */
export async function keyInUse(deps: HqNodeDeps, reader: Reader, park: string): Promise<KnownKey | null> {
  const number = await signingNumberOf(reader, park);
  const keys = (await knownKeysOf(deps, reader, park)).filter((key) => key.number >= number);
  const revokedMs = Math.max(0, ...keys.map((key) => key.revokedMs ?? 0));
  const isCandidate = (key: KnownKey) => key.revokedMs === null && (key.number === number || key.sinceMs < revokedMs);
  return keys.find(isCandidate) ?? keys[0] ?? null;
}

/** Whether a key of HQ's that may sign waits in the park to be put to use. */
export async function nextKeyWaits(deps: HqNodeDeps, reader: Reader, park: string): Promise<boolean> {
  const used = await keyInUse(deps, reader, park);
  const keys = await knownKeysOf(deps, reader, park);
  const isNext = (key: KnownKey) => key.revokedMs === null && !key.isOver && used !== null && key.number > used.number;
  return keys.some(isNext);
}

/** HQ's keys that are published in a park, of those that this server holds, oldest first. */
async function knownKeysOf(deps: HqNodeDeps, reader: Reader, park: string): Promise<readonly KnownKey[]> {
  const nowMs = deps.clock.nowMs();
  const held = new Map<string, { readonly number: number; readonly key: ServerKey }>();
  const newest = await newestTicketKeyNumber(reader);
  for (let number = 1; number <= newest; number += 1) {
    const key = await ticketKeyOf(deps, number);
    held.set(key.kid, { number, key });
  }
  const rows = await reader
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .select(['k.kid', 'k.not_before_ms', 'k.not_after_ms', 'r.revoked_ms'])
    .where('k.park', '=', park)
    .where('k.kid', 'in', [...held.keys()])
    .execute();
  const known = rows.flatMap(({ kid, not_before_ms: sinceMs, not_after_ms: endsMs, revoked_ms: revokedMs }) => {
    const one = held.get(kid);
    return one ? [{ ...one, sinceMs, revokedMs, isOver: endsMs <= nowMs }] : [];
  });
  return known.sort((one, other) => one.number - other.number);
}
