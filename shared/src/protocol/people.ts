import Type from 'typebox';
import { nameField } from '../events/fields.ts';

export const STAFF_ROLES = ['gate', 'cashier', 'supervisor'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** A PIN's scrypt verifier (X3): RFC 7914 parameters, salt and derived key in base64url. */
export const pinVerifierField = Type.Object({
  cost: Type.Integer({ minimum: 1024, maximum: 1_048_576 }),
  blockSize: Type.Integer({ minimum: 1, maximum: 32 }),
  parallelization: Type.Integer({ minimum: 1, maximum: 16 }),
  salt: Type.String({ minLength: 22, maxLength: 64 }),
  key: Type.String({ minLength: 43, maxLength: 43 }),
});
export type PinVerifier = Type.Static<typeof pinVerifierField>;

/** A person's row (P1): beside the log, revisioned, erasable. A tombstone has `removed` and nothing else to say. */
export const personField = Type.Object({
  staffId: nameField,
  revision: Type.Integer({ minimum: 1 }),
  removed: Type.Boolean(),
  name: Type.String({ maxLength: 80 }),
  role: Type.Enum(STAFF_ROLES),
  pin: Type.Union([pinVerifierField, Type.Null()]),
});
export type Person = Type.Static<typeof personField>;

/** `GET /sync/people?after=REVISION`: rows changed since, oldest first. */
export const peopleQuery = Type.Object(
  { after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);
export const peopleResponse = Type.Object({
  revision: Type.Integer({ minimum: 0 }),
  people: Type.Array(personField, { maxItems: 10_000 }),
  /** Since 2, where this is everybody (asked for after 0): the list's `peopleStamp`. Whoever is not in it, HQ does not know. */
  stamp: Type.Optional(Type.String({ maxLength: 100 })),
});
export type PeopleResponse = Type.Static<typeof peopleResponse>;
