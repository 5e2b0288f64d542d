import type { RulesBug } from '../planted-bug.ts';

/** Found by the tests of the rule itself. */
export const rules = (bug: Omit<RulesBug, 'harness'>): RulesBug => ({ ...bug, harness: 'rules' });
