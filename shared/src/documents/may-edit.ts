import { isHqNode } from '../lib/ids.ts';
import type { StaffRole } from '../protocol/people.ts';
import type { DocumentId } from './events.ts';

/** Which staff may edit which document at a kiosk (D1): asked where the edit is written, and again at HQ. */
export const EDITORS: { readonly [Id in DocumentId]: readonly StaffRole[] } = {
  park: [],
  catalogue: ['supervisor'],
};

/** Who wrote a change, by the event that carries it. */
export interface ChangeWriter {
  readonly node: string;
  /** `staff:<id>`, `hq:<user>` or `system`. */
  readonly actor: string;
}

/** @param roleOf the role of somebody on the staff now; null for nobody. @returns why the change may not count, or null */
export function writerProblem(
  documentId: DocumentId,
  { node, actor }: ChangeWriter,
  roleOf: (staffId: string) => StaffRole | null,
): string | null {
  if (isHqNode(node)) return null;
  if (!actor.startsWith('staff:')) return `${actor} may not edit at a kiosk`;
  const role = roleOf(actor.slice('staff:'.length));
  if (role === null) return `${actor} is not on the staff`;
  return EDITORS[documentId].includes(role) ? null : `a ${role} may not edit the ${documentId}`;
}
