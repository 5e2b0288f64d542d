import type { EventLog } from '../event-log/event-log.ts';
import type { Waiting } from '../event-log/outbox.ts';

/**
 * Everything this kiosk wrote that the server is not known to have, whichever epoch it wrote it in: after it was enrolled
 * anew, its old records count until they are delivered or recorded again (E6).
 */
export function allWaiting(eventLog: EventLog): Waiting {
  const now = eventLog.waiting();
  const before = eventLog.others.ownWaiting();
  const oldest = [now.oldestWallMs, before.oldestWallMs].filter((wallMs) => wallMs !== null);
  return { count: now.count + before.count, oldestWallMs: oldest.length === 0 ? null : Math.min(...oldest) };
}
