import type { PruningSettings } from '@skygate/gate-app/kiosk/checkpoints/pruning';
import { addDays } from '@skygate/shared/lib/local-time';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { DATE } from '../headquarters.ts';
import { isLarge } from '../run.ts';
import { hasDeadClock } from './dead-clock.ts';
import { isScarce } from './scarcity.ts';

/**
 * How long a park's story is. `ordinary`: a part of one day. `offline`: a kiosk is cut off for three days. `night`:
 * evening, closing, and past the cut-off hour. `retention`: so long that kiosks prune in the midst of work.
 */
export type DayPlan = 'ordinary' | 'offline' | 'night' | 'retention';

const PLANS: Readonly<Record<number, DayPlan>> = {
  3: 'offline',
  6: 'night',
  14: 'night',
  9: 'retention',
  17: 'retention',
};

/** By the seed's place among twenty, so that any few seeds in a row have one of each. */
export const dayPlanOf = (seed: number): DayPlan => PLANS[seed % 20] ?? 'ordinary';

const LONG_DAY_MS = 30_000;
/** For a story that needs its time: shares run out, old events are let go, a clock dies when the last answer has come. */
const STORY_MS = 18_000;
const SHORT_DAY_MS = 9_000;
/** Of the days without a story of their own, so many are long all the same. */
const LONG_DAYS = 0.15;

/**
 * How long people work while things go wrong. As much goes wrong in a short day as in a long one, so it finds more for what
 * it costs; what takes its time to go wrong needs the others.
 */
export function troubleMsOf(seed: number): number {
  if (isLarge(seed)) return LONG_DAY_MS;
  const isStory = dayPlanOf(seed) === 'retention' || isScarce(seed) || hasDeadClock(seed);
  if (isStory) return STORY_MS;
  return seededRandom(`${seed}/day`).chance(LONG_DAYS) ? LONG_DAY_MS : SHORT_DAY_MS;
}

/** Servers whose commits survive a power cut, as on PostgreSQL. */
const DURABLE_SERVERS = 0.4;
const DURABLE_WHERE_IT_MATTERS = 0.8;

/** Where the story is of pruning (K4), or of who came first to the last places, most servers keep what they say. */
export const hasDurableServer = (seed: number): boolean =>
  seededRandom(`${seed}/durable`).chance(
    dayPlanOf(seed) === 'retention' || isScarce(seed) ? DURABLE_WHERE_IT_MATTERS : DURABLE_SERVERS,
  );

const DAYS: Readonly<Record<DayPlan, number>> = { ordinary: 1, retention: 1, night: 2, offline: 4 };

/** The business days on which people work. */
export const datesOfPlan = (seed: number): readonly string[] =>
  Array.from({ length: DAYS[dayPlanOf(seed)] }, (_, days) => addDays(DATE, days));

/** A month and a week are an hour and twenty minutes where a day is half a minute (K4). */
export const PRUNING_SOON: PruningSettings = {
  retentionMs: 60 * 60_000,
  settledMs: 20 * 60_000,
  worthwhileEvents: 20,
  lookEveryMs: 3_000,
  sliceEvents: 6,
};
