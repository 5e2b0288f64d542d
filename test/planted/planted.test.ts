import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './bugs.ts';
import { controlsOf } from './controls.ts';
import { withBug, withEdits } from './plant.ts';
import { runControl, runPlanted } from './run-planted.ts';
import { nextStretch } from './stretches.ts';
import { tableLines } from './table.ts';

const TEST = join(import.meta.dirname, '..');

/** A machine that does much else is slow: nothing here measures time. */
const PATIENCE_MS = 15 * 60_000;

const bugOf = (name: string) => {
  const bug = PLANTED_BUGS.find((each) => each.name === name);
  if (!bug) throw new Error(`no bug is planted as ${name}`);
  return bug;
};

/** What tests of a file may be called: its words in quotes, with whatever a table of cases puts into them. */
const titlesIn = (source: string): readonly RegExp[] =>
  [...source.matchAll(/'([^'\n]{6,})'|`([^`\n]{6,})`|"([^"\n]{6,})"/g)].map(([, ...words]) => {
    const literal = words.find((one) => one !== undefined) ?? '';
    const escaped = literal.replaceAll(/[.*+?^{}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(`^${escaped.replaceAll(/%[a-z]|\$\w+|\$\\\{.*?\\\}/g, '.*')}$`);
  });

describe('planted bugs', () => {
  it('are many, each with a name of its own, most of them in what is random or races', () => {
    expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
    const found = PLANTED_BUGS.filter(({ harness }) => harness !== 'rules');
    expect(found.length).toBeGreaterThanOrEqual(20);
    expect(PLANTED_BUGS.every(({ breaks, edits }) => breaks.length > 0 && edits.length > 0)).toBe(true);
  });

  it.each(PLANTED_BUGS)('$rule: what it replaces stands exactly once in the program: $name', ({ edits }) => {
    for (const { file, find, replace } of edits) {
      expect(file).not.toMatch(/test/);
      expect(find).not.toBe(replace);
    }
    expect(withEdits(edits).size).toBeGreaterThan(0);
  });

  it('are all in the table of docs/reliability.md, as `node test/planted/table.ts` prints them', () => {
    const page = readFileSync(join(TEST, '..', 'docs', 'reliability.md'), 'utf8');
    expect(tableLines().filter((line) => !page.includes(`${line}\n`))).toEqual([]);
  });

  it('name what their harness can report', () => {
    const wordsOf = (folder: string): string =>
      readdirSync(join(TEST, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(TEST, folder, file), 'utf8'))
        .join();
    const words = { sim: wordsOf('simulation'), race: wordsOf('race') };
    const unknown = PLANTED_BUGS.flatMap(({ harness, breaks }) =>
      harness === 'rules' ? [] : breaks.filter((invariant) => !words[harness].includes(`'${invariant}'`)),
    );
    expect(unknown).toEqual([]);
  });

  it('name tests that stand in the file they name', () => {
    const unknown = PLANTED_BUGS.flatMap((bug) => {
      if (bug.harness !== 'rules') return [];
      const titles = titlesIn(readFileSync(join(TEST, '..', bug.tests), 'utf8'));
      return bug.breaks.filter((name) => !titles.some((title) => title.test(name)));
    });
    expect(unknown).toEqual([]);
  });

  it('of the simulator have their seeds in rows, of which each is tried once', () => {
    const seeds = [3, 4, 5, 9, 11, 12];
    expect(nextStretch(seeds)).toEqual({ from: 3, count: 3 });
    expect(nextStretch(seeds, 3)).toEqual({ from: 4, count: 2 });
    expect(nextStretch(seeds, 5)).toEqual({ from: 9, count: 1 });
    expect(nextStretch(seeds, 9)).toEqual({ from: 11, count: 2 });
    expect(nextStretch(seeds, 12)).toBeNull();
  });

  it('have one control for the seeds, one for the races, and one for each file of tests', () => {
    const parts = controlsOf(PLANTED_BUGS);
    const files = new Set(PLANTED_BUGS.flatMap((bug) => (bug.harness === 'rules' ? [bug.tests] : [])));
    expect(parts.map(({ harness }) => harness)).toEqual(['sim', 'race', ...[...files].map(() => 'rules')]);
    expect(parts.every(({ edits }) => edits.length === 0)).toBe(true);
    const [seeds] = parts;
    const first = PLANTED_BUGS.flatMap((bug) => (bug.harness === 'sim' ? bug.seeds.slice(0, 1) : []));
    expect(seeds?.harness === 'sim' && first.every((seed) => seeds.seeds.includes(seed))).toBe(true);
  });

  it('are no bugs if what they replace is not there', () => {
    const edit = { file: 'package.json', find: 'no such words', replace: '' };
    expect(() => withBug(edit)).toThrow('package.json has 0 times, not once: "no such words"');
  });

  /** `npm run planted` runs all of them; of each harness one that shows at once. */
  const SOONEST = [
    'part of a batch is accepted and the rest forgotten',
    'an enrolment code is judged by what was read before the lock',
    'an ended lease is HQ’s again without the fence of its holder’s seal',
  ].map(bugOf);

  it.each(SOONEST)('are caught by $harness: $name', { timeout: PATIENCE_MS }, async (bug) => {
    const { caught, found } = await runPlanted(bug);
    expect(caught, found.join('; ')).toBe(true);
  });

  it.each(SOONEST)('are not caught by $harness where none is planted', { timeout: PATIENCE_MS }, async (bug) => {
    const short = bug.harness === 'sim' ? { ...bug, seeds: bug.seeds.slice(0, 1) } : bug;
    const once = short.harness === 'race' ? { ...short, rounds: 1 } : short;
    expect(await runControl(once)).toMatchObject({ caught: false, found: [] });
  });

  it('are run by a command that refuses what it does not know', { timeout: PATIENCE_MS }, () => {
    const command = join(import.meta.dirname, 'planted-command.ts');
    const run = (...args: string[]) => spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
    expect(run('--only', 'no such bug')).toMatchObject({ status: 1, stderr: expect.stringContaining('usage') });
    expect(run('--onyl', 'x')).toMatchObject({ status: 1, stderr: expect.stringContaining('--onyl') });
  });
});
