import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { PlantedBug } from './planted-bug.ts';

/** Whether the harness saw the bug, and in which words. */
export interface PlantedResult {
  readonly name: string;
  readonly caught: boolean;
  /** What was broken, or why the harness came to no end. */
  readonly found: readonly string[];
}

const FOLDER = import.meta.dirname;
const HARNESSES = {
  sim: join(FOLDER, '..', 'simulation', 'sim-command.ts'),
  race: join(FOLDER, '..', 'race', 'race-command.ts'),
};

/** Runs one bug's harness in a process of its own, with the bug in the program it loads. */
export async function runPlanted(bug: PlantedBug): Promise<PlantedResult> {
  const { from, count } = bug.seeds ?? { from: 1, count: 1 };
  const range = ['--processes', '1', '--seeds', String(count), '--from', String(from), '--until-failure'];
  const args = ['--import', join(FOLDER, 'plant.ts'), HARNESSES[bug.harness], '--json'];
  const { output, errors } = await run([...args, ...(bug.harness === 'sim' ? range : [])], bug);
  const found = brokenIn(output);
  if (found === null) return { name: bug.name, caught: false, found: [`no result: ${errors.trim().slice(-400)}`] };
  return { name: bug.name, caught: found.some((invariant) => bug.breaks.includes(invariant)), found };
}

function run(args: readonly string[], bug: PlantedBug): Promise<{ output: string; errors: string }> {
  const env = { ...process.env, SKYGATE_PLANTED: JSON.stringify(bug.edits) };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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

/** The names of what was broken, of the last line of a harness. */
function brokenIn(output: string): readonly string[] | null {
  try {
    return Object.keys(JSON.parse(output.trimEnd().split('\n').at(-1) ?? '').broken);
  } catch {
    return null;
  }
}
