import type { SimBug } from '../planted-bug.ts';

type Given = Omit<SimBug, 'harness' | 'seeds'> & Partial<Pick<SimBug, 'seeds'>>;

/** Most bugs show in the first parks there are. */
export const sim = (bug: Given): SimBug => ({ seeds: { from: 1, count: 4 }, ...bug, harness: 'sim' });
