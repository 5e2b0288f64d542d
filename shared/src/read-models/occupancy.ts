/** A row of `gate_totals` of one business day. */
export interface GateTotals {
  readonly gate_id: string;
  readonly admitted: number;
  readonly exited: number;
  readonly unmatched: number;
}

/** A row of `gate_activity`. */
export interface GateActivity {
  readonly gate_id: string;
  readonly bucket_ms: number;
  readonly admitted: number;
  readonly exited: number;
}

/** A gate that has not been heard of for longer than coverage allows. */
export interface SilentGate {
  readonly gateId: string;
  readonly silentMs: number;
}

export interface OccupancyInput {
  /** All gates of the park on the business day. */
  readonly totals: readonly GateTotals[];
  /** Their activity of the last hour or more; older rows are not looked at. */
  readonly activity: readonly GateActivity[];
  readonly silentGates: readonly SilentGate[];
  /** People let in provisionally whose admission no gate's later word has settled. */
  readonly openProvisionals: number;
  readonly nowMs: number;
}

export interface Occupancy {
  /** People in the park; never shown below zero (T4). */
  readonly inside: number;
  /** How far the true number may be from it. */
  readonly uncertainty: number;
  readonly admitted: number;
  readonly exited: number;
}

/** A gate's rate is what it did in this time before it fell silent. */
const RATE_WINDOW_MS = 60 * 60_000;
const MINUTE_MS = 60_000;

/**
 * People inside and how sure that is (T4): unsure by what silent gates would have done at their recent rate, by exits
 * that no entry accounts for, and by provisional admissions. The floor at zero is for the eye alone; sums keep going.
 */
export function occupancyOf(input: OccupancyInput): Occupancy {
  const admitted = sum(input.totals.map((gate) => gate.admitted));
  const exited = sum(input.totals.map((gate) => gate.exited));
  const unmatched = sum(input.totals.map((gate) => gate.unmatched));
  const silent = input.silentGates.map(
    ({ gateId, silentMs }) =>
      (silentMs / MINUTE_MS) * recentRatePerMinute(input.activity, gateId, input.nowMs - silentMs),
  );
  return {
    inside: Math.max(0, admitted - exited),
    uncertainty: Math.ceil(sum(silent)) + unmatched + Math.max(0, input.openProvisionals),
    admitted: Math.max(0, admitted),
    exited,
  };
}

/** People a minute who passed a gate, in either direction, in the hour before a moment. */
export function recentRatePerMinute(activity: readonly GateActivity[], gateId: string, untilMs: number): number {
  const people = activity
    .filter((row) => row.gate_id === gateId && row.bucket_ms > untilMs - RATE_WINDOW_MS && row.bucket_ms <= untilMs)
    .map((row) => Math.max(0, row.admitted) + Math.max(0, row.exited));
  return sum(people) / (RATE_WINDOW_MS / MINUTE_MS);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
