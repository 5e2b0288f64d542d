import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { enrolRequest } from '@skygate/shared/protocol/enrol';
import { peopleQuery } from '@skygate/shared/protocol/people';
import { pullQuery } from '@skygate/shared/protocol/pull';
import { stateRequest } from '@skygate/shared/protocol/state';
import { telemetryRequest } from '@skygate/shared/protocol/telemetry';
import { type TokenResponse, tokenRequest } from '@skygate/shared/protocol/token';
import type { FastifyInstance } from 'fastify';
import type { ServerDeps } from '../app.ts';
import { enrol } from '../hq-node/enrolment.ts';
import { createContacts } from '../plugins/contacts.ts';
import { gunzipRequest, gzipAnswer } from '../plugins/gzip.ts';
import { checkProtocol, nodeOf, protocolOf, requireNode } from '../plugins/node-auth.ts';
import { issueToken } from './issue-token.ts';
import { keyRoutes } from './key-routes.ts';
import { leasesRoutes } from './leases-routes.ts';
import { issueNonce } from './nonce.ts';
import { pull } from './pull.ts';
import { createPushGate } from './push-gate.ts';
import { pushRoute } from './push-route.ts';
import { answerVector, readPeople, readState, VECTOR_BODY_LIMIT } from './state.ts';
import { enrolProblem, tokenProblem } from './sync-problems.ts';
import { noteTelemetry } from './telemetry.ts';
import { textsRoutes } from './texts-routes.ts';
import { throughGate } from './through-gate.ts';
import { TOKEN_SECONDS } from './token-text.ts';
import { createWaitingPulls } from './waiting-pulls.ts';

const SMALL_BODY_LIMIT = 8_192;

/** `/sync`: what kiosks speak. Every route checks the protocol version first (426). */
export async function syncRoutes(app: FastifyInstance, deps: ServerDeps): Promise<void> {
  app.addHook('onRequest', checkProtocol);
  // Kiosks pack whatever is worth it: a push, and as well what they hold where they know many streams.
  app.addHook('preParsing', gunzipRequest);
  app.addHook('onSend', gzipAnswer);
  openRoutes(typed(app), deps);
  kioskRoutes(typed(app), deps);
}

const typed = (app: FastifyInstance) => app.withTypeProvider<TypeBoxTypeProvider>();
export type SyncApp = ReturnType<typeof typed>;

/** For those who have no token yet: guessing is slowed down by address. */
function openRoutes(app: SyncApp, deps: ServerDeps): void {
  const config = deps.rateLimits ? { rateLimit: { max: deps.rateLimits.perMinute, timeWindow: '1 minute' } } : {};
  const options = { config, bodyLimit: SMALL_BODY_LIMIT };

  app.post('/sync/enrol', { ...options, schema: { body: enrolRequest } }, async (request) => {
    const enrolled = await enrol(deps, request.body);
    if (!enrolled.ok) throw enrolProblem(enrolled.error);
    return enrolled.value;
  });

  app.post('/sync/nonce', options, async () => ({ nonce: await issueNonce(deps) }));

  app.post('/sync/token', { ...options, schema: { body: tokenRequest } }, async (request, reply) => {
    const protocol = protocolOf(request);
    const issued = await issueToken(deps, request.body.client_assertion, { protocol });
    if (!issued.ok) throw tokenProblem(issued.error, protocol);
    reply.header('cache-control', 'no-store');
    const { token, isRevoked } = issued.value;
    const answer: TokenResponse = { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS };
    return isRevoked ? { ...answer, revoked: true } : answer;
  });
}

function kioskRoutes(app: SyncApp, deps: ServerDeps): void {
  const contacts = createContacts(deps);
  const onRequest = requireNode({ ...deps, contacts });
  const waitingPulls = createWaitingPulls();
  const small = { onRequest, bodyLimit: SMALL_BODY_LIMIT };
  const route = { onRequest, gate: createPushGate(deps) };
  pushRoute(app, deps, route);

  // X4: how a revoked kiosk learns what it still has to deliver.
  const state = { onRequest, config: { revokedMay: true } };
  app.get('/sync/state', state, async (request) => readState(deps, nodeOf(request)));
  const vector = { ...state, bodyLimit: VECTOR_BODY_LIMIT, schema: { body: stateRequest } };
  app.post('/sync/state', vector, (request, reply) =>
    throughGate(route.gate, request, reply, () => answerVector(deps, nodeOf(request), request.body)),
  );

  app.get('/sync/pull', { onRequest, schema: { querystring: pullQuery } }, async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    reply.type('application/json');
    return pull({ ...deps, contacts, waitingPulls }, nodeOf(request), request.query, gone.signal);
  });

  app.get('/sync/people', { onRequest, schema: { querystring: peopleQuery } }, async (request) =>
    readPeople(deps.database.reader, nodeOf(request).park, request.query.after),
  );

  leasesRoutes(app, deps, route);
  keyRoutes(app, deps, route);
  textsRoutes(app, deps, route);

  app.post('/sync/telemetry', { ...small, schema: { body: telemetryRequest } }, async (request) => {
    await noteTelemetry(deps, nodeOf(request), request.body);
    return {};
  });
}
