import type { PlantedBug, RaceBug, RulesBug, SimBug } from './planted-bug.ts';

/** The rest of a bug's seeds are reserves: they have no more in them than the first. */
const SEEDS_OF_A_BUG = 2;
const NOTHING = { rule: '', edits: [], breaks: [] };

/**
 * What the harnesses run for the bugs, once each and with nothing planted: the seeds, the races, and the tests by file.
 * Whatever they report then no bug has done.
 */
export function controlsOf(bugs: readonly PlantedBug[]): readonly PlantedBug[] {
  return [
    ...seedsOf(bugs.filter((bug): bug is SimBug => bug.harness === 'sim')),
    ...racesOf(bugs.filter((bug): bug is RaceBug => bug.harness === 'race')),
    ...testsOf(bugs.filter((bug): bug is RulesBug => bug.harness === 'rules')),
  ];
}

function seedsOf(bugs: readonly SimBug[]): readonly SimBug[] {
  const seeds = [...new Set(bugs.flatMap((bug) => bug.seeds.slice(0, SEEDS_OF_A_BUG)))].sort((a, b) => a - b);
  return seeds.length === 0 ? [] : [{ ...NOTHING, harness: 'sim', name: `seeds ${seeds.join()}`, seeds }];
}

function racesOf(bugs: readonly RaceBug[]): readonly RaceBug[] {
  const races = [...new Set(bugs.flatMap((bug) => bug.races))];
  const rounds = Math.max(...bugs.map((bug) => bug.rounds));
  return races.length === 0 ? [] : [{ ...NOTHING, harness: 'race', name: `races ${races.join()}`, races, rounds }];
}

function testsOf(bugs: readonly RulesBug[]): readonly RulesBug[] {
  const files = [...new Set(bugs.map(({ tests }) => tests))];
  return files.map((tests) => {
    const breaks = bugs.filter((bug) => bug.tests === tests).flatMap((bug) => bug.breaks);
    return { ...NOTHING, harness: 'rules', name: tests, tests, breaks: [...new Set(breaks)] };
  });
}
