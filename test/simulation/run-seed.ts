import { work } from './drive.ts';
import { openAndEnrol } from './enrolment.ts';
import { beginAnewIfLost } from './faults/documents.ts';
import { passDays } from './faults/pass-days.ts';
import type { FaultCounts, PointCounts } from './faults.ts';
import { fallQuiet, heal } from './heal.ts';
import { readServerHead } from './inspect.ts';
import type { Broken } from './invariants.ts';
import { judge } from './judge.ts';
import type { Run, SeedOptions } from './run.ts';
import { createRun } from './set-up.ts';
import { reportUncaught } from './uncaught.ts';
import type { World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly broken: readonly Broken[];
  readonly traceHash: string;
  readonly faults: FaultCounts;
  readonly crashes: PointCounts;
  /** How often each act came to each end. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly events: number;
  readonly pushes: number;
  /** Of this process, for this seed alone: what the process cost at its start is not in it. */
  readonly cpuSeconds: number;
}

/**
 * One seed: a park opens, works through its troubles, heals, falls quiet, and is judged. The seeds of a world run one after
 * the other, whoever still waits for them. Whatever is thrown in it is a failure of the seed.
 */
export function runSeed(world: World, seed: number, options: SeedOptions = {}): Promise<SeedResult> {
  return world.alone(() => runAlone(world, seed, options));
}

async function runAlone(world: World, seed: number, options: SeedOptions): Promise<SeedResult> {
  const before = process.cpuUsage();
  const run = await createRun(world, seed, options);
  const endReports = reportUncaught((error) => run.broken.push({ invariant: RUNS, found: wordsOf(error) }));
  try {
    await liveThrough(run);
    for (const kiosk of run.kiosks) await kiosk.stop();
    await run.activity.settle();
  } catch (error) {
    run.broken.push({ invariant: RUNS, found: wordsOf(error) });
  } finally {
    endReports();
  }
  run.server.close();
  run.scheduler.end();
  const { user, system } = process.cpuUsage(before);
  return resultOf(run, await readServerHead(world.database), (user + system) / 1_000_000);
}

const RUNS = 'the simulation runs to its end';

const wordsOf = (error: unknown): string => String((error as Error | undefined)?.stack ?? error);

async function liveThrough(run: Run): Promise<void> {
  try {
    await openAndEnrol(run);
    await work(run);
    await passDays(run);
    await heal(run);
    await fallQuiet(run);
    if (await beginAnewIfLost(run)) await fallQuiet(run);
    await judge(run);
  } catch (error) {
    run.broken.push({ invariant: RUNS, found: wordsOf(error) });
  }
}

function resultOf(run: Run, events: number, cpuSeconds: number): SeedResult {
  const { seed, broken, trace, faults, crashes, book, network } = run;
  const counted = { faults, crashes, outcomes: book.outcomes, events, pushes: network.pushes(), cpuSeconds };
  return { seed, broken, traceHash: trace.hash(), ...counted };
}
