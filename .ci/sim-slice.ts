// A fixed slice of the simulator's seeds, beside the other steps of `npm test` and after them (docs/reliability.md).
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';

/** How many seeds `npm test` runs, and the first of them. */
const SEEDS = 200;
const FIRST_SEED = 1001;
/** Twenty seeds in a row have every kind of day in them; each such group counts as one test. */
const GROUP = 20;
/** From so many seeds on every kind of fault and every yield point has to be met. */
const MEETS_EVERYTHING = 200;
/** Nobody waits longer for a slice that hangs. */
const GIVEN_UP_MS = 120 * 60_000;

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

export interface RunningSlice {
  /** Waits for its end. From now on it shows what it says, which seeds failed and how to replay them. */
  counts(): Promise<SliceCounts>;
  stop(): void;
}

/** Begins the slice: it takes what time the other steps leave, which is most where tests wait for programs. */
export function startSimSlice(root: string, env: NodeJS.ProcessEnv): RunningSlice {
  const range = ['--seeds', String(SEEDS), '--from', String(FIRST_SEED), '--processes', '2'];
  const command = ['--disable-warning=ExperimentalWarning', join(root, 'test/simulation/sim-command.ts'), ...range];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: [...stdio], timeout: GIVEN_UP_MS });
  // What it starts inherits that. Its seeds know no real time: only the tests are in a hurry.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const said = listenTo(child);
  return { counts: async () => countsOf(await said.lastLine()), stop: () => void child.kill() };
}

function countsOf(last: LastLine | null): SliceCounts {
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

/** Keeps its lines until they are asked for, and shows them as they come then. */
function listenTo(child: ChildProcess): { lastLine(): Promise<LastLine | null> } {
  const kept: string[] = [];
  let show = (line: string): void => void kept.push(line);
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.splice(-2).join('\n');
    for (const line of lines) show(line);
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  return {
    lastLine: async () => {
      show = (line) => console.log(line);
      for (const line of kept.splice(0)) show(line);
      await ended;
      show(rest.trimEnd());
      return readLast(rest);
    },
  };
}

function readLast(text: string): LastLine | null {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as LastLine;
  } catch {
    return null;
  }
}
