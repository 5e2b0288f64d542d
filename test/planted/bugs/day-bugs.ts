import type { SimBug } from '../planted-bug.ts';
import { sim } from './sim.ts';

const CHECKPOINTS = 'gate-app/src/kiosk/checkpoints';
const CLOCK = 'a clock is trusted as far as somebody told the time';

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
    seeds: { from: 6, count: 4 },
    breaks: ['what was pruned is safe'],
  }),
  sim({
    name: 'a closed day that late sales changed is not shown',
    rule: 'H2',
    edits: [
      {
        file: 'sync-server/src/projections/late-sales.ts',
        find: ".where('e.received_ms', '>=', closedMs)",
        replace: ".where('e.received_ms', '>=', closedMs + 1_000_000_000)",
      },
    ],
    seeds: { from: 6, count: 1 },
    breaks: ['HQ is shown closed days that changed'],
  }),
  sim({
    name: 'a time behind what is known is believed',
    rule: 'H2',
    edits: [{ file: 'gate-app/src/kiosk/kiosk-clock.ts', find: "if (isBehind(now)) return 'none';", replace: '' }],
    seeds: { from: 4, count: 1 },
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
    seeds: { from: 4, count: 1 },
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
    seeds: { from: 5, count: 1 },
    breaks: ['HQ sells before all have reported only by name'],
  }),
];
