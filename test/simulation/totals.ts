import { addCounts, type FaultCounts, noCrashes, noFaults, type PointCounts } from './faults.ts';
import type { SeedResult } from './run-seed.ts';

/** What some seeds came to, as plain data: processes hand it to each other. */
export interface Totals {
  seeds: number;
  failedSeeds: number[];
  /** How many seeds broke each invariant. */
  broken: Record<string, number>;
  faults: FaultCounts;
  crashes: PointCounts;
  /** How often each act of the workload came to each end. */
  outcomes: Record<string, number>;
  events: number;
  pushes: number;
  /** Of all seeds, without the start of the processes. */
  cpuSeconds: number;
}

export const noTotals = (): Totals => ({
  seeds: 0,
  failedSeeds: [],
  broken: {},
  faults: noFaults(),
  crashes: noCrashes(),
  outcomes: {},
  events: 0,
  pushes: 0,
  cpuSeconds: 0,
});

export function addSeed(totals: Totals, result: SeedResult): void {
  const { seed, faults, crashes, events, pushes, cpuSeconds } = result;
  const names = new Set(result.broken.map(({ invariant }) => invariant));
  addTotals(totals, {
    seeds: 1,
    failedSeeds: names.size > 0 ? [seed] : [],
    broken: Object.fromEntries([...names].map((name) => [name, 1])),
    faults,
    crashes,
    outcomes: Object.fromEntries(result.outcomes),
    events,
    pushes,
    cpuSeconds,
  });
}

export function addTotals(totals: Totals, more: Totals): void {
  totals.seeds += more.seeds;
  totals.failedSeeds = [...totals.failedSeeds, ...more.failedSeeds].sort((one, other) => one - other);
  totals.events += more.events;
  totals.pushes += more.pushes;
  totals.cpuSeconds += more.cpuSeconds;
  addCounts(totals.faults, more.faults);
  addCounts(totals.crashes, more.crashes);
  addNamed(totals.broken, more.broken);
  addNamed(totals.outcomes, more.outcomes);
}

function addNamed(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, times] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + times;
}

/** The last line of a run. */
export function lastLine(totals: Totals, seconds: number): string {
  const { seeds, failedSeeds, faults, crashes, events, pushes, cpuSeconds, broken } = totals;
  const cpuSecondsPerSeed = Math.round((100 * cpuSeconds) / Math.max(1, seeds)) / 100;
  const yieldPoints = { min: Math.min(...Object.values(crashes)), ...crashes };
  const counted = { seeds, failed: failedSeeds.length, faults, yieldPoints, events, pushes };
  return JSON.stringify({
    ...counted,
    seconds,
    cpuSecondsPerSeed,
    failedSeeds: failedSeeds.slice(0, FAILED_SHOWN_MAX),
    broken,
  });
}

const FAILED_SHOWN_MAX = 50;
