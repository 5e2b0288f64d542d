import Type from 'typebox';
import { countField, nameField, nodeField, wallMsField } from '../events/fields.ts';
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

/**
 * Somebody who was erased (`POST /parks/:park/staff/:staffId/erase`), and where that is not certain yet. It is done when
 * every kiosk has confirmed that its disk holds nothing of them, or is revoked (P1).
 */
export const erasureItem = Type.Object({
  staffId: nameField,
  erasedMs: wallMsField,
  /** Kiosks that have confirmed or need not. */
  confirmed: countField,
  waitingFor: Type.Array(
    Type.Object({
      node: nodeField,
      name: Type.String(),
      /** When it was last heard of; null if never. */
      contactMs: Type.Union([wallMsField, Type.Null()]),
    }),
  ),
});
export type ErasureItem = Type.Static<typeof erasureItem>;

export const staffAnswer = Type.Object({
  staff: Type.Array(staffItem),
  /** Newest first. */
  erasures: Type.Array(erasureItem),
  serverMs: wallMsField,
});
export type StaffAnswer = Type.Static<typeof staffAnswer>;
