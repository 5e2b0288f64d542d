import { KNOWN_EVENT_VERSIONS } from '@skygate/shared/events/catalogue';
import {
  type CatalogueInUse,
  TELEMETRY_EVERY_MS,
  TELEMETRY_PROBLEMS,
  type TelemetryProblem,
  type TelemetryRequest,
  telemetryResponse,
} from '@skygate/shared/protocol/telemetry';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Timers } from '../ports.ts';
import { allWaiting } from './all-waiting.ts';
import { type AskAsNodeDeps, askAsNode, getToken } from './ask-as-node.ts';
import { createBell } from './bell.ts';

/** A push that goes through at once is no news: what is told has held for this long. */
const SETTLE_MS = 400;
const TIMEOUT_MS = 5_000;

/** Tells HQ how this kiosk is (S5). Beside the lanes: whatever becomes of it, they notice nothing. */
export interface Telemetry {
  /** Until `stop`. */
  run(): Promise<void>;
  stop(): void;
  /** Events were written, acknowledged, or contact came or went. */
  changed(): void;
}

export interface TelemetryDeps extends AskAsNodeDeps {
  readonly clock: KioskClock;
  readonly timers: Timers;
  readonly appVersion: string;
  /** What gates and tills go by here (D1); null before HQ's first publication has come. */
  readonly catalogueInUse: () => CatalogueInUse | null;
  readonly inContact: () => boolean;
  readonly problem: () => TelemetryProblem | null;
}

interface Told {
  readonly anyWaiting: boolean;
  readonly problem: TelemetryProblem | null;
  readonly monotonicMs: number;
}

export function createTelemetry(deps: TelemetryDeps): Telemetry {
  const { eventLog, clock, timers } = deps;
  const stopping = new AbortController();
  const bell = createBell(timers);
  let told: Told | null = null;

  const anyWaiting = (): boolean => allWaiting(eventLog).count > 0;
  const isNews = (): boolean =>
    deps.inContact() && (told?.anyWaiting !== anyWaiting() || told.problem !== deps.problem());
  const isDue = (): boolean => told === null || clock.monotonicMs() - told.monotonicMs >= TELEMETRY_EVERY_MS;

  /**
   * The lanes of a kiosk that has stopped get no token any more: without one HQ would not hear of it, nor it of being
   * revoked (X4). To a closed incarnation the server gives none.
   */
  const haveToken = async (): Promise<void> => {
    const stop = eventLog.stop();
    if (stop !== null && stop.code !== 'closed' && deps.tokens.current() === null) {
      await getToken(deps, stopping.signal);
    }
  };

  const tell = async (): Promise<void> => {
    await haveToken();
    told = { anyWaiting: anyWaiting(), problem: deps.problem(), monotonicMs: clock.monotonicMs() };
    const headers = { 'content-type': 'application/json' };
    const word = wordOf(deps);
    // Lost words are not repeated: the next is newer.
    await askAsNode(
      deps,
      {
        method: 'POST',
        path: '/sync/telemetry',
        headers,
        body: JSON.stringify(word),
        timeoutMs: TIMEOUT_MS,
        version1: { body: JSON.stringify(inVersion1(word)) },
      },
      { answer: telemetryResponse, signal: stopping.signal },
    );
  };

  return {
    run: async () => {
      while (!stopping.signal.aborted) {
        await bell.wait(TELEMETRY_EVERY_MS);
        await timers.sleep(SETTLE_MS, stopping.signal);
        if (!stopping.signal.aborted && deps.inContact() && (isDue() || isNews())) await tell();
      }
    },
    stop: () => {
      stopping.abort();
      bell.ring();
    },
    changed: () => {
      if (isNews()) bell.ring();
    },
  };
}

/** What a server of version 1 takes: without what came since, and of problems those it has a name for. */
function inVersion1({
  peopleRevision,
  peopleStamp,
  trust,
  catalogue,
  knownEvents,
  problem,
  ...word
}: TelemetryRequest): TelemetryRequest {
  const known: readonly string[] = TELEMETRY_PROBLEMS;
  return { ...word, problem: problem !== null && known.includes(problem) ? problem : null };
}

const NOBODY_KNOWN = { peopleRevision: 0, peopleStamp: null };

function wordOf({ eventLog, clock, appVersion, catalogueInUse, problem }: TelemetryDeps): TelemetryRequest {
  const { count, oldestWallMs } = allWaiting(eventLog);
  // Who was erased is gone when the word of it is (P1).
  const { peopleRevision, peopleStamp } = eventLog.erasedIsGone() ? eventLog.position() : NOBODY_KNOWN;
  return {
    waiting: count,
    oldestWaitingMs: oldestWallMs === null ? null : Math.max(0, clock.nowMs() - oldestWallMs),
    skewMs: clock.skewMs(),
    appVersion: appVersion.slice(0, 40),
    peopleRevision,
    peopleStamp,
    trust: clock.trust(),
    catalogue: catalogueInUse(),
    knownEvents: KNOWN_EVENT_VERSIONS,
    problem: problem() ?? (clock.trust() === 'none' ? 'clock_untrusted' : null),
  };
}
