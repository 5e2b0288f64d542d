import { erasePerson } from '@skygate/sync-server/hq/staff/erase-person';
import { asHq } from './ask-hq.ts';
import { type Deed, HQ, LEAVER, PARK } from './headquarters.ts';
import type { Run } from './run.ts';

/** P1: somebody leaves, and wants to be forgotten. */
export async function eraseOne(run: Run): Promise<Deed | null> {
  return asHq(run, async (deps) => {
    await erasePerson(deps, { park: PARK, staffId: LEAVER.staffId }, HQ.actor);
    run.book.hasErased = true;
    return [];
  });
}
