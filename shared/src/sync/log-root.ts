import { canonicalJson } from '../lib/canonical-json.ts';
import type { Crypto } from '../lib/crypto.ts';

/** Where a stream ends. */
export interface StreamHead {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
}

/**
 * X5: one hash over where every stream of a park ends. The chains make each head vouch for all before it, so whoever keeps
 * this can prove later that nothing was taken out of the log or changed.
 * @param heads streams without events are left out; the order does not matter
 */
export function logRootOf(crypto: Crypto, heads: Iterable<StreamHead>): string {
  const sorted = [...heads].filter(({ seq }) => seq > 0).sort(byPlace);
  return crypto.sha256Hex(canonicalJson(sorted.map(({ node, epoch, seq, hash }) => [node, epoch, seq, hash])));
}

function byPlace(a: StreamHead, b: StreamHead): number {
  if (a.node !== b.node) return a.node < b.node ? -1 : 1;
  return a.epoch - b.epoch;
}
