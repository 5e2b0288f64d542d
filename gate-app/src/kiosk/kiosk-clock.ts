import type { Trust } from '@skygate/shared/events/envelope';
import { type Hlc, hlcMs, SKEW_SHOWN_MS } from '@skygate/shared/sync/hlc';
import type { Clock } from './ports.ts';

/** A server answer counts for this long as a check of the clock (H2). */
const SERVER_TRUST_MS = 10 * 60_000;
/** Wall and monotonic clock this far apart since that check: somebody set the clock, and the check counts no more. */
const DRIFT_MAX_MS = 5_000;

/** The kiosk's time and how far it can be trusted (H2, in its simple form: peers and supervisors are not asked yet). */
export interface KioskClock {
  /** Wall clock, milliseconds since 1970. */
  nowMs(): number;
  monotonicMs(): number;
  /** `server` after a recent server contact with little skew, else `rtc` if not behind the durable clock, else `none`. */
  trust(): Trust;
  /** The best estimate of true time: corrected by the server's where that was heard lately (H1). */
  trustedMs(): number;
  /** Own clock minus the server's at the last contact; null if never. */
  skewMs(): number | null;
  /** Tells what time the server's answer carried and how long the request took. */
  serverAnswered(answer: { readonly serverMs: number; readonly roundTripMs: number }): void;
  /** Tells how far the durable clock has come: a wall clock behind it is not believed. */
  durableHlcIs(hlc: Hlc): void;
}

interface ServerCheck {
  readonly skewMs: number;
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function createKioskClock(clock: Clock): KioskClock {
  let check: ServerCheck | null = null;
  let durableMs = 0;

  const recentCheck = (): ServerCheck | null => {
    if (check === null) return null;
    const elapsedMs = clock.monotonicMs() - check.monotonicMs;
    const driftMs = clock.nowMs() - check.wallMs - elapsedMs;
    return elapsedMs < SERVER_TRUST_MS && Math.abs(driftMs) < DRIFT_MAX_MS ? check : null;
  };

  const trustedMs = (): number => clock.nowMs() - (recentCheck()?.skewMs ?? 0);

  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => clock.monotonicMs(),
    trust: () => {
      const recent = recentCheck();
      if (recent !== null && Math.abs(recent.skewMs) < SKEW_SHOWN_MS) return 'server';
      // The durable clock merges other nodes' clocks, which may lead ours by the skew that nobody is told about.
      return trustedMs() + SKEW_SHOWN_MS >= durableMs ? 'rtc' : 'none';
    },
    trustedMs,
    skewMs: () => check?.skewMs ?? null,
    serverAnswered: ({ serverMs, roundTripMs }) => {
      const wallMs = clock.nowMs();
      // The server read its clock somewhere within the round trip: the middle is the best guess.
      const skewMs = Math.round(wallMs - roundTripMs / 2 - serverMs);
      check = { skewMs, wallMs, monotonicMs: clock.monotonicMs() };
    },
    durableHlcIs: (hlc) => {
      durableMs = hlcMs(hlc);
    },
  };
}
