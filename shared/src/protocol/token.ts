import Type from 'typebox';

/** `POST /sync/nonce`: a server nonce to sign, so that no kiosk clock is trusted (S1). */
export const nonceResponse = Type.Object({ nonce: Type.String({ minLength: 16, maxLength: 128 }) });
export type NonceResponse = Type.Static<typeof nonceResponse>;

export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** The assertion's audience (RFC 7523 section 3). */
export const TOKEN_AUDIENCE = 'skygate-sync';
/** `iss` and `sub` of the assertion: one incarnation of one node. `jti` is the server's nonce. */
export const assertionSubject = (node: string, epoch: number): string => `${node}/${epoch}`;

/** `POST /sync/token`, form-encoded (RFC 6749 section 4.4 with RFC 7523 client authentication, EdDSA). */
export const tokenRequest = Type.Object({
  grant_type: Type.Literal('client_credentials'),
  client_assertion_type: Type.Literal(CLIENT_ASSERTION_TYPE),
  client_assertion: Type.String({ minLength: 20, maxLength: 2000 }),
});
export type TokenRequest = Type.Static<typeof tokenRequest>;

export const tokenResponse = Type.Object({
  access_token: Type.String({ minLength: 20, maxLength: 4000 }),
  token_type: Type.Literal('Bearer'),
  /** Seconds. */
  expires_in: Type.Integer({ minimum: 1 }),
  /** Since 2: the kiosk was revoked; with this token it may only deliver what it has and say that it wiped itself (X4). */
  revoked: Type.Optional(Type.Boolean()),
});
export type TokenResponse = Type.Static<typeof tokenResponse>;
