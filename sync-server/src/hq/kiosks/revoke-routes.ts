import { nodeField, parkField } from '@skygate/shared/events/fields';
import {
  type DecideFactsAnswer,
  decideFactsBody,
  type FactsAnswer,
  factsQuery,
  type RevocationAnswer,
  revokeBody,
} from '@skygate/shared/hq-api/revocation';
import Type from 'typebox';
import { refoldDueFacts } from '../../projections/refold-facts.ts';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { knownPark } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { decideFacts } from './decide-facts.ts';
import { factsOf, revokedIncarnation } from './facts-of.ts';
import { revocationOf } from './revocation-of.ts';
import { revokeKiosk } from './revoke.ts';

const kioskParams = Type.Object({ park: parkField, node: nodeField });

/** A kiosk that is lost or stolen: revoke it, see what it did since, decide on it (X4). */
export function revokeRoutes(app: HqApp, deps: HqDeps): void {
  const { reader } = deps.database;
  const answer = async (park: string, node: string): Promise<RevocationAnswer> => {
    const found = await revocationOf(reader, { park, node, nowMs: deps.clock.nowMs() });
    if (!found) throw noKiosk(park, node);
    return found;
  };

  app.get('/parks/:park/kiosks/:node/revocation', { schema: { params: kioskParams } }, async (request) =>
    answer(request.params.park, request.params.node),
  );

  app.post(
    '/parks/:park/kiosks/:node/revoke',
    { schema: { params: kioskParams, body: revokeBody } },
    async (request): Promise<RevocationAnswer> => {
      const park = await knownPark(reader, request.params.park);
      const { node } = request.params;
      const reason = meant(request.body.reason);
      await revokeKiosk(deps, { park, node, reason, actor: actorOfRequest(request) });
      return answer(park, node);
    },
  );

  app.get(
    '/parks/:park/kiosks/:node/facts',
    { schema: { params: kioskParams, querystring: factsQuery } },
    async (request): Promise<FactsAnswer> => {
      const { park, node } = request.params;
      const { after = null, epoch = null } = request.query;
      const revoked = await revokedIncarnation(reader, park, { node, epoch });
      if (!revoked) throw noRevocation(park, node);
      // Nothing is shown as counting that only was not looked at yet.
      await refoldDueFacts(deps, park);
      return factsOf(reader, revoked, after);
    },
  );

  app.post(
    '/parks/:park/kiosks/:node/facts',
    { schema: { params: kioskParams, body: decideFactsBody } },
    async (request): Promise<DecideFactsAnswer> => {
      const park = await knownPark(reader, request.params.park);
      const { node } = request.params;
      const { epoch } = request.body;
      if (!(await revokedIncarnation(reader, park, { node, epoch }))) throw noRevocation(park, node);
      const reason = meant(request.body.reason);
      return decideFacts(deps, { ...request.body, reason, park, node, actor: actorOfRequest(request) });
    },
  );
}

/** A reason of blanks is none. @throws Problem 400 */
export function meant(reason: string): string {
  const said = reason.trim();
  if (said === '') throw hqProblem('malformed', 'body /reason says nothing');
  return said;
}

const noKiosk = (park: string, node: string) => hqProblem('not_found', `There is no kiosk ${node} in ${park}.`);
const noRevocation = (park: string, node: string) =>
  hqProblem('not_found', `The kiosk ${node} of ${park} was not revoked.`);
