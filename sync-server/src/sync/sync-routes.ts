import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { enrolRequest } from '@skygate/shared/protocol/enrol';
import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import { peopleQuery } from '@skygate/shared/protocol/people';
import { pullQuery } from '@skygate/shared/protocol/pull';
import { type PushResponse, pushRequest } from '@skygate/shared/protocol/push';
import { telemetryRequest } from '@skygate/shared/protocol/telemetry';
import { type TokenResponse, tokenRequest } from '@skygate/shared/protocol/token';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerDeps } from '../app.ts';
import { type EnrolRefusal, enrol } from '../hq-node/enrolment.ts';
import { ingest, type PushRefusal } from '../ingest/ingest.ts';
import { gunzipRequest, gzipAnswer } from '../plugins/gzip.ts';
import { checkProtocol, nodeOf, requireNode } from '../plugins/node-auth.ts';
import { type Problem, syncProblem } from '../plugins/problem.ts';
import { issueNonce, issueToken } from './issue-token.ts';
import { leasesRoutes } from './leases-routes.ts';
import { pull } from './pull.ts';
import { logIdOf, readPeople, readState } from './state.ts';
import { noteTelemetry } from './telemetry.ts';
import { TOKEN_SECONDS } from './token-text.ts';
import { createWaitingPulls } from './waiting-pulls.ts';

/** The events may fill `PUSH_BYTES_MAX`; the run's place and seal come on top. */
const PUSH_BODY_LIMIT = PUSH_BYTES_MAX + 2_048;
const SMALL_BODY_LIMIT = 8_192;

/** `/sync`: what kiosks speak. Every route checks the protocol version first (426). */
export async function syncRoutes(app: FastifyInstance, deps: ServerDeps): Promise<void> {
  app.addHook('onRequest', checkProtocol);
  app.addHook('onSend', gzipAnswer);
  openRoutes(typed(app), deps);
  kioskRoutes(typed(app), deps);
}

const typed = (app: FastifyInstance) => app.withTypeProvider<TypeBoxTypeProvider>();
type SyncApp = ReturnType<typeof typed>;

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
    const token = await issueToken(deps, request.body.client_assertion);
    if (!token.ok) throw tokenProblem(token.error);
    reply.header('cache-control', 'no-store');
    const answer: TokenResponse = { access_token: token.value, token_type: 'Bearer', expires_in: TOKEN_SECONDS };
    return answer;
  });
}

function kioskRoutes(app: SyncApp, deps: ServerDeps): void {
  const onRequest = requireNode(deps);
  const waitingPulls = createWaitingPulls();

  app.get('/sync/state', { onRequest }, async (request) => readState(deps, nodeOf(request)));

  // From before its first query to its answer, or to the moment the kiosk is gone.
  const letThrough = async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.raw.once('close', deps.projections.pushBegins());
  };
  const push = {
    onRequest: [letThrough, onRequest],
    preParsing: gunzipRequest,
    bodyLimit: PUSH_BODY_LIMIT,
    config: { invalidBody: 'not_a_push' as const },
    schema: { body: pushRequest },
  };
  app.post('/sync/push', push, async (request) => {
    const { park } = nodeOf(request);
    const taken = await ingest(deps, park, request.body);
    if (!taken.ok) throw pushProblem(taken.error);
    const answer: PushResponse = {
      acknowledged: taken.value.acknowledged,
      durable: deps.database.durable,
      logId: await logIdOf(deps.database.reader, park),
      credits: PUSH_EVENTS_MAX,
    };
    return answer;
  });

  app.get('/sync/pull', { onRequest, schema: { querystring: pullQuery } }, async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    reply.type('application/json');
    return pull({ ...deps, waitingPulls }, nodeOf(request), request.query, gone.signal);
  });

  app.get('/sync/people', { onRequest, schema: { querystring: peopleQuery } }, async (request) =>
    readPeople(deps.database.reader, nodeOf(request).park, request.query.after),
  );

  leasesRoutes(app, deps, onRequest);

  const telemetry = { onRequest, bodyLimit: SMALL_BODY_LIMIT, schema: { body: telemetryRequest } };
  app.post('/sync/telemetry', telemetry, async (request) => {
    await noteTelemetry(deps, nodeOf(request), request.body);
    return {};
  });
}

function enrolProblem(refusal: EnrolRefusal): Problem {
  switch (refusal) {
    case 'unknown_code':
      return syncProblem('not_found', 'There is no such enrolment code.');
    case 'bad_proof':
      return syncProblem('unauthenticated', 'The proof is not signed by the key that enrols.');
    case 'used':
      return syncProblem('enrolment_code_used', 'This enrolment code was used by another kiosk.');
    case 'expired':
      return syncProblem('enrolment_code_expired', 'This enrolment code is too old: make a new one at HQ.');
  }
}

const tokenProblem = (refusal: 'unauthenticated' | 'epoch_closed'): Problem =>
  refusal === 'epoch_closed'
    ? syncProblem('epoch_closed', 'This kiosk was revoked or enrolled anew.')
    : syncProblem('unauthenticated', 'The assertion is not a known kiosk signing a fresh nonce of this server.');

function pushProblem(refusal: PushRefusal): Problem {
  switch (refusal.kind) {
    case 'not_a_push':
      return syncProblem('not_a_push', `This is no push: ${refusal.detail}.`);
    case 'wrong_stream':
      return syncProblem('wrong_stream', 'This park has no such kiosk stream.');
    case 'gap':
      return syncProblem('gap', 'Events before these are missing here.', { needFrom: refusal.needFrom });
    case 'equivocation':
      return syncProblem('equivocation', 'This stream already has another event at that place.', {
        needFrom: refusal.seq,
      });
    case 'seal_refused':
      return syncProblem('seal_refused', "The seal is not the stream's own word for these events.");
    case 'epoch_closed':
      return syncProblem('epoch_closed', 'This epoch is closed and the push does not extend its head.');
  }
}
