import Type from 'typebox';

/** `POST /api/v1/hq/session`: logs a person in at HQ by an httpOnly cookie. */
export const logInBody = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 200 }), password: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
);
export type LogInBody = Type.Static<typeof logInBody>;

/** Who is logged in. */
export const sessionAnswer = Type.Object({
  email: Type.String(),
  name: Type.String(),
  /** When the session ends by itself, milliseconds since 1970. */
  expiresMs: Type.Integer(),
});
export type SessionAnswer = Type.Static<typeof sessionAnswer>;
