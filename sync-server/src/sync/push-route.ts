import { isHqNode } from '@skygate/shared/lib/ids';
import { PUSH_BYTES_MAX } from '@skygate/shared/protocol/limits';
import { type PushFrame, type PushResponse, pushFrame } from '@skygate/shared/protocol/push';
import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { ServerDeps } from '../app.ts';
import { ingest, type PushRefusal } from '../ingest/ingest.ts';
import { type KioskSession, nodeOf } from '../plugins/node-auth.ts';
import { busyProblem, type Problem } from '../plugins/problem.ts';
import { openRecovery } from '../restore/recovery-state.ts';
import { takeHqRun } from '../restore/take-hq-run.ts';
import type { PushGate } from './push-gate.ts';
import { pushProblem } from './sync-problems.ts';
import type { SyncApp } from './sync-routes.ts';
import { throughGate } from './through-gate.ts';

/** The events may fill `PUSH_BYTES_MAX`; the run's place and seal come on top, and what HQ put around a run that it recorded. */
const PUSH_BODY_LIMIT = PUSH_BYTES_MAX + 8_192;

/** `POST /sync/push` (S2, S3, S5): the frame is checked as a whole, each event by itself. */
export function pushRoute(
  app: SyncApp,
  deps: ServerDeps,
  given: { readonly onRequest: onRequestAsyncHookHandler; readonly gate: PushGate },
): void {
  // From before its first query to its answer, or to the moment the kiosk is gone.
  const letThrough = async (_request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.raw.once('close', deps.projections.pushBegins());
  };
  const route = {
    onRequest: [letThrough, given.onRequest],
    bodyLimit: PUSH_BODY_LIMIT,
    config: { invalidBody: 'not_a_push' as const, revokedMay: true },
    schema: { body: pushFrame },
  };
  app.post('/sync/push', route, (request, reply) =>
    throughGate(given.gate, request, reply, () =>
      takeIn(deps, given.gate, request as FastifyRequest<{ Body: PushFrame }>),
    ),
  );
}

async function takeIn(
  deps: ServerDeps,
  gate: PushGate,
  request: FastifyRequest<{ Body: PushFrame }>,
): Promise<PushResponse> {
  const kiosk = nodeOf(request);
  const take = isHqNode(request.body.node) ? takeHqRun : ingest;
  const taken = await take(deps, kiosk, request.body);
  if (!taken.ok) throw await problemOf(deps, kiosk, taken.error);
  const { acknowledged, logId, behind } = taken.value;
  return { acknowledged, durable: deps.database.durable, logId, credits: gate.credits(behind) };
}

/** Where the server was restored, a stream that it does not know may be of a kiosk whose enrolment is still to come (E8). */
async function problemOf(deps: ServerDeps, kiosk: KioskSession, refusal: PushRefusal): Promise<Problem> {
  const mayCome = refusal.kind === 'wrong_stream' && (await openRecovery(deps.database.reader, kiosk.park));
  if (mayCome) return busyProblem('This server was restored and does not know the stream yet; try again.');
  return pushProblem(refusal, kiosk.protocol);
}
