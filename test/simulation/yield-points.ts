/** The places where the simulator may kill a kiosk: its port calls, the network's before and after the server acted. */
export const KIOSK_POINTS = [
  'clock',
  'random',
  'sign',
  'sleep',
  'ask enrol',
  'told enrol',
  'ask token',
  'told token',
  'ask state',
  'told state',
  'ask push',
  'told push',
  'ask pull',
  'told pull',
  'ask people',
  'told people',
  'ask telemetry',
  'told telemetry',
  'ask leases',
  'told leases',
] as const;
/** Points that a kiosk passes at its start and hardly ever after. */
export const EARLY_POINTS = [
  'ask enrol',
  'told enrol',
  'ask token',
  'told token',
  'ask people',
  'told people',
] as const satisfies readonly (typeof KIOSK_POINTS)[number][];
/**
 * The places where it may kill the server: at rest, at its ports, between HQ's journal and the database (E9), and between
 * the commit of a batch and its answer.
 */
export const SERVER_POINTS = [
  'server at rest',
  'server clock',
  'server random',
  'server before journal',
  'server after journal',
  'server after commit',
] as const;
export const YIELD_POINTS = [...KIOSK_POINTS, ...SERVER_POINTS] as const;
export type KioskPoint = (typeof KIOSK_POINTS)[number];
export type ServerPoint = (typeof SERVER_POINTS)[number];
export type YieldPoint = KioskPoint | ServerPoint;

/** Thrown into code that is dead already: it stands for the machine that is no longer there. */
export class PowerCut extends Error {
  override readonly name = 'PowerCut';
}

/** One life of a kiosk or of the server, from its start to a crash. Dead code gets no answer from any port. */
export interface Life {
  /** A synchronous port was called. @throws PowerCut if this life ends here or is over */
  pass(point: YieldPoint): void;
  /** A waiting port was called or is about to answer: false if this life ends here or is over. */
  survives(point: YieldPoint): boolean;
  isOver(): boolean;
  /** Ends at the `skip`-th next call at this point. */
  arm(point: YieldPoint, skip: number): void;
  disarm(): void;
  end(): void;
}

/** @param onEnd called once, in the middle of the call that the power cut hits */
export function createLife(onEnd: (point: YieldPoint | null) => void): Life {
  let over = false;
  let armed: { point: YieldPoint; skip: number } | null = null;
  const end = (point: YieldPoint | null): void => {
    if (over) return;
    over = true;
    onEnd(point);
  };
  const survives = (point: YieldPoint): boolean => {
    if (armed?.point === point) {
      armed.skip -= 1;
      if (armed.skip < 0) end(point);
    }
    return !over;
  };
  return {
    survives,
    pass: (point) => {
      if (!survives(point)) throw new PowerCut(point);
    },
    isOver: () => over,
    arm: (point, skip) => {
      armed = { point, skip };
    },
    disarm: () => {
      armed = null;
    },
    end: () => end(null),
  };
}
