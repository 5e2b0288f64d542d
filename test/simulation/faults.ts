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
  /** An event that no read model of this program can take (E4, S7). */
  oddEvent: number;
  /** Somebody with an enrolled kiosk's key tried what it may not. */
  hostileKiosk: number;
  /** HQ revoked a kiosk (X4). */
  revokedKiosk: number;
  /** HQ had lost that it had, and revoked it again (E8). */
  revokedAgain: number;
  /** For a while a kiosk's database found no more room. */
  diskFull: number;
  serverCrash: number;
  /** The server came back without its last commits, as PGlite may (E9). */
  lostTail: number;
  /** An older backup of the server was put back (E8). */
  restoredServer: number;
  /** A kiosk had no network for three days. */
  daysOffline: number;
  /** A business day ended while people worked. */
  dayEnd: number;
  /** A closed business day was changed by sales that came late (H2). */
  restatedDay: number;
  /** The last shift of the day closed, and the till gave back what it had not sold (C4). */
  returnedShare: number;
  /** A kiosk let old events go (K4). */
  prunedKiosk: number;
  /** An edit that makes a document invalid was written into a kiosk's log (D1). */
  badEdit: number;
  /** Somebody edited who had the right no more. */
  forbiddenEdit: number;
  /** HQ began a document anew. */
  newGeneration: number;
  /** A kiosk came to a time that cannot be, without network (H2). */
  deadClock: number;
  /** A supervisor told the time, and it counted. */
  confirmedClock: number;
  /** HQ erased what somebody had typed (E5). */
  erasedWords: number;
  /** Somebody wanted places and there were none left (C1). */
  placesRanOut: number;
  /** HQ gave places that had been somebody's before, when it had no others (C4, C5). */
  placesGivenAgain: number;
  /** HQ sold after a restore though not all had reported, by name (E8). */
  soldBeforeReports: number;
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
  oddEvent: 0,
  hostileKiosk: 0,
  revokedKiosk: 0,
  revokedAgain: 0,
  diskFull: 0,
  serverCrash: 0,
  lostTail: 0,
  restoredServer: 0,
  daysOffline: 0,
  dayEnd: 0,
  restatedDay: 0,
  returnedShare: 0,
  prunedKiosk: 0,
  badEdit: 0,
  forbiddenEdit: 0,
  newGeneration: 0,
  deadClock: 0,
  confirmedClock: 0,
  erasedWords: 0,
  placesRanOut: 0,
  placesGivenAgain: 0,
  soldBeforeReports: 0,
});

export type PointCounts = Record<YieldPoint, number>;

export const noCrashes = (): PointCounts => Object.fromEntries(YIELD_POINTS.map((point) => [point, 0])) as PointCounts;

export function addCounts<Counts extends FaultCounts | PointCounts>(total: Counts, more: Counts): void {
  for (const key of Object.keys(total) as (keyof Counts)[]) {
    total[key] = ((total[key] as number) + (more[key] as number)) as Counts[keyof Counts];
  }
}
