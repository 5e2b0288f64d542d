import type { Refolder } from './refolder.ts';

/** Every refolder, each after those whose tables it reads. */
export const REFOLDERS: readonly Refolder[] = [];
