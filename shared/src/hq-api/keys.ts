import Type from 'typebox';
import { epochField, keyIdField, nodeField, wallMsField } from '../events/fields.ts';
import { shownText } from './texts.ts';

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const wholeField = Type.Integer({ minimum: 0 });

/**
 * `signing`: its holder signs with it now; `next`: published and not yet used; `old`: it signs no more and its tickets
 * are good; `over`: its period ended; `revoked`: of its tickets those that are known up to the revoked place are good.
 */
export const KEY_STATES = ['signing', 'next', 'old', 'over', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export const keyItem = Type.Object({
  kid: keyIdField,
  holder: nodeField,
  /** What people call the holder: `HQ` or the till's name. */
  holderName: Type.String(),
  isHq: Type.Boolean(),
  sinceMs: wallMsField,
  untilMs: wallMsField,
  tickets: wholeField,
  state: Type.Enum(KEY_STATES),
  revoked: nullable(Type.Object({ atMs: wallMsField, reason: shownText, epoch: epochField, lastSeq: wholeField })),
});
export type KeyItem = Type.Static<typeof keyItem>;

/** `GET /parks/:park/keys`: HQ's first, then the tills', newest first. */
export const keysAnswer = Type.Object({
  keys: Type.Array(keyItem),
  /** Gates that do not know HQ's next key yet; empty if there is none, or if all do. */
  gatesBehind: Type.Array(Type.Object({ node: nodeField, name: Type.String() })),
  /** Why HQ's present key was put to use before every gate knew it; null if it was not. */
  forced: nullable(Type.String()),
  serverMs: wallMsField,
});
export type KeysAnswer = Type.Static<typeof keysAnswer>;

/** `POST /parks/:park/keys/:kid/use`: HQ signs this park's tickets with it from now on. */
export const useKeyBody = Type.Object(
  {
    /** Why it is not waited for every gate; null to wait. */
    forced: nullable(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { additionalProperties: false },
);
export type UseKeyBody = Type.Static<typeof useKeyBody>;

/** `POST /parks/:park/keys/:kid/revoke` */
export const revokeKeyBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
);
export type RevokeKeyBody = Type.Static<typeof revokeKeyBody>;
