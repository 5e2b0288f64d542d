import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PLANTED } from './plant.ts';
import type { PlantedBug } from './planted-bug.ts';
import { nextStretch, type Stretch } from './stretches.ts';

/** Whether the harness saw the bug, and in which words. */
export interface PlantedResult {
  readonly name: string;
  readonly caught: boolean;
  /** What was broken, or why the harness came to no end. */
  readonly found: readonly string[];
}

const TEST = join(import.meta.dirname, '..');
const VITEST = join(TEST, '..', 'node_modules', 'vitest', 'vitest.mjs');
/** Far more than any harness needs, on a slow machine too; a bug may make it wait for ever. */
const PATIENCE_MS = 20 * 60_000;

/** Runs one bug's harness in a process of its own, with the bug in the program it loads. */
export const runPlanted = (bug: PlantedBug): Promise<PlantedResult> =>
  runHarness(bug, { planted: JSON.stringify(bug.edits), enough: (found) => bug.breaks.includes(found) });

/** The same harness in the same way, and the program as it is: whatever is reported here no bug has done. */
export async function runControl(bug: PlantedBug): Promise<PlantedResult> {
  return runHarness(bug, { planted: '[]', enough: () => true });
}

interface Run {
  /** The edits, as JSON. */
  readonly planted: string;
  /** Whether this is what is looked for: the harness has no more to do. */
  readonly enough: (found: string) => boolean;
}

async function runHarness(bug: PlantedBug, { planted, enough }: Run): Promise<PlantedResult> {
  const found = new Set<string>();
  const caught = (): boolean => [...found].some(enough);
  for (let command = firstCommandOf(bug); command !== null && !caught(); ) {
    const { output, errors } = await run(command.args, planted);
    const result = resultIn(output);
    if (result === null) found.add(`no result: ${errors.trim().slice(-400)}`);
    for (const invariant of Object.keys(result?.broken ?? {})) found.add(invariant);
    command = command.next(result?.failedSeeds?.[0]);
  }
  return { name: bug.name, caught: caught(), found: [...found] };
}

interface Command {
  readonly args: readonly string[];
  /** What is left to try if this showed nothing that the bug names. @param failed the seed with which it ended */
  readonly next: (failed: number | undefined) => Command | null;
}

const plant = ['--import', join(TEST, 'planted', 'plant.ts')];
const once = (args: readonly string[]): Command => ({ args, next: () => null });

function firstCommandOf(bug: PlantedBug): Command | null {
  switch (bug.harness) {
    case 'sim':
      return simCommand(bug.seeds, nextStretch(bug.seeds));
    case 'race': {
      const races = bug.races.flatMap((race) => ['--race', race]);
      const flags = ['--rounds', String(bug.rounds), '--until-failure', '--json', ...races];
      return once([...plant, join(TEST, 'race', 'race-command.ts'), ...flags]);
    }
    case 'rules': {
      const titles = bug.breaks.map((title) => title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
      const config = join(TEST, 'planted', 'vitest.planted.ts');
      return once([VITEST, 'run', '--config', config, bug.tests, '-t', titles]);
    }
  }
}

/** Seeds in a row share a process. One that fails by something else ends it, and the seeds after it are still tried. */
function simCommand(seeds: readonly number[], stretch: Stretch | null): Command | null {
  if (stretch === null) return null;
  const { from, count } = stretch;
  const range = ['--processes', '1', '--seeds', String(count), '--from', String(from), '--until-failure'];
  return {
    args: [...plant, join(TEST, 'simulation', 'sim-command.ts'), '--json', ...range],
    next: (failed = from + count - 1) => simCommand(seeds, nextStretch(seeds, failed)),
  };
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

interface HarnessResult {
  /** What was broken, by name. */
  readonly broken: Readonly<Record<string, number>>;
  readonly failedSeeds?: readonly number[];
}

/** By the last line of a harness; null if it came to no end. */
function resultIn(output: string): HarnessResult | null {
  try {
    const result = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
    return typeof result.broken === 'object' ? result : null;
  } catch {
    return null;
  }
}
