import { assert } from '@skygate/shared/lib/assert';
import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import { GROUP_BYTES_MAX } from '@skygate/shared/sync/push-text';
import { wireBytes } from '../ingest/append-batch.ts';
import type { ChainedRun } from '../ingest/chain-run.ts';

/**
 * What HQ writes at once, in parts that each get a seal of their own. A kiosk gives a lost run of HQ back whole (E8), so none
 * may be larger than a push. They are one transaction and one entry of the journal all the same (E9).
 */
export function inBatches({ events, bodies }: ChainedRun): readonly ChainedRun[] {
  const parts: { events: ChainedRun['events'][number][]; bodies: string[] }[] = [];
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    const body = bodies[index] ?? '';
    const size = wireBytes({ events: [event], bodies: [body] });
    assert(size <= PUSH_BYTES_MAX + 4_096, `an event of HQ fits a push; ${event.type} has ${size} bytes`);
    bytes += size;
    const part = parts.at(-1);
    if (part && bytes <= GROUP_BYTES_MAX && part.events.length < PUSH_EVENTS_MAX) {
      part.events.push(event);
      part.bodies.push(body);
    } else {
      parts.push({ events: [event], bodies: [body] });
      bytes = size;
    }
  }
  return parts;
}
