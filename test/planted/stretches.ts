/** Seeds in a row. */
export interface Stretch {
  readonly from: number;
  readonly count: number;
}

/** The first seeds in a row of an ascending list that come after one. @returns null if there are none */
export function nextStretch(seeds: readonly number[], after = -1): Stretch | null {
  const from = seeds.find((seed) => seed > after);
  if (from === undefined) return null;
  let count = 1;
  while (seeds.includes(from + count)) count += 1;
  return { from, count };
}
