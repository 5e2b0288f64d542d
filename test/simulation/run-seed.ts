import { work } from './drive.ts';
import { openAndEnrol } from './enrolment.ts';
import { passDays } from './faults/pass-days.ts';
import type { FaultCounts, PointCounts } from './faults.ts';
import { fallQuiet, heal } from './heal.ts';
import { readServerHead } from './inspect.ts';
import type { Broken } from './invariants.ts';
import { judge } from './judge.ts';
import type { SeedOptions } from './run.ts';
import { createRun } from './set-up.ts';
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

/** One seed: a park opens, works through its troubles, heals, falls quiet, and is judged. */
export async function runSeed(world: World, seed: number, options: SeedOptions = {}): Promise<SeedResult> {
  const before = process.cpuUsage();
  const run = await createRun(world, seed, options);
  try {
    await openAndEnrol(run);
    await work(run);
    await passDays(run);
    await heal(run);
    await fallQuiet(run);
    await judge(run);
  } catch (error) {
    run.broken.push({ invariant: 'the simulation runs to its end', found: String((error as Error).stack ?? error) });
  }
  for (const kiosk of run.kiosks) await kiosk.stop();
  await run.activity.settle();
  run.server.close();
  const { broken, trace, faults, crashes, book } = run;
  const events = await readServerHead(world.database);
  const { outcomes } = book;
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1_000_000;
  return {
    seed,
    broken,
    traceHash: trace.hash(),
    faults,
    crashes,
    outcomes,
    events,
    pushes: run.network.pushes(),
    cpuSeconds,
  };
}
