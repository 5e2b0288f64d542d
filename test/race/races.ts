import type { RaceTrack } from './race-track.ts';
import { appendAgainstEnrolment, closingAgainstPushes, oneCode } from './races/epochs.ts';
import { everybodySells, lastPlaces } from './races/places.ts';
import type { Broken, Race } from './races/report.ts';
import { restoreAgainstPushes } from './races/restore.ts';
import { pushesAndAReader } from './races/streams.ts';

/** The restore comes last: HQ keeps back what it sells until everybody has reported (E8). */
const RACES: Readonly<Record<string, Race>> = {
  pushes: pushesAndAReader,
  'last-places': lastPlaces,
  'everybody-sells': everybodySells,
  'one-code': oneCode,
  enrolment: appendAgainstEnrolment,
  closing: closingAgainstPushes,
  restore: restoreAgainstPushes,
};
export const RACE_NAMES: readonly string[] = Object.keys(RACES);

/** Runs races one after the other, each among many at once. @param names all if empty */
export async function runRaces(track: RaceTrack, names: readonly string[] = []): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const report = (invariant: string, found: string): void => {
    broken.push({ invariant, found });
  };
  for (const [name, race] of Object.entries(RACES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    try {
      await race(track, report);
    } catch (error) {
      report('a race runs to its end', `${name}: ${(error as Error).stack ?? error}`);
    }
  }
  return broken;
}
