import { casesRefolder } from './cases.ts';
import type { Refolder } from './refolder.ts';
import { withheldRefolder } from './withheld.ts';

/** Every refolder, each after those whose tables it reads. */
export const REFOLDERS: readonly Refolder[] = [casesRefolder, withheldRefolder];
