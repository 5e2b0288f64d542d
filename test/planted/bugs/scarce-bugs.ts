import { dayPlanOf, hasDurableServer } from '../../simulation/faults/day-plan.ts';
import { isScarce } from '../../simulation/faults/scarcity.ts';
import type { SimBug } from '../planted-bug.ts';
import { isPlain, seedsWith, sim } from './sim.ts';

/** Where everybody wants the last places, and the server's log tells who came first. */
const SCARCE = seedsWith(
  (seed) => isScarce(seed) && isPlain(seed) && hasDurableServer(seed) && dayPlanOf(seed) === 'ordinary',
  8,
);

/** What only a park shows that is nearly sold out. */
export const SCARCE_BUGS: readonly SimBug[] = [
  sim({
    name: 'HQ lends a few places more than there are',
    rule: 'C1',
    edits: [
      {
        file: 'shared/src/domain/capacity/decide.ts',
        find: 'Math.max(0, (state.capacity ?? 0) - committedPlaces(state));',
        replace: 'Math.max(0, 9 + (state.capacity ?? 0) - committedPlaces(state));',
      },
    ],
    seeds: SCARCE,
    breaks: ['HQ lends and sells only what it has'],
  }),
  sim({
    name: 'places of voided tickets never come back',
    rule: 'C5',
    edits: [
      {
        file: 'sync-server/src/hq/capacity/voided-places.ts',
        find: 'isFree: row.voided_at !== null && row.voided_at <= pulledTo,',
        replace: 'isFree: false,',
      },
    ],
    seeds: SCARCE,
    breaks: ['no place is lost'],
  }),
];
