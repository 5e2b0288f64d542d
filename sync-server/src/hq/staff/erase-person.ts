import { draft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import type { HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import { appendOrRefuse } from '../hq-append.ts';
import { hqProblem } from '../hq-problem.ts';
import { nextRevision } from './next-revision.ts';

/** P1: nothing of the person stays but the id that events name and the role it had; kiosks get the same tombstone. @throws Problem 404 */
export async function erasePerson(
  deps: HqNodeDeps,
  at: { readonly park: string; readonly staffId: string },
  actor: string,
): Promise<void> {
  const { park, staffId } = at;
  await appendOrRefuse(deps, park as ParkId, async (tx) => {
    const person = await tx
      .selectFrom('people')
      .select(['role', 'removed'])
      .where('park', '=', park)
      .where('staff_id', '=', staffId)
      .executeTakeFirst();
    if (!person) throw hqProblem('not_found', `There is nobody with the id ${staffId}.`);
    if (person.removed === 1) return { drafts: [] };
    const revision = await nextRevision(tx, park);
    const blank = { name: '', role: person.role, pin: null };
    const row = { park, staff_id: staffId, revision, removed: 1, ...blank, removed_ms: deps.clock.nowMs() };
    return {
      drafts: [draft('StaffChanged', `staff:${staffId}`, { staffId, revision, removed: true }, { actor })],
      rows: [{ table: 'people', row }],
    };
  });
  // Only now is the old row replaced everywhere: what is left of it in the files goes too.
  deps.journal?.wipeReplaced();
  await sql`vacuum people`.execute(deps.database.kysely);
}
