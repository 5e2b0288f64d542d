import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import { bytesToHex } from '@skygate/shared/lib/bytes';
import Fastify, { type FastifyInstance } from 'fastify';
import type { HqNodeDeps } from './hq-node/append-hq-events.ts';
import { healthRoutes } from './plugins/health.ts';
import { registerNodeAuth } from './plugins/node-auth.ts';
import { registerProblems, sendProblem, syncProblem } from './plugins/problem.ts';
import type { Log, Timers } from './ports.ts';
import type { Projections } from './projections/projections.ts';
import { syncRoutes } from './sync/sync-routes.ts';

/** Everything routes are built from. Each takes only what it uses. */
export interface ServerDeps extends HqNodeDeps {
  readonly timers: Timers;
  readonly log: Log;
  readonly projections: Projections;
  /** Requests a minute and address on /sync/enrol, /sync/nonce and /sync/token; null for none (simulator). */
  readonly rateLimits: { readonly perMinute: number } | null;
  /** Proxies whose word for an asker's address and scheme is believed (S5); none where it is left out. */
  readonly trustedProxies?: readonly string[];
  /** Aborted when the server stops: waiting requests answer at once. */
  readonly stopping: AbortSignal;
}

/** Adds a feature's routes (HQ's, in `hq/`). */
export type Feature = (app: FastifyInstance, deps: ServerDeps) => Promise<void> | void;

const BODY_LIMIT = 256 * 1024;
const REQUEST_ID_BYTES = 8;
/** A request that trickles in slower than this is cut off: it would hold its connection for ever. */
const REQUEST_WITHIN_MS = 30_000;
/** So is a connection on which nothing moves: longer than a pull may wait and than HQ's heartbeat. */
const SILENT_CONNECTION_MS = 60_000;

/** The HTTP application, not listening yet: `app.inject` drives it in tests and in the simulator. */
export async function buildApp(deps: ServerDeps, features: readonly Feature[] = []): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    // Limits are by address, and log-ins' cookies by scheme: behind a proxy both are its word.
    trustProxy: deps.trustedProxies && deps.trustedProxies.length > 0 ? [...deps.trustedProxies] : false,
    genReqId: () => bytesToHex(deps.random.bytes(REQUEST_ID_BYTES)),
    forceCloseConnections: 'idle',
    // An address no router can read gets its answer in the same form as everything else.
    frameworkErrors: (error, request, reply) => sendProblem(deps, error, { request, reply }),
    requestTimeout: REQUEST_WITHIN_MS,
    connectionTimeout: SILENT_CONNECTION_MS,
  });
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  // Answers are plain values of checked types; the default serialiser would drop what a schema does not name.
  app.setSerializerCompiler(() => JSON.stringify);
  acceptJson(app);
  registerProblems(app, deps);
  logRequests(app, deps);
  noticeUnnamedProxies(app, deps);

  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  await app.register(formbody);
  await app.register(cookie);
  if (deps.rateLimits) await app.register(rateLimit, { global: false });
  registerNodeAuth(app);

  healthRoutes(app, deps);
  await app.register((scope) => syncRoutes(scope, deps));
  for (const feature of features) await app.register(async (scope) => feature(scope, deps));
  return app;
}

/** JSON as it is: the framework's own parser refuses keys that are a body's right to have. */
function acceptJson(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(String(text)));
    } catch {
      done(syncProblem('malformed', 'The body is not JSON.'));
    }
  });
}

/** One line a request: the route, not the address, which may hold a person's data. */
function logRequests(app: FastifyInstance, { log }: { readonly log: Log }): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      requestId: request.id,
      method: request.method,
      route: request.routeOptions.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    log.info(fields, 'answered');
  });
}

/** Once: behind a proxy that is not named everybody has its address, and anybody can use up the limits of all (S5). */
function noticeUnnamedProxies(app: FastifyInstance, { log }: { readonly log: Log }): void {
  let isNoticed = false;
  app.addHook('onRequest', async (request) => {
    if (isNoticed || request.headers['x-forwarded-for'] === undefined || request.ips?.[1] !== undefined) return;
    isNoticed = true;
    log.warn({}, 'a proxy is in the way that SKYGATE_TRUST_PROXY does not name: all who come by it share one limit');
  });
}
