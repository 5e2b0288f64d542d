/** A clock that moves only when told to. The kiosk's `Clock` port. */
export interface FakeClock {
  nowMs(): number;
  monotonicMs(): number;
  /** Time passes, on both clocks. */
  advance(ms: number): void;
  /** The wall clock is set, forward or back; the monotonic one does not notice. */
  jumpTo(wallMs: number): void;
}

/** Starts at noon of 2026-11-21 in UTC unless told otherwise; the monotonic clock starts anywhere. */
export function fakeClock(startMs = 1_795_262_400_000): FakeClock {
  let wallMs = startMs;
  let monotonicMs = 1_000;
  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    advance: (ms) => {
      if (ms < 0) throw new Error('broken invariant: time does not go back; the wall clock jumps');
      wallMs += ms;
      monotonicMs += ms;
    },
    jumpTo: (ms) => {
      wallMs = ms;
    },
  };
}
