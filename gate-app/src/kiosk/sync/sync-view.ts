import type { SyncView } from '../../rpc-contract/status-view.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { allWaiting } from './all-waiting.ts';
import type { Lane } from './lane.ts';

interface SyncFacts {
  readonly eventLog: EventLog;
  readonly lanes: readonly Lane[];
  readonly lastContactMs: number | null;
  /** The server answers, and knows no such kiosk (E8). */
  readonly isUnknown: boolean;
  /** The server lacks what is let go here, so it can take in nothing more of this incarnation (E8). */
  readonly isLost: boolean;
  /** What the server will not take, whatever is tried (S2); null if there is nothing. */
  readonly stuck: string | null;
  /** What a person's own try at contact met; null if it went well. */
  readonly testError: string | null;
}

/** What the status strip shows of sync. */
export function syncViewOf(facts: SyncFacts): SyncView {
  const { eventLog, lanes, lastContactMs } = facts;
  const identity = eventLog.identity();
  const waiting = allWaiting(eventLog);
  const laneError = lanes.map((lane) => lane.lastError()).find((error) => error !== null);
  return {
    state: identity === null ? 'not_enrolled' : stateOf(facts, waiting.count),
    waiting: waiting.count,
    oldestWaitingMs: waiting.oldestWallMs,
    lastContactMs,
    serverUrl: identity?.serverUrl ?? null,
    diskIsFull: eventLog.diskIsFull(),
    lastError: eventLog.stopped() ?? facts.stuck ?? laneError ?? facts.testError,
  };
}

function stateOf({ eventLog, lanes, isUnknown, isLost, stuck }: SyncFacts, waiting: number): SyncView['state'] {
  if (eventLog.stopped() !== null || lanes.some((lane) => lane.status() === 'refused')) return 'refused';
  if (isUnknown) return 'unknown_at_hq';
  if (isLost) return 'lost_at_hq';
  if (stuck !== null) return 'refused';
  // Staff read "offline" as "HQ does not hear us, or we do not hear HQ": either direction is enough.
  if (lanes.some((lane) => !lane.inContact())) return 'offline';
  return waiting > 0 ? 'sending' : 'synced';
}
