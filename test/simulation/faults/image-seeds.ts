import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { isOverridden } from './sell-before-reports.ts';

const SEEDS_WITH_IMAGES = 0.3;

/** What decides about an image of a disk that comes back in a seed; null where none does. */
export function imagesRandom(seed: number): SeededRandom | null {
  const random = seededRandom(`${seed}/images`);
  return random.chance(SEEDS_WITH_IMAGES) && !isOverridden(seed) ? random : null;
}

/** Whether an image of a disk comes back in a seed. */
export const hasImages = (seed: number): boolean => imagesRandom(seed) !== null;
