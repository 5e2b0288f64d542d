import { logInBody, type SessionAnswer } from '@skygate/shared/hq-api/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerDeps } from '../../app.ts';
import type { HqApp } from '../hq-app.ts';
import { hqProblem } from '../hq-problem.ts';
import { createLockOut } from './lock-out.ts';
import { secretFits, verifierOfNobody } from './password.ts';
import { closeSession, openSession, type Session, sessionOf } from './sessions.ts';
import { emailKey, userByEmail } from './users.ts';

export const SESSION_COOKIE = 'skygate_hq';
/** The cookie outlives a session: the server alone decides when that is over. */
const COOKIE_SECONDS = 30 * 24 * 60 * 60;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route behind the log-in. */
    hqSession: Session | null;
  }
}

/** Log-in, who one is, log-out. */
export function sessionRoutes(app: HqApp, deps: ServerDeps): void {
  const lockOut = createLockOut();

  // scrypt is meant to be slow: without a limit, log-ins are the cheapest way to keep the server busy.
  const config = deps.rateLimits ? { rateLimit: { max: deps.rateLimits.perMinute, timeWindow: 60_000 } } : {};
  app.post('/session', { config, schema: { body: logInBody } }, async (request, reply): Promise<SessionAnswer> => {
    const { email, password } = request.body;
    const keys = [`who ${emailKey(email)}`, `from ${request.ip}`];
    refuseIfLocked(Math.max(...keys.map((key) => lockOut.waitMs(key, deps.clock.nowMs()))));
    const user = await userByEmail(deps.database.reader, email);
    // An unknown address costs as much time as a wrong password, so that the two cannot be told apart.
    const verifier = user?.password ?? verifierOfNobody(deps);
    const fits = await secretFits(password, verifier);
    if (!user || !fits) {
      for (const key of keys) lockOut.failed(key, deps.clock.nowMs());
      throw hqProblem('wrong_password', 'The e-mail address or the password is wrong.');
    }
    for (const key of keys) lockOut.succeeded(key);
    const cookie = await openSession(deps, user.userId);
    setCookie(request, reply, cookie, COOKIE_SECONDS);
    const session = await sessionOf(deps, cookie);
    if (!session) throw hqProblem('unauthenticated', 'The session ended.');
    return answerOf(session);
  });

  app.get('/session', async (request): Promise<SessionAnswer> => answerOf(await requireSession(deps, request)));

  app.delete('/session', async (request, reply) => {
    const cookie = request.cookies[SESSION_COOKIE];
    if (cookie) await closeSession(deps, cookie);
    setCookie(request, reply, '', 0);
    return reply.status(204).send();
  });
}

/** The session of a request. @throws Problem 401 */
export async function requireSession(deps: ServerDeps, request: FastifyRequest): Promise<Session> {
  const session = await sessionOfRequest(deps, request);
  if (!session) throw hqProblem('unauthenticated', 'Log in first: POST /api/v1/hq/session.');
  return session;
}

/** The session of a request's cookie; null if there is none or it is over. */
export const sessionOfRequest = (deps: ServerDeps, request: FastifyRequest): Promise<Session | null> =>
  sessionOf(deps, request.cookies[SESSION_COOKIE]);

/** The actor that this request's events name. @throws if the route is not behind the log-in: an error of ours */
export function actorOfRequest(request: FastifyRequest): string {
  if (!request.hqSession) throw new Error('broken invariant: the route is behind the log-in');
  return `hq:${request.hqSession.userId}`;
}

/**
 * A form or script on another site must not act with this site's cookie: browsers say where a request that changes
 * something comes from. Programs that are no browsers say nothing, and have no cookie that was not given to them.
 * @throws Problem 403
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const foreign = (origin !== undefined && hostOf(origin) !== host) || (site !== undefined && site !== 'same-origin');
  if (foreign) throw hqProblem('foreign_origin', 'This request comes from another site.');
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

function refuseIfLocked(waitMs: number): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw hqProblem('locked_out', `Too many wrong passwords: try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  });
}

const answerOf = ({ email, name, expiresMs }: Session): SessionAnswer => ({ email, name, expiresMs });

function setCookie(request: FastifyRequest, reply: FastifyReply, value: string, maxAge: number): void {
  reply.setCookie(SESSION_COOKIE, value, {
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    path: '/api/v1/hq',
    maxAge,
  });
}
