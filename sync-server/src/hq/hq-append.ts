import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Writer } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, type HqWork, UnknownParkError } from '../hq-node/append-hq-events.ts';
import { hqProblem } from './hq-problem.ts';

/** `appendHqEvents` for a route: a park that is not there is the caller's mistake. @throws Problem 404 */
export async function appendOrRefuse(
  deps: HqNodeDeps,
  park: ParkId,
  work: readonly KnownDraft[] | ((tx: Writer) => Promise<HqWork>),
  options: { readonly timeoutMs?: number } = {},
): Promise<readonly Event[]> {
  try {
    return await appendHqEvents(deps, park, work, options);
  } catch (error) {
    if (error instanceof UnknownParkError) throw unknownPark(park);
    throw error;
  }
}

export const unknownPark = (park: string) => hqProblem('not_found', `There is no park ${park}.`);
