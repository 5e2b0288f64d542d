import type { EventLog } from '../event-log/event-log.ts';
import type { Log, Random, Timers } from '../ports.ts';
import { createBell } from '../sync/bell.ts';
import type { Sync } from '../sync/sync.ts';
import { markForWipe } from './wipe-folder.ts';

export interface FarewellDeps {
  /** The kiosk's data folder. */
  readonly folder: string;
  readonly eventLog: EventLog;
  readonly sync: Pick<Sync, 'onChange' | 'delivery' | 'confirmDelivered' | 'sayWiped'>;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

/** The end of a revoked kiosk (X4): waits until everything is delivered, says so, and marks its folder to be wiped. */
export interface Farewell {
  /** Until `stop`, or until the folder is marked. */
  run(): Promise<void>;
  stop(): void;
  /** Resolves when the folder is marked: it has to be closed and opened anew, which wipes it. */
  readonly marked: Promise<void>;
}

const LOOK_EVERY_MS = 60_000;
/** After a question that did not end it, the server is left alone for about so long, and longer each time. */
const QUIET_MS = 2_000;
const QUIET_MS_MAX = 5 * 60_000;

export function createFarewell(deps: FarewellDeps): Farewell {
  const { eventLog, sync, timers, log } = deps;
  const stopping = new AbortController();
  const bell = createBell(timers);
  let resolveMarked: () => void = () => {};
  const marked = new Promise<void>((done) => {
    resolveMarked = done;
  });

  const isRevoked = (): boolean => eventLog.stop()?.code === 'revoked';
  const isReady = (): boolean => isRevoked() && sync.delivery().isDone && sync.delivery().inContact;

  /** @returns whether the folder is marked */
  const say = async (): Promise<boolean> => {
    const identity = eventLog.identity();
    if (!(await sync.confirmDelivered(stopping.signal))) return false;
    if (!(await sync.sayWiped(stopping.signal))) return false;
    // A new enrolment may have been committed meanwhile: then this data is somebody's again.
    if (stopping.signal.aborted || !isRevoked() || eventLog.identity() !== identity) return false;
    markForWipe(deps.folder);
    log.warn({}, 'this kiosk was revoked and has delivered everything: its data is erased now');
    return true;
  };

  return {
    marked,
    run: async () => {
      const endWatch = sync.onChange(() => {
        if (isReady()) bell.ring();
      });
      let tries = 0;
      while (!stopping.signal.aborted) {
        if (isReady()) {
          if (await sayOrTell(say, log)) {
            endWatch();
            resolveMarked();
            return;
          }
          const quietMs = Math.min(QUIET_MS_MAX, QUIET_MS * 2 ** Math.min(tries, 10));
          tries += 1;
          await timers.sleep(quietMs / 2 + deps.random.fraction() * (quietMs / 2), stopping.signal);
        } else {
          tries = 0;
          await bell.wait(LOOK_EVERY_MS);
        }
      }
      endWatch();
    },
    stop: () => {
      stopping.abort();
      bell.ring();
    },
  };
}

/** A disk without room for the marker is one more reason to try again later; nothing is half done. */
async function sayOrTell(say: () => Promise<boolean>, log: Log): Promise<boolean> {
  try {
    return await say();
  } catch (error) {
    log.error({ error: String(error) }, 'the data of this revoked kiosk could not be marked to be erased');
    return false;
  }
}
