import type { Event } from '@skygate/shared/events/envelope';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { envelopeHashOf, type UnchainedEvent } from '@skygate/shared/sync/chain';

export interface ChainedRun {
  readonly events: readonly Event[];
  readonly bodies: readonly string[];
}

/**
 * Recomputes a run's chain from `prev` (S2), keeping the canonical bodies that were hashed, because they are stored.
 * @throws if an event has no canonical form (a lone surrogate): nobody can have sealed such a thing
 */
export function chainRun(crypto: Crypto, unchained: Iterable<UnchainedEvent>, prev: string): ChainedRun {
  const events: Event[] = [];
  const bodies: string[] = [];
  let previous = prev;
  for (const event of unchained) {
    const body = canonicalJson(event.body);
    const chained = { ...event, bodyHash: crypto.sha256Hex(body), prev: previous };
    const hash = envelopeHashOf(crypto, chained);
    events.push({ ...chained, hash });
    bodies.push(body);
    previous = hash;
  }
  return { events, bodies };
}
