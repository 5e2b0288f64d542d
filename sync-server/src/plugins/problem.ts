import { STATUS_CODES } from 'node:http';
import { problemType, SYNC_PROBLEMS, type SyncProblemCode } from '@skygate/shared/protocol/problem';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPassingTrouble } from '../db/passing-trouble.ts';
import type { Log } from '../ports.ts';

/** An answer other than success, on its way to the one handler that writes problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  /** `code` is stable, for programs; `detail` is one plain sentence for people and holds no personal data. */
  constructor(
    status: number,
    code: string,
    more: {
      readonly detail?: string;
      readonly extra?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(more.detail ?? '');
    this.status = status;
    this.code = code;
    this.extra = more.extra ?? {};
    this.headers = more.headers ?? {};
  }
}

export const syncProblem = (
  code: SyncProblemCode,
  detail: string,
  extra: Readonly<Record<string, unknown>> = {},
): Problem => new Problem(SYNC_PROBLEMS[code], code, { detail, extra });

const RETRY_LATER = { 'retry-after': '1' };

/** 503: nothing is wrong with what was asked, only with the moment. */
export const busyProblem = (detail: string): Problem =>
  new Problem(SYNC_PROBLEMS.unavailable, 'unavailable', { detail, headers: RETRY_LATER });

/** One handler for domain problems, schema violations, framework errors, databases' SQLSTATEs and 404. */
export function registerProblems(app: FastifyInstance, deps: { readonly log: Log }): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => sendProblem(deps, error, { request, reply }));
  app.setNotFoundHandler((request, reply) =>
    send(reply, syncProblem('not_found', `There is nothing at ${request.method} ${pathOf(request)}.`), request.id),
  );
}

/** Answers what went wrong; what is our own fault is logged too. */
export function sendProblem(
  deps: { readonly log: Log },
  error: FastifyError,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): FastifyReply {
  const problem = problemOf(error, request);
  if (problem.status >= 500) {
    const fields = { requestId: request.id, route: request.routeOptions.url, error: reasonOf(error) };
    deps.log.error(fields, 'request failed');
  }
  return send(reply, problem, request.id);
}

function send(reply: FastifyReply, problem: Problem, requestId: string): FastifyReply {
  const { status, code, extra, message } = problem;
  return reply
    .code(status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: problemType(code),
      title: STATUS_CODES[status] ?? 'Problem',
      status,
      ...(message === '' ? {} : { detail: message }),
      code,
      ...extra,
      requestId,
    });
}

// The query may hold what is nobody's business.
const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '/';

function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) return validationProblem(error, request);
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' || error.statusCode === 413) {
    return syncProblem('too_large', 'The request is larger than this service takes.');
  }
  if (isPassingTrouble(error)) return busyProblem('The database is busy or away; try again.');
  const status = error.statusCode ?? 500;
  if (status === 429) return syncProblem('too_many_requests', 'Too many requests from this address; try again later.');
  if (status >= 400 && status < 500) return new Problem(status, 'malformed', { detail: error.message });
  return syncProblem('internal', 'Something went wrong here; the request id finds it in the log.');
}

function validationProblem(error: FastifyError, request: FastifyRequest): Problem {
  const [first] = error.validation ?? [];
  const where = `${error.validationContext ?? 'request'}${first?.instancePath ?? ''}`;
  const detail = `${where} ${first?.message ?? 'does not fit its schema'}`.slice(0, 300);
  const code = request.routeOptions.config.invalidBody;
  return code && error.validationContext === 'body' ? syncProblem(code, detail) : syncProblem('malformed', detail);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The code for a body that breaks its schema, where it is not `malformed`. */
    invalidBody?: SyncProblemCode;
  }
}

/** What went wrong, for the log: never the values of a statement. */
const reasonOf = (error: FastifyError): Record<string, unknown> => ({
  name: error.name,
  code: error.code,
  message: error.message,
  stack: error.stack,
});
