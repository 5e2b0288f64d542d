// `npm run sim -- --seeds N --from S [--json]`: runs seeds of the simulator; the last line counts them as JSON.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { runSeed, type SeedResult } from './run-seed.ts';
import { addSeed, addTotals, lastLine, noTotals, type Totals } from './totals.ts';
import { createWorld } from './world.ts';

interface SimOptions {
  readonly seeds: number;
  readonly from: number;
  /** So many take the seeds in turn: each has a server database of its own. */
  readonly processes: number;
  /** Nothing but the last line. */
  readonly json: boolean;
  /** Shows what happens, step by step. */
  readonly trace: boolean;
  /** Ends with the first seed that fails. */
  readonly untilFailure: boolean;
  /** One of several processes: it asks for each seed, and its last line is for the one that sums them up. */
  readonly part: boolean;
}

const USAGE = 'usage: npm run sim -- --seeds N --from S [--processes N] [--json] [--trace] [--until-failure]';

function readOptions(args: readonly string[]): SimOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '20' },
      from: { type: 'string', default: '1' },
      processes: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      'until-failure': { type: 'boolean', default: false },
      part: { type: 'boolean', default: false },
    },
  });
  const { json, trace, part } = values;
  const seeds = wholeNumber('--seeds', values.seeds, 1);
  const from = wholeNumber('--from', values.from, 0);
  const processes = Math.min(seeds, wholeNumber('--processes', values.processes, 1));
  return { seeds, from, processes, json, trace, untilFailure: values['until-failure'], part };
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new Error(`${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}

type Say = (line: string) => void;
/** @returns null when there are no more */
type NextSeed = () => Promise<number | null>;

function seedsOf({ from, seeds }: SimOptions): NextSeed {
  let next = from;
  return async () => (next < from + seeds ? next++ : null);
}

/** One of several processes asks the one that started it. */
const askForSeed: NextSeed = () =>
  new Promise((resolve) => {
    process.once('message', (told) => resolve((told as { readonly seed: number | null }).seed));
    process.send?.('next');
  });

async function runHere(options: SimOptions, nextSeed: NextSeed, say: Say): Promise<Totals> {
  const totals = noTotals();
  const world = await createWorld();
  try {
    for (let seed = await nextSeed(); seed !== null; seed = await nextSeed()) {
      const result = await runSeed(world, seed, options.trace ? { print: say } : {});
      addSeed(totals, result);
      if (result.broken.length > 0) for (const line of wordsOf(result)) say(line);
      else if (totals.seeds % 50 === 0) say(`${totals.seeds} seeds, ${totals.failedSeeds.length} failed`);
      if (options.untilFailure && totals.failedSeeds.length > 0) break;
    }
  } finally {
    await world.close();
  }
  return totals;
}

/** Each process takes the next seed when it is done with one: a seed repeats exactly, whichever came before it there. */
async function runInProcesses(options: SimOptions, say: Say): Promise<Totals> {
  const totals = noTotals();
  const inARow = seedsOf(options);
  let isOver = false;
  const nextSeed: NextSeed = async () => (isOver ? null : inARow());
  const runNext = async (): Promise<void> => {
    const part = await runPart(options, nextSeed, say);
    if (options.untilFailure && part.failedSeeds.length > 0) isOver = true;
    addTotals(totals, part);
  };
  await Promise.all(Array.from({ length: options.processes }, runNext));
  return totals;
}

function runPart(options: SimOptions, nextSeed: NextSeed, say: Say): Promise<Totals> {
  const flags = ['--part'];
  if (options.trace) flags.push('--trace');
  if (options.untilFailure) flags.push('--until-failure');
  const command = [...process.execArgv, import.meta.filename, ...flags];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  child.on('message', async () => child.send({ seed: await nextSeed() }));
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    // The newest line is kept back: it may be half a line, and the last of all is not for people.
    rest = lines.splice(-2).join('\n');
    for (const line of lines) say(line);
  });
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      try {
        resolve(JSON.parse(rest.trim().split('\n').at(-1) ?? '') as Totals);
      } catch {
        reject(new Error(`one of the processes for the ${options.seeds} seeds from ${options.from} came to no end`));
      }
    });
  });
}

const SHOWN_MAX = 10;

function wordsOf({ seed, broken, traceHash }: SeedResult): readonly string[] {
  return [
    `seed ${seed} FAILED, trace ${traceHash.slice(0, 16)}`,
    ...broken.slice(0, SHOWN_MAX).map(({ invariant, found }) => `  ${invariant}: ${found}`),
    ...(broken.length > SHOWN_MAX ? [`  and ${broken.length - SHOWN_MAX} more`] : []),
    `  replay: npm run sim -- --seeds 1 --from ${seed} --trace`,
  ];
}

function runSeeds(options: SimOptions, say: Say): Promise<Totals> {
  if (options.part) {
    // Nobody is there any more to hand out seeds, or to be told of them.
    process.once('disconnect', () => process.exit(1));
    return runHere(options, askForSeed, say);
  }
  return options.processes > 1 ? runInProcesses(options, say) : runHere(options, seedsOf(options), say);
}

async function main(args: readonly string[]): Promise<number> {
  let options: SimOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 1;
  }
  const started = performance.now();
  const say: Say = options.json ? () => {} : (line) => console.log(line);
  const totals = await runSeeds(options, say);
  if (options.part) {
    console.log(JSON.stringify(totals));
    return 0;
  }
  for (const [outcome, times] of Object.entries(totals.outcomes).sort()) say(`${times} ${outcome}`);
  console.log(lastLine(totals, Math.round((performance.now() - started) / 100) / 10));
  return totals.failedSeeds.length === 0 ? 0 : 1;
}

const code = await main(process.argv.slice(2));
// What was said to a pipe is on its way still.
process.stdout.write('', () => process.exit(code));
