import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { CAPACITY } from '../headquarters.ts';
import { isLarge } from '../run.ts';

/** A large park has so many times as much. */
const LARGE = 10;
const SCARCE_LEAST = 80;

/**
 * In four seeds of twenty there are about as many places as tills and HQ want in half a minute, or fewer (C1): shares run
 * out, HQ lends and sells the last ones, and refuses.
 */
export const isScarce = (seed: number): boolean => [1, 7, 12, 13].includes(seed % 20);

/** Places that a park opens with, for each of its days. */
export function capacityOf(seed: number): number {
  if (isScarce(seed)) return SCARCE_LEAST + seededRandom(`${seed}/scarce capacity`).int(70);
  return isLarge(seed) ? LARGE * CAPACITY : CAPACITY;
}
