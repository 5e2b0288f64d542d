// `npm run planted [-- --json] [--only NAME]`: every planted bug must be caught; the last line counts them as JSON.
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './bugs.ts';
import type { PlantedBug } from './planted-bug.ts';
import { runPlanted } from './run-planted.ts';

const USAGE = 'usage: npm run planted [-- --json] [--only PART-OF-A-NAME]';
const AT_ONCE = 2;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
  const bugs = PLANTED_BUGS.filter(({ name }) => name.includes(values.only ?? ''));
  if (bugs.length === 0) throw new Error(`no planted bug is named like ${JSON.stringify(values.only)}`);
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
  const { caught, found } = await runPlanted(bug);
  if (!quiet)
    console.log(`${caught ? 'caught' : 'MISSED'} by ${bug.harness}: ${bug.name} (${found.join('; ') || 'nothing'})`);
  return caught;
}

try {
  process.exit(await main());
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exit(1);
}
