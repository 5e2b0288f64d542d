// `npm run planted [-- --json] [--harness H] [--only TEXT] [--control]`: every planted bug must be caught; the last line counts them.
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './bugs.ts';
import { controlsOf } from './controls.ts';
import type { PlantedBug } from './planted-bug.ts';
import { type PlantedResult, runControl, runPlanted } from './run-planted.ts';

const USAGE = 'usage: npm run planted [-- --json] [--harness sim|race|rules] [--only PART-OF-A-NAME] [--control]';
const AT_ONCE = 2;

interface Asked {
  readonly bugs: readonly PlantedBug[];
  /** Nothing but the last line. */
  readonly quiet: boolean;
  /** The same harnesses, and no bug. */
  readonly control: boolean;
}

function readAsked(): Asked {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      harness: { type: 'string' },
      only: { type: 'string', default: '' },
      control: { type: 'boolean', default: false },
    },
  });
  const { harness, only, json: quiet, control } = values;
  const bugs = PLANTED_BUGS.filter((bug) => bug.name.includes(only) && (harness ?? bug.harness) === bug.harness);
  if (bugs.length === 0) throw new Error('no planted bug is named like that');
  return { bugs, quiet, control };
}

/** @returns the names of those that did not do as they should, in their order */
async function runAll(
  bugs: readonly PlantedBug[],
  run: (bug: PlantedBug) => Promise<boolean>,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const queue = [...bugs];
  const work = async (): Promise<void> => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      if (!(await run(bug))) wrong.push(bug.name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return wrong.sort();
}

async function timed(bug: PlantedBug, run: (bug: PlantedBug) => Promise<PlantedResult>) {
  const started = performance.now();
  const { caught, found } = await run(bug);
  const seconds = Math.round((performance.now() - started) / 1000);
  return { caught, took: `${bug.harness}, ${seconds} s`, words: `\n  ${found.join('; ') || 'nothing found'}` };
}

async function main(): Promise<number> {
  const { bugs, quiet, control } = readAsked();
  const say = (line: string): void => {
    if (!quiet) console.log(line);
  };
  if (control) {
    const parts = controlsOf(bugs);
    const broken = await runAll(parts, async (part) => {
      const { caught, took, words } = await timed(part, runControl);
      say(`${caught ? 'BROKEN' : 'clean'}: ${took}: ${part.name}${words}`);
      return !caught;
    });
    console.log(JSON.stringify({ controls: parts.length, clean: parts.length - broken.length, broken }));
    return broken.length === 0 ? 0 : 1;
  }
  const missed = await runAll(bugs, async (bug) => {
    const { caught, took, words } = await timed(bug, runPlanted);
    say(`${caught ? 'caught' : 'MISSED'} by ${took}: ${bug.rule}: ${bug.name}${words}`);
    return caught;
  });
  console.log(JSON.stringify({ planted: bugs.length, caught: bugs.length - missed.length, missed }));
  return missed.length === 0 ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exit(1);
}
