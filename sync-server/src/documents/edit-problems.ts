import type { DocumentId } from '@skygate/shared/documents/events';
import { writerProblem } from '@skygate/shared/documents/may-edit';
import { isHqNode, type ParkId } from '@skygate/shared/lib/ids';
import type { StaffRole } from '@skygate/shared/protocol/people';
import type { Reader } from '../db/database.ts';
import type { DocumentChangesRow } from '../db/row-types.generated.ts';
import { lostPeopleOf } from '../restore/lost-people.ts';
import { maySellOnline } from '../restore/may-sell-online.ts';

const RECOVERING = 'this server was restored, and not every kiosk has told yet what is missing here';

/**
 * Why an edit that kiosks wrote may not count as things are now (D1). A restored server may not know who lost the right
 * (E8): until all have reported nobody's new edits count, and of people whose last change it lost none until they are
 * entered again. HQ's own always may.
 */
export async function editProblems(
  reader: Reader,
  park: ParkId,
  documentId: DocumentId,
): Promise<(row: DocumentChangesRow) => string | null> {
  const roleOf = await rolesOf(reader, park);
  const isRecovering = !(await maySellOnline(reader, park)).ok;
  const lost = new Set((await lostPeopleOf(reader, park)).map((staffId) => `staff:${staffId}`));
  return (row) => {
    if (isHqNode(row.node)) return null;
    if (isRecovering) return RECOVERING;
    if (lost.has(row.actor)) return `HQ has lost what was changed of ${row.actor} last`;
    return writerProblem(documentId, row, roleOf);
  };
}

async function rolesOf(reader: Reader, park: string): Promise<(staffId: string) => StaffRole | null> {
  const rows = await reader
    .selectFrom('people')
    .select(['staff_id', 'role'])
    .where('park', '=', park)
    .where('removed', '=', 0)
    .execute();
  const roles = new Map(rows.map((row) => [row.staff_id, row.role as StaffRole]));
  return (staffId) => roles.get(staffId) ?? null;
}
