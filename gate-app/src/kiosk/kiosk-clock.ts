import type { Trust } from '@skygate/shared/events/envelope';
import { HLC_MAX_LEAD_MS, type Hlc, hlcMs } from '@skygate/shared/sync/hlc';
import { type ClockMemory, forgetfulMemory, type TimeSource } from './clock-memory.ts';
import type { Clock } from './ports.ts';
import { createTimeKnown, DRIFT_MAX_MS, type TimeKnown } from './time-known.ts';

/** What a server or a peer said counts for this long as a check of the clock (H2). */
const CHECK_LASTS_MS = 10 * 60_000;

/** A moment, as both clocks of the machine had it. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export interface TimeAnswer {
  readonly serverMs: number;
  /** How long the question was under way. */
  readonly roundTripMs: number;
  /** When it was asked. The answer says nothing of the time if the machine slept since; left out, it is believed. */
  readonly asked?: Moment;
}

/**
 * The kiosk's time, in the one place where it is corrected, and how far it can be trusted (H2). Everything that a person
 * reads or a rule judges by is of this clock; nobody else asks the machine's.
 *
 * Invariants:
 * - A correction holds only while wall and monotonic clock go on together; a jump ends it at once.
 * - True time is never before what was known plus what the monotonic clock counted since: that clock may stand still
 *   (the machine slept) but never hurries.
 * - Nothing makes the level better but a better source.
 */
export interface KioskClock {
  /** The corrected time, milliseconds since 1970. */
  nowMs(): number;
  monotonicMs(): number;
  /** Now, for `ageMs`. */
  moment(): Moment;
  /**
   * How long ago a moment was: the longer of what both clocks say. The monotonic one stands still while the machine
   * sleeps, and the wall clock may have been set back.
   */
  ageMs(moment: Moment): number;
  trust(): Trust;
  /** The machine's wall clock minus the server's when they were last compared; null if never, or if it was set since. */
  skewMs(): number | null;
  /** How far the durable hybrid clock is ahead of a time that a server, peer or supervisor told; 0 if it is not (H1). */
  hlcLeadMs(): number;
  serverAnswered(answer: TimeAnswer): void;
  /** What a kiosk on the LAN said, whose own level is `server` or `peer`. Weaker than the server's word while that holds. */
  peerAnswered(answer: TimeAnswer): void;
  /**
   * A supervisor confirmed the time (`ClockConfirmed`).
   * @returns the correction, and how to take it back where the confirmation could not be put on record
   */
  supervisorConfirmed(trueMs: number): { readonly offsetMs: number; readonly takeBack: () => void };
  /** Tells how far the durable hybrid clock has come: a time behind it is not believed. */
  durableHlcIs(hlc: Hlc): void;
  /** Tells the time of the newest own event found at the start, and how it was trusted then. */
  lastWroteAt(event: { readonly wallMs: number; readonly trust: Trust }): void;
  /** Puts on disk what changed since; to be called now and then. Throws where the disk refuses, and may be called again. */
  remember(): void;
}

export function createKioskClock(clock: Clock, memory: ClockMemory = forgetfulMemory()): KioskClock {
  let durableMs = 0;
  let skewMs: number | null = null;
  const known = createTimeKnown(clock, memory, () => {
    skewMs = null;
  });
  const learn = (source: TimeSource, trueMs: number) =>
    known.learn(source, trueMs, { hlcLeads: durableMs > trueMs + HLC_MAX_LEAD_MS });
  const correctedMs = ({ offsetMs }: TimeKnown): number => clock.nowMs() + offsetMs;
  const isBehind = (now: TimeKnown): boolean =>
    correctedMs(now) + DRIFT_MAX_MS < now.earliestMs ||
    (!now.hlcLeads && correctedMs(now) + HLC_MAX_LEAD_MS < durableMs);
  const monotonicAgeMs = ({ monotonicMs }: Moment): number => clock.monotonicMs() - monotonicMs;
  const ageMs = (moment: Moment): number => Math.max(0, monotonicAgeMs(moment), clock.nowMs() - moment.wallMs);
  const sleptSince = (moment: Moment): boolean => ageMs(moment) - monotonicAgeMs(moment) >= DRIFT_MAX_MS;
  const isRecent = ({ ageMs }: TimeKnown): boolean => ageMs !== null && ageMs < CHECK_LASTS_MS;

  return {
    nowMs: () => correctedMs(known.now()),
    monotonicMs: () => clock.monotonicMs(),
    moment: () => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() }),
    ageMs,
    trust: () => {
      const now = known.now();
      if (now.source !== null && now.source !== 'supervisor' && isRecent(now)) return now.source;
      if (isBehind(now)) return 'none';
      return now.source === 'supervisor' ? 'supervisor' : 'rtc';
    },
    skewMs: () => {
      known.now();
      return skewMs;
    },
    hlcLeadMs: () => {
      const now = known.now();
      const leadMs = durableMs - correctedMs(now);
      return now.hlcLeads && leadMs > HLC_MAX_LEAD_MS ? leadMs : 0;
    },
    serverAnswered: (answer) => {
      if (answer.asked && sleptSince(answer.asked)) return;
      const trueMs = middleOf(answer);
      skewMs = clock.nowMs() - trueMs;
      learn('server', trueMs);
    },
    peerAnswered: (answer) => {
      const now = known.now();
      if (now.source !== 'server' || !isRecent(now)) learn('peer', middleOf(answer));
    },
    supervisorConfirmed: (trueMs) => {
      const takeBack = learn('supervisor', trueMs);
      return { offsetMs: known.now().offsetMs, takeBack };
    },
    durableHlcIs: (hlc) => {
      durableMs = hlcMs(hlc);
    },
    lastWroteAt: ({ wallMs, trust }) => {
      if (trust !== 'none') known.isAfter(wallMs);
    },
    remember: () => known.remember(),
  };
}

/** The time was read somewhere within the round trip: the middle is the best guess. */
const middleOf = ({ serverMs, roundTripMs }: TimeAnswer): number => Math.round(serverMs + roundTripMs / 2);
