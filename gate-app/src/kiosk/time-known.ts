import type { ClockMemory, KnownTime, TimeSource } from './clock-memory.ts';
import type { Clock } from './ports.ts';

/** Wall and monotonic clock this far apart: somebody set the clock, and what was known of it counts no more (H2). */
export const DRIFT_MAX_MS = 5_000;
/** A correction that changed by more than this, or was learnt this long ago, is put on disk anew. */
const OFFSET_KEPT_MS = 1_000;
const KNOWN_KEPT_MS = 60 * 60_000;

/** What is known of the time now. */
export interface TimeKnown extends Pick<KnownTime, 'source' | 'offsetMs' | 'hlcLeads'> {
  /** The true time is not before this. */
  readonly earliestMs: number;
  /** How long ago, by the monotonic clock, the source told it; null if that was before this start. */
  readonly ageMs: number | null;
}

/** Learns the time, notices that the wall clock was set, and keeps what matters over a restart. */
export interface TimeKnownStore {
  now(): TimeKnown;
  /** @returns how to take it back */
  learn(source: TimeSource, trueMs: number, also: { readonly hlcLeads: boolean }): () => void;
  /** Something that was written before this start bounds the time from below. */
  isAfter(wallMs: number): void;
  /** Puts on disk what changed since. Throws where the disk refuses, and may be called again. */
  remember(): void;
}

interface State extends KnownTime {
  /** Monotonic time at which the source said so; null if that was before this start. */
  readonly checkedMonotonicMs: number | null;
  /** Both clocks when they were last known to agree. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** @param clockWasSet called when wall and monotonic clock are found to have parted */
export function createTimeKnown(clock: Clock, memory: ClockMemory, clockWasSet: () => void): TimeKnownStore {
  let kept = memory.recall();
  let isDirty = false;
  let state = startState(kept, clock);

  const settled = (): State => {
    const wallMs = clock.nowMs();
    const monotonicMs = clock.monotonicMs();
    if (Math.abs(wallMs - state.wallMs - (monotonicMs - state.monotonicMs)) < DRIFT_MAX_MS) return state;
    state = afterJump(state, { wallMs, monotonicMs });
    isDirty = true;
    clockWasSet();
    return state;
  };

  return {
    now: () => {
      const { source, offsetMs, hlcLeads, knownMs, checkedMonotonicMs } = settled();
      const ageMs = checkedMonotonicMs === null ? null : clock.monotonicMs() - checkedMonotonicMs;
      return { source, offsetMs, hlcLeads, earliestMs: knownMs + (ageMs ?? 0), ageMs };
    },
    learn: (source, trueMs, { hlcLeads }) => {
      const before = { state: settled(), isDirty };
      const wallMs = clock.nowMs();
      const monotonicMs = clock.monotonicMs();
      const offsetMs = trueMs - wallMs;
      state = { source, offsetMs, knownMs: trueMs, hlcLeads, checkedMonotonicMs: monotonicMs, wallMs, monotonicMs };
      isDirty ||= isWorthKeeping(kept, state);
      return () => {
        ({ state, isDirty } = before);
      };
    },
    isAfter: (wallMs) => {
      // With a hybrid clock that ran away, so may have what was written: what was learnt since is the better bound.
      if (state.hlcLeads || state.checkedMonotonicMs !== null) return;
      const later = { ...state, knownMs: Math.max(state.knownMs, wallMs) };
      state = withoutVoidCorrection(later, clock.nowMs());
    },
    remember: () => {
      const { source, offsetMs, knownMs, hlcLeads } = settled();
      if (!isDirty) return;
      const known = { source, offsetMs, knownMs, hlcLeads };
      memory.remember(known);
      kept = known;
      isDirty = false;
    },
  };
}

/** A clock that went on while the kiosk was off is still wrong by as much as it was. */
function startState(kept: KnownTime | null, clock: Clock): State {
  const known = kept ?? { source: null, offsetMs: 0, knownMs: 0, hlcLeads: false };
  const wallMs = clock.nowMs();
  const start = { ...known, checkedMonotonicMs: null, wallMs, monotonicMs: clock.monotonicMs() };
  return withoutVoidCorrection(start, wallMs);
}

/**
 * Corrected it would be before what was known, uncorrected it would not: the machine's clock was put right while the
 * kiosk was off, and what made up for its being wrong would make it wrong.
 */
function withoutVoidCorrection(state: State, wallMs: number): State {
  const isBefore = (ms: number): boolean => ms + DRIFT_MAX_MS < state.knownMs;
  const isVoid = isBefore(wallMs + state.offsetMs) && !isBefore(wallMs);
  return isVoid ? { ...state, source: null, offsetMs: 0 } : state;
}

/** The correction was of a clock that shows another time now. What is left is how late it is at least. */
function afterJump(before: State, now: { readonly wallMs: number; readonly monotonicMs: number }): State {
  const { checkedMonotonicMs: at, knownMs } = before;
  const counted =
    at === null ? { knownMs } : { knownMs: knownMs + now.monotonicMs - at, checkedMonotonicMs: now.monotonicMs };
  return { ...before, ...now, ...counted, source: null, offsetMs: 0 };
}

const isWorthKeeping = (kept: KnownTime | null, known: KnownTime): boolean =>
  kept === null ||
  known.source === 'supervisor' ||
  kept.source !== known.source ||
  kept.hlcLeads !== known.hlcLeads ||
  Math.abs(kept.offsetMs - known.offsetMs) > OFFSET_KEPT_MS ||
  Math.abs(known.knownMs - kept.knownMs) > KNOWN_KEPT_MS;
