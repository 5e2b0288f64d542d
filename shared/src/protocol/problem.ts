import Type from 'typebox';

/** Error codes of `/sync`, each with its HTTP status. `title` and `detail` say the same in words. */
export const SYNC_PROBLEMS = {
  malformed: 400,
  unauthenticated: 401,
  /** Since 2. No kiosk of that name and epoch was ever enrolled here: the server was put back from before it was (E8). */
  unknown_kiosk: 401,
  wrong_stream: 403,
  not_found: 404,
  gap: 409,
  equivocation: 409,
  /** Since 2. The chain itself breaks: the epoch was closed at its last good seq, and what was sent is in quarantine. */
  chain_broken: 409,
  /** Since 2. The kiosk was revoked: it may deliver what it has, and then wipes itself (X4). */
  revoked: 410,
  enrolment_code_used: 409,
  enrolment_code_expired: 410,
  epoch_closed: 410,
  too_large: 413,
  not_a_push: 422,
  seal_refused: 422,
  upgrade_needed: 426,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const;
export type SyncProblemCode = keyof typeof SYNC_PROBLEMS;

/** RFC 9457 problem details, media type `application/problem+json`. */
export const problemResponse = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  /** Stable, for programs. */
  code: Type.String(),
  /** With `gap`: the seq the server needs next. With `equivocation`: the seq that differs. */
  needFrom: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Since 2, with `epoch_closed`, `equivocation` and `chain_broken`: where the server's own stream ends. */
  lastSeq: Type.Optional(Type.Integer({ minimum: 0 })),
  lastHash: Type.Optional(Type.String({ maxLength: 64 })),
  requestId: Type.Optional(Type.String()),
});
export type ProblemResponse = Type.Static<typeof problemResponse>;

/** `type` of a problem document of this server: what a kiosk knows its own server's refusals by. */
export const problemType = (code: string): string => `urn:skygate:problem:${code}`;
