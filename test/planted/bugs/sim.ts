import { hasImages } from '../../simulation/faults/image-seeds.ts';
import { hasRestore } from '../../simulation/restored-server.ts';
import type { SimBug } from '../planted-bug.ts';

type Given = Omit<SimBug, 'harness' | 'seeds'> & Partial<Pick<SimBug, 'seeds'>>;

/** Seeds beyond this are not looked at: where nothing fits among them, the predicate is wrong. */
const LOOKED_AT = 1_000;

/** The first seeds that have something: the simulator decides from the seed alone what a park meets. */
export function seedsWith(has: (seed: number) => boolean, count = 6): readonly number[] {
  const seeds: number[] = [];
  for (let seed = 1; seeds.length < count; seed += 1) {
    if (seed > LOOKED_AT) throw new Error('broken invariant: enough seeds have what the bug needs');
    if (has(seed)) seeds.push(seed);
  }
  return seeds;
}

/** Neither a disk nor the server is put back: what then is lost or done twice by right hides no bug. */
export const isPlain = (seed: number): boolean => !hasImages(seed) && !hasRestore(seed);

/** Most bugs show in the first parks there are. */
export const sim = (bug: Given): SimBug => ({ seeds: seedsWith(() => true, 16), ...bug, harness: 'sim' });
