// `npm run planted [-- --json] [--harness H] [--only TEXT]`: every planted bug must be caught; the last line counts them.
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { runPlanted } from './run-planted.ts';

const USAGE = 'usage: npm run planted [-- --json] [--harness sim|race|rules] [--only PART-OF-A-NAME]';
const AT_ONCE = 2;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      harness: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  const { harness, only } = values;
  const bugs = PLANTED_BUGS.filter((bug) => bug.name.includes(only) && (harness ?? bug.harness) === bug.harness);
  if (bugs.length === 0) throw new Error('no planted bug is named like that');
  const missed: string[] = [];
  const queue = [...bugs];
  const work = async (): Promise<void> => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      if (!(await isCaught(bug, values.json))) missed.push(bug.name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(JSON.stringify({ planted: bugs.length, caught: bugs.length - missed.length, missed: missed.sort() }));
  return missed.length === 0 ? 0 : 1;
}

async function isCaught(bug: PlantedBug, quiet: boolean): Promise<boolean> {
  const started = performance.now();
  const { caught, found } = await runPlanted(bug);
  const seconds = Math.round((performance.now() - started) / 1000);
  const words = `${bug.harness}, ${seconds} s: ${bug.rule}: ${bug.name}\n  ${found.join('; ') || 'nothing found'}`;
  if (!quiet) console.log(`${caught ? 'caught' : 'MISSED'} by ${words}`);
  return caught;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exit(1);
}
