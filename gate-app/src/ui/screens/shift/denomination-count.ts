import type { DenominationCount } from '../../../rpc-contract/till-view.ts';

/** How many of each note and coin lie in the drawer, by value in minor units, as typed. */
export type Counts = Readonly<Record<number, string>>;

export const COUNT_DIGITS_MAX = 4;

export const countsTotalMinor = (counts: Counts): number =>
  denominationsFrom(counts).reduce((sum, { valueMinor, count }) => sum + valueMinor * count, 0);

/** The counted ones, largest first; what was not counted is not there. */
export function denominationsFrom(counts: Counts): readonly DenominationCount[] {
  return Object.entries(counts)
    .map(([value, typed]) => ({ valueMinor: Number(value), count: Number(typed === '' ? 0 : typed) }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.valueMinor - one.valueMinor);
}
