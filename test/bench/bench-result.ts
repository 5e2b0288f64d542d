/** What a benchmark says (docs/benchmarks.md). Figures are named with their unit: `p50Ms`, `eventsPerSecond`. */
export interface BenchResult {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  /** The least the same work could cost, measured in the same run. */
  readonly floor: Readonly<Record<string, number>>;
  /** Ours to the floor, as the target counts it; null where there is no floor. */
  readonly ratio: number | null;
  readonly target: string;
  readonly met: boolean;
}

/** A value at a quantile (0..1) of unsorted samples. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Milliseconds each call takes. */
export function timeEach(count: number, work: (index: number) => void): number[] {
  const samples: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    work(index);
    samples.push(performance.now() - started);
  }
  return samples;
}

export const round = (value: number, digits = 3): number => Number(value.toFixed(digits));
