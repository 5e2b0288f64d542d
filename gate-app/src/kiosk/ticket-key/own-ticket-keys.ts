import type { Crypto } from '@skygate/shared/lib/crypto';
import { type NodeKey, nodeKeyFrom } from '@skygate/shared/sync/chain';
import type { Database } from 'better-sqlite3';
import type { EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import type { KioskKeys } from '../kiosk-keys.ts';

export interface OwnTicketKeysDeps {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly clock: KioskClock;
  readonly crypto: Crypto;
  readonly keys: Pick<KioskKeys, 'ticketSeeds' | 'nextTicketSeed'>;
}

/** The keys a till may sign tickets with, as its own log has them delegated (T1). */
export interface OwnTicketKeys {
  /**
   * The newest key whose publication is in this kiosk's log, that is not revoked, and whose period is not over by a clock
   * that is trusted; null if there is none: then nothing can be sold.
   */
  signing(): NodeKey | null;
  /** Whether HQ has to be asked for another: there is none, or the period of the newest nears its end. */
  isDue(): boolean;
  /** The key to ask with: one that is not published yet, else a new one, which is on disk before this returns. */
  toAskWith(): NodeKey;
}

/** A till that is in contact once a month is never without a key. */
const MARGIN_MS = 30 * 24 * 60 * 60_000;

interface Delegated {
  readonly not_before_ms: number;
  readonly not_after_ms: number;
  readonly revoked: number;
}

const DELEGATED = `
  SELECT k.not_before_ms, k.not_after_ms,
    EXISTS (SELECT 1 FROM signing_key_revocations r WHERE r.park = k.park AND r.kid = k.kid) AS revoked
  FROM signing_keys k WHERE k.park = ? AND k.kid = ? AND k.holder = ?`;

export function createOwnTicketKeys({ database, eventLog, clock, crypto, keys }: OwnTicketKeysDeps): OwnTicketKeys {
  const delegated = database.prepare<[string, string, string], Delegated>(DELEGATED);
  const known = new Map<Uint8Array, NodeKey>();
  const keyOf = (seed: Uint8Array): NodeKey => {
    const key = known.get(seed) ?? nodeKeyFrom(crypto, seed);
    known.set(seed, key);
    return key;
  };
  const rowOf = ({ park, node }: KioskIdentity, { kid }: NodeKey): Delegated | undefined =>
    delegated.get(park, kid, node);
  // A clock that is known to be wrong ends no period (H2).
  const isOver = ({ not_after_ms: endMs }: Delegated): boolean => clock.trust() !== 'none' && clock.nowMs() >= endMs;

  const best = (): { readonly key: NodeKey; readonly row: Delegated } | null => {
    const identity = eventLog.identity();
    if (identity === null) return null;
    let found: { readonly key: NodeKey; readonly row: Delegated } | null = null;
    for (const key of keys.ticketSeeds().map(keyOf)) {
      const row = rowOf(identity, key);
      if (row === undefined || row.revoked === 1 || isOver(row)) continue;
      if (found === null || row.not_before_ms >= found.row.not_before_ms) found = { key, row };
    }
    return found;
  };

  return {
    signing: () => best()?.key ?? null,
    isDue: () => {
      const identity = eventLog.identity();
      if (identity?.role !== 'till' || eventLog.stopped() !== null) return false;
      const newest = best();
      // The enrolment delegates the first key: its publication only has to be pulled.
      if (newest === null) return keys.ticketSeeds().some((seed) => rowOf(identity, keyOf(seed)) !== undefined);
      const { not_before_ms: sinceMs, not_after_ms: endMs } = newest.row;
      const marginMs = Math.min(MARGIN_MS, (endMs - sinceMs) / 4);
      return clock.trust() !== 'none' && clock.nowMs() >= endMs - marginMs;
    },
    toAskWith: () => {
      const identity = eventLog.identity();
      const newest = keys.ticketSeeds().at(-1);
      const isAsked = identity !== null && newest !== undefined && rowOf(identity, keyOf(newest)) === undefined;
      return keyOf(isAsked ? newest : keys.nextTicketSeed());
    },
  };
}
