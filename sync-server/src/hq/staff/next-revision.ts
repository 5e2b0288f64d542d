import { sql } from 'kysely';
import type { Writer } from '../../db/database.ts';

/** Under the park's lock: kiosks ask for what is newer than the last revision they saw, so none may be given twice. */
export async function nextRevision(tx: Writer, park: string): Promise<number> {
  const newest = tx
    .selectFrom('people')
    .select(({ fn }) => fn.max('revision').as('revision'))
    .where('park', '=', park);
  const row = await tx
    .updateTable('parks')
    .set({ people_revision: sql<number>`greatest(people_revision, coalesce(${newest}, 0)) + 1` })
    .where('park', '=', park)
    .returning('people_revision')
    .executeTakeFirstOrThrow();
  return row.people_revision;
}
