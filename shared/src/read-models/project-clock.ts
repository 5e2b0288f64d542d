import type { KnownEvent } from '../events/catalogue.ts';
import type { RowChange } from './row-change.ts';
import { placeOf } from './ticket-fact.ts';

/** Who confirmed which time at which kiosk (H2). */
export const projectClock = (event: Extract<KnownEvent, { readonly type: 'ClockConfirmed' }>): readonly RowChange[] => [
  {
    op: 'insert',
    table: 'clock_confirmations',
    row: {
      park: event.park,
      ...placeOf(event),
      fork: '',
      confirmed_ms: event.body.confirmedMs,
      offset_ms: event.body.offsetMs,
      wall_ms: event.wallMs,
      actor: event.actor,
    },
  },
];
