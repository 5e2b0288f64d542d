import Type from 'typebox';
import { nameField, nodeField, parkField, wallMsField } from '../events/fields.ts';
import { shownText } from './texts.ts';

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** A park whose server was restored from a backup, and of which not every kiosk has told yet what it holds (E8). */
export const recoveryItem = Type.Object({
  park: parkField,
  startedMs: wallMsField,
  /** Every kiosk has reported; what is left is people to enter again. */
  isOver: Type.Boolean(),
  /** How many kiosks there are that can still speak, and which of them have not reported. */
  kiosks: Type.Integer({ minimum: 0 }),
  missing: Type.Array(Type.Object({ node: nodeField, name: Type.String(), contactMs: nullable(wallMsField) })),
  /** Who sells all the same, and why; null while nobody does. */
  override: nullable(
    Type.Object({
      actor: Type.String(),
      /** What people call the actor; null for whom nobody knows any more. */
      actorName: nullable(Type.String()),
      reason: shownText,
      atMs: wallMsField,
    }),
  ),
  /** People whose change was lost: names and PINs come back from nobody, so they are entered again, or waved through. */
  lostPeople: Type.Array(nameField),
});
export type RecoveryItem = Type.Static<typeof recoveryItem>;

/** `GET /recovery`: every park that is being recovered, or has people to enter again. */
export const recoveryAnswer = Type.Object({ parks: Type.Array(recoveryItem), serverMs: wallMsField });
export type RecoveryAnswer = Type.Static<typeof recoveryAnswer>;

/** `POST /parks/:park/recovery/override`: sells before all have reported, by name and with a reason (C3). */
export const overrideBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type OverrideBody = Type.Static<typeof overrideBody>;

/** `POST /parks/:park/recovery/people`: these need not be entered again; of the lost people, those that were shown. */
export const dismissPeopleBody = Type.Object(
  { people: Type.Array(nameField, { minItems: 1, maxItems: 1_000 }) },
  { additionalProperties: false },
);
export type DismissPeopleBody = Type.Static<typeof dismissPeopleBody>;
