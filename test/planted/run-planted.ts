import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PLANTED } from './plant.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Whether the harness saw the bug, and in which words. */
export interface PlantedResult {
  readonly name: string;
  readonly caught: boolean;
  /** What was broken, or why the harness came to no end. */
  readonly found: readonly string[];
}

const TEST = join(import.meta.dirname, '..');
const VITEST = join(TEST, '..', 'node_modules', 'vitest', 'vitest.mjs');
/** Far more than any harness needs; a bug may make it wait for ever. */
const PATIENCE_MS = 10 * 60_000;

/** Runs one bug's harness in a process of its own, with the bug in the program it loads. */
export async function runPlanted(bug: PlantedBug): Promise<PlantedResult> {
  const { output, errors } = await run(commandOf(bug), JSON.stringify(bug.edits));
  const found = brokenIn(output);
  if (found === null) return { name: bug.name, caught: false, found: [`no result: ${errors.trim().slice(-400)}`] };
  return { name: bug.name, caught: found.some((invariant) => bug.breaks.includes(invariant)), found };
}

/** The same harness in the same way, and the program as it is: whatever is reported here no bug has done. */
export async function runControl(bug: PlantedBug): Promise<PlantedResult> {
  const { output, errors } = await run(commandOf(bug), '[]');
  const found = brokenIn(output) ?? [`no result: ${errors.trim().slice(-400)}`];
  return { name: bug.name, caught: found.length > 0, found };
}

function commandOf(bug: PlantedBug): readonly string[] {
  const plant = ['--import', join(TEST, 'planted', 'plant.ts')];
  switch (bug.harness) {
    case 'sim': {
      const { from, count } = bug.seeds;
      const range = ['--processes', '1', '--seeds', String(count), '--from', String(from), '--until-failure'];
      return [...plant, join(TEST, 'simulation', 'sim-command.ts'), '--json', ...range];
    }
    case 'race': {
      const races = bug.races.flatMap((race) => ['--race', race]);
      const flags = ['--rounds', String(bug.rounds), '--until-failure', '--json', ...races];
      return [...plant, join(TEST, 'race', 'race-command.ts'), ...flags];
    }
    case 'rules': {
      const titles = bug.breaks.map((title) => title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
      const config = join(TEST, 'planted', 'vitest.planted.ts');
      return [VITEST, 'run', '--config', config, bug.tests, '-t', titles];
    }
  }
}

function run(args: readonly string[], planted: string): Promise<{ output: string; errors: string }> {
  const env = { ...process.env, [PLANTED]: planted };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((done) => child.on('close', () => done({ output, errors })));
}

/** The names of what was broken, by the last line of a harness. */
function brokenIn(output: string): readonly string[] | null {
  try {
    return Object.keys(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '').broken);
  } catch {
    return null;
  }
}
