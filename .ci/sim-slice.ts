// A fixed slice of the simulator's seeds, as a step of `npm test` (docs/reliability.md).
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** How many seeds `npm test` runs, and the first of them. */
const SEEDS = 200;
const FIRST_SEED = 1001;
/** Twenty seeds in a row have every kind of day in them; each such group counts as one test. */
const GROUP = 20;
/** From so many seeds on every kind of fault and every yield point has to be met. */
const MEETS_EVERYTHING = 200;
/** Nobody waits longer for a slice that hangs. */
const GIVEN_UP_MS = 60 * 60_000;

export interface SliceCounts {
  readonly passed: number;
  readonly failed: number;
}

interface LastLine {
  readonly seeds: number;
  readonly failed: number;
  /** Not all of them, if they are many. */
  readonly failedSeeds: readonly number[];
  readonly faults: Readonly<Record<string, number>>;
  readonly yieldPoints: Readonly<Record<string, number>> & { readonly min: number };
}

/** Runs the slice, showing which seeds failed and how to replay them. */
export async function runSimSlice(root: string, env: NodeJS.ProcessEnv): Promise<SliceCounts> {
  const range = ['--seeds', String(SEEDS), '--from', String(FIRST_SEED), '--processes', '2'];
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'test/simulation/sim-command.ts'), ...range];
  const last = await lastLineOf(command, { root, env });
  const groups = Math.ceil(SEEDS / GROUP);
  const wanting = SEEDS < MEETS_EVERYTHING ? [] : [neverStruck(last), neverMet(last)];
  const problems = wanting.flatMap((words) => words ?? []);
  for (const words of problems) console.log(`the simulator’s slice: ${words}`);
  const failed = failedGroups(last, groups) + problems.length;
  return { passed: groups + wanting.length - failed, failed };
}

/** A slice that came to no end has failed with all of its seeds. */
function failedGroups(last: LastLine | null, groups: number): number {
  if (last === null || last.seeds !== SEEDS) return groups;
  const named = new Set(last.failedSeeds.map((seed) => Math.floor((seed - FIRST_SEED) / GROUP)));
  return last.failed > 0 ? Math.max(1, named.size) : 0;
}

function neverStruck(last: LastLine | null): string | null {
  const never = Object.entries(last?.faults ?? {}).filter(([, times]) => times === 0);
  return last === null || never.length > 0 ? `no seed met ${never.map(([fault]) => fault).join(', ')}` : null;
}

function neverMet(last: LastLine | null): string | null {
  const never = Object.entries(last?.yieldPoints ?? {}).filter(([, times]) => times === 0);
  return last === null || never.length > 0 ? `no power cut at ${never.map(([point]) => point).join(', ')}` : null;
}

interface Place {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Shows what it says as it comes. @returns its last line; null if that is not what it ends with */
function lastLineOf(command: readonly string[], { root, env }: Place): Promise<LastLine | null> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: [...stdio], timeout: GIVEN_UP_MS });
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.splice(-2).join('\n');
    for (const line of lines) console.log(line);
  });
  return new Promise((done) => {
    child.on('close', () => {
      console.log(rest.trimEnd());
      done(readLast(rest));
    });
  });
}

function readLast(text: string): LastLine | null {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as LastLine;
  } catch {
    return null;
  }
}
