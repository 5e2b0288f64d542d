import type { Event } from '@skygate/shared/events/envelope';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { chainCanonical, type UnchainedEvent } from '@skygate/shared/sync/chain';

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
    const chained = chainCanonical(crypto, event, previous);
    events.push(chained.event);
    bodies.push(chained.body);
    previous = chained.event.hash;
  }
  return { events, bodies };
}
