import { dayPlanOf } from '../../simulation/faults/day-plan.ts';
import { hasDeadClock } from '../../simulation/faults/dead-clock.ts';
import { isOverridden } from '../../simulation/faults/sell-before-reports.ts';
import type { SimBug } from '../planted-bug.ts';
import { isPlain, seedsWith, sim } from './sim.ts';

const CHECKPOINTS = 'gate-app/src/kiosk/checkpoints';
const CLOCK = 'a clock is trusted as far as somebody told the time';
const NIGHTS = seedsWith((seed) => dayPlanOf(seed) === 'night' && isPlain(seed));
const RETENTION = seedsWith((seed) => dayPlanOf(seed) === 'retention', 8);
const DEAD_CLOCKS = seedsWith(hasDeadClock);
const OVERRIDES = seedsWith(isOverridden);

/** What nights, days without network, spoilt documents and dead clocks must show: each in seeds that have such a thing. */
export const DAY_BUGS: readonly SimBug[] = [
  sim({
    name: 'events are pruned that no checkpoint has',
    rule: 'K4',
    edits: [
      {
        file: `${CHECKPOINTS}/prune-slice.ts`,
        find: 'const last = Math.min(known.seq, durable,',
        replace: 'const last = Math.min(durable,',
      },
    ],
    seeds: RETENTION,
    breaks: ['what was pruned is safe'],
  }),
  sim({
    name: 'a closed day that late sales changed is not shown',
    rule: 'H2',
    edits: [
      {
        file: 'sync-server/src/projections/late-sales.ts',
        find: 'where t.counts_ms >= $3',
        replace: 'where t.counts_ms >= $3::bigint + 1000000000',
      },
    ],
    seeds: NIGHTS,
    breaks: ['HQ is shown closed days that changed'],
  }),
  sim({
    name: 'a time behind what is known is believed',
    rule: 'H2',
    edits: [{ file: 'gate-app/src/kiosk/kiosk-clock.ts', find: "if (isBehind(now)) return 'none';", replace: '' }],
    seeds: DEAD_CLOCKS,
    breaks: [CLOCK],
  }),
  sim({
    name: 'a supervisor tells the time and nothing comes of it',
    rule: 'H2',
    edits: [
      {
        file: 'gate-app/src/kiosk/kiosk-clock.ts',
        find: "const takeBack = learn('supervisor', trueMs);",
        replace: 'const takeBack = (): void => {};',
      },
    ],
    seeds: DEAD_CLOCKS,
    breaks: [CLOCK],
  }),
  sim({
    name: 'a named override after a restore is not heeded',
    rule: 'E8',
    edits: [
      {
        file: 'sync-server/src/restore/may-sell-online.ts',
        find: 'if (recovery === null || (await isOverridden(tx, recovery))) return ok(null);',
        replace: 'if (recovery === null) return ok(null);',
      },
    ],
    seeds: OVERRIDES,
    breaks: ['HQ sells before all have reported only by name'],
  }),
];
