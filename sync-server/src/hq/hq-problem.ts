import { Problem } from '../plugins/problem.ts';

/** Error codes of `/api/v1/hq`, each with its HTTP status. */
const HQ_PROBLEMS = {
  malformed: 400,
  unauthenticated: 401,
  wrong_password: 401,
  foreign_origin: 403,
  not_found: 404,
  exists_already: 409,
  booking_over: 409,
  no_places: 409,
  revoked: 409,
  gates_behind: 409,
  key_signs: 409,
  key_revoked: 409,
  key_was_revoked: 409,
  key_waits: 409,
  key_older: 409,
  key_over: 409,
  no_ticket_key: 409,
  recovering: 409,
  stale: 412,
  invalid: 422,
  if_match_missing: 428,
  locked_out: 429,
} as const;
export type HqProblemCode = keyof typeof HQ_PROBLEMS;

/** A request of HQ's that cannot be done; `detail` names what is wrong with what, `extra` says it to programs. */
export const hqProblem = (
  code: HqProblemCode,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): Problem => new Problem(HQ_PROBLEMS[code], code, { detail, extra });

/** T1: nothing that HQ signed now would be good at a gate. */
export const noTicketKey = () =>
  hqProblem(
    'no_ticket_key',
    'HQ’s ticket key is revoked or its period is over: publish the next one and put it to use.',
  );
