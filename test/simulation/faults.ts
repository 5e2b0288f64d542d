import { YIELD_POINTS, type YieldPoint } from './yield-points.ts';

/** How often each fault struck. */
export interface FaultCounts {
  lostRequest: number;
  lostAnswer: number;
  /** The push was committed and its answer never arrived. */
  lostAcknowledgement: number;
  duplicated: number;
  /** Held back long enough to be overtaken. */
  delayed: number;
  partition: number;
  /** Something between kiosk and server answered in its place: a proxy's error page. */
  proxyPage: number;
  clockJump: number;
  /** A kiosk came back with an older copy of its disk. */
  restoredDisk: number;
  /** A copy of a kiosk's disk was started beside it. */
  clonedDisk: number;
  kioskCrash: number;
  /** A power cut left something else behind the last commit of the write-ahead log than what was there. */
  tornWal: number;
  /** For a while a kiosk's database found no more room. */
  diskFull: number;
  serverCrash: number;
  /** The server came back without its last commits, as PGlite may (E9). */
  lostTail: number;
  /** An older backup of the server was put back (E8). */
  restoredServer: number;
}

export const noFaults = (): FaultCounts => ({
  lostRequest: 0,
  lostAnswer: 0,
  lostAcknowledgement: 0,
  duplicated: 0,
  delayed: 0,
  partition: 0,
  proxyPage: 0,
  clockJump: 0,
  restoredDisk: 0,
  clonedDisk: 0,
  kioskCrash: 0,
  tornWal: 0,
  diskFull: 0,
  serverCrash: 0,
  lostTail: 0,
  restoredServer: 0,
});

export type PointCounts = Record<YieldPoint, number>;

export const noCrashes = (): PointCounts => Object.fromEntries(YIELD_POINTS.map((point) => [point, 0])) as PointCounts;

export function addCounts<Counts extends FaultCounts | PointCounts>(total: Counts, more: Counts): void {
  for (const key of Object.keys(total) as (keyof Counts)[]) {
    total[key] = ((total[key] as number) + (more[key] as number)) as Counts[keyof Counts];
  }
}
