import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './bugs.ts';
import { withBug } from './plant.ts';
import { runPlanted } from './run-planted.ts';

describe('planted bugs', () => {
  it('are at least twenty, each with a name of its own', () => {
    expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(20);
  });

  it.each(PLANTED_BUGS)('$rule: what it replaces stands exactly once in the program: $name', ({ edits }) => {
    for (const edit of edits) expect(withBug(edit)).not.toContain(`${edit.find}${edit.find}`);
  });

  it('are no bugs if what they replace is not there', () => {
    const edit = { file: 'package.json', find: 'no such words', replace: '' };
    expect(() => withBug(edit)).toThrow('package.json has 0 times, not once: "no such words"');
  });

  /** `npm run planted` runs all of them; these are the ones that show soonest. */
  const SOONEST = PLANTED_BUGS.filter(({ name }) => name.startsWith('part of a batch'));

  it.each(SOONEST)('are caught: $name', { timeout: 300_000 }, async (bug) => {
    const { caught, found } = await runPlanted(bug);
    expect(caught, found.join('; ')).toBe(true);
  });
});
