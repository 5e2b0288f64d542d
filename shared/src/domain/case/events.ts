import Type from 'typebox';
import { hashField, idField } from '../../events/fields.ts';

/** A case was looked at and settled, by a person or by a rule (`actor` says who). Cases open by themselves (T3, T5). */
export const caseClosedV1 = Type.Object({
  caseId: hashField,
  ticketId: idField,
  outcome: Type.Enum(['accepted', 'fraud', 'staff_mistake', 'technical']),
  reason: Type.String({ maxLength: 500 }),
});
export type CaseClosed = Type.Static<typeof caseClosedV1>;
