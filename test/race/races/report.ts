import { PARK } from '../../simulation/headquarters.ts';
import type { RaceTrack } from '../race-track.ts';

/** What must hold whoever is first. */
export interface Broken {
  readonly invariant: string;
  readonly found: string;
}

export type Report = (invariant: string, found: string) => void;

/** Several who do something at once, and what must hold then. */
export type Race = (track: RaceTrack, report: Report) => Promise<void>;

export async function positionsAreGapFree(track: RaceTrack, report: Report): Promise<void> {
  const { reader } = track.first.deps.database;
  const rows = await reader
    .selectFrom('events')
    .select('position')
    .where('park', '=', PARK)
    .orderBy('position')
    .execute();
  const wrong = rows.findIndex(({ position }, index) => position !== index + 1);
  if (wrong >= 0) report('positions are gap-free', `position ${rows[wrong]?.position} is number ${wrong + 1}`);
}

/** What came of work that was begun at once; work that threw is reported. */
export async function settled<Value>(work: readonly Promise<Value>[], report: Report): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'fulfilled') values.push(outcome.value);
    else report('every deed is answered', String(outcome.reason).slice(0, 200));
  }
  return values;
}

/** @returns whether it was the answer that was to come */
export function isAnswered(
  invariant: string,
  answer: { readonly statusCode: number; readonly body: string },
  report: Report,
): boolean {
  if (answer.statusCode !== 200) report(invariant, `${answer.statusCode} ${answer.body.slice(0, 200)}`);
  return answer.statusCode === 200;
}
