import Type from 'typebox';
import { nameField } from '../events/fields.ts';
import { STAFF_ROLES } from '../protocol/people.ts';

/** `POST /parks/:park/staff`: a person who logs in at kiosks by PIN (X3); the same `staffId` again is an edit. */
export const staffBody = Type.Object(
  {
    staffId: nameField,
    name: Type.String({ minLength: 1, maxLength: 80 }),
    role: Type.Enum(STAFF_ROLES),
    /** Four to eight digits. */
    pin: Type.String({ pattern: '^[0-9]{4,8}$' }),
  },
  { additionalProperties: false },
);
export type StaffBody = Type.Static<typeof staffBody>;

export const staffItem = Type.Object({
  staffId: nameField,
  name: Type.String(),
  role: Type.Enum(STAFF_ROLES),
  revision: Type.Integer(),
  removed: Type.Boolean(),
  hasPin: Type.Boolean(),
});
export type StaffItem = Type.Static<typeof staffItem>;

export const staffAnswer = Type.Object({ staff: Type.Array(staffItem) });
export type StaffAnswer = Type.Static<typeof staffAnswer>;
