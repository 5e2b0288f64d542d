// `npm run sim -- --seeds N --from S [--json] [--trace]`: runs seeds of the simulator; the last line counts them as JSON.
import { parseArgs } from 'node:util';
import { countOutcome } from './book.ts';
import { addCounts, type FaultCounts, noCrashes, noFaults, type PointCounts } from './faults.ts';
import { runSeed, type SeedResult } from './run-seed.ts';
import { createWorld } from './world.ts';

interface SimOptions {
  readonly seeds: number;
  readonly from: number;
  /** Nothing but the last line. */
  readonly json: boolean;
  /** Shows what happens, step by step. */
  readonly trace: boolean;
}

const USAGE = 'usage: npm run sim -- --seeds N --from S [--json] [--trace]';

function readOptions(args: readonly string[]): SimOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '20' },
      from: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  });
  const { json, trace } = values;
  return { seeds: wholeNumber('--seeds', values.seeds, 1), from: wholeNumber('--from', values.from, 0), json, trace };
}

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new Error(`${flag} takes a whole number from ${least}, not ${JSON.stringify(text)}`);
  }
  return value;
}

interface Totals {
  seeds: number;
  failed: number;
  faults: FaultCounts;
  crashes: PointCounts;
  /** How often each act of the workload came to each end. */
  outcomes: Map<string, number>;
  events: number;
  pushes: number;
}

async function runAll(options: SimOptions, say: (line: string) => void): Promise<Totals> {
  const counts = { faults: noFaults(), crashes: noCrashes(), outcomes: new Map<string, number>() };
  const totals: Totals = { seeds: 0, failed: 0, ...counts, events: 0, pushes: 0 };
  const world = await createWorld();
  try {
    for (let seed = options.from; seed < options.from + options.seeds; seed += 1) {
      const result = await runSeed(world, seed, options.trace ? { print: say } : {});
      addResult(totals, result);
      if (result.broken.length > 0) for (const line of wordsOf(result)) say(line);
      else if (totals.seeds % 50 === 0) say(`${totals.seeds} seeds, ${totals.failed} failed`);
    }
  } finally {
    await world.close();
  }
  return totals;
}

function addResult(totals: Totals, result: SeedResult): void {
  totals.seeds += 1;
  totals.failed += result.broken.length > 0 ? 1 : 0;
  totals.events += result.events;
  totals.pushes += result.pushes;
  addCounts(totals.faults, result.faults);
  addCounts(totals.crashes, result.crashes);
  for (const [outcome, times] of result.outcomes) countOutcome(totals.outcomes, outcome, times);
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

async function main(args: readonly string[]): Promise<number> {
  let options: SimOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    return 1;
  }
  const started = performance.now();
  const totals = await runAll(options, options.json ? () => {} : (line) => console.log(line));
  const { seeds, failed, faults, crashes, events, pushes } = totals;
  if (!options.json) for (const [outcome, times] of [...totals.outcomes].sort()) console.log(`${times} ${outcome}`);
  const yieldPoints = { min: Math.min(...Object.values(crashes)), ...crashes };
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  console.log(JSON.stringify({ seeds, failed, faults, yieldPoints, events, pushes, seconds }));
  return failed === 0 ? 0 : 1;
}

process.exit(await main(process.argv.slice(2)));
