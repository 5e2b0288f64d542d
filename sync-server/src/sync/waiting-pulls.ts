import type { AuthenticatedNode } from '../plugins/node-auth.ts';

/** A kiosk waits in one pull; a few more may be left of connections that broke. */
const WAITS_PER_NODE = 4;

/** Who waits in a pull, so that no kiosk can hold any number of requests open (S5). */
export interface WaitingPulls {
  /** A new wait ends the oldest one of the same incarnation. Call `end` when it is over. */
  begin(node: AuthenticatedNode): { readonly superseded: AbortSignal; end(): void };
}

export function createWaitingPulls(): WaitingPulls {
  const waitsByNode = new Map<string, Set<AbortController>>();
  return {
    begin({ park, node, epoch }) {
      const name = `${park}/${node}/${epoch}`;
      const own = waitsByNode.get(name) ?? new Set();
      waitsByNode.set(name, own);
      const wait = new AbortController();
      own.add(wait);
      // A set is walked in the order of its making: the oldest come first.
      for (const oldest of own) {
        if (own.size <= WAITS_PER_NODE) break;
        own.delete(oldest);
        oldest.abort();
      }
      const end = (): void => {
        own.delete(wait);
        if (own.size === 0 && waitsByNode.get(name) === own) waitsByNode.delete(name);
      };
      return { superseded: wait.signal, end };
    },
  };
}
