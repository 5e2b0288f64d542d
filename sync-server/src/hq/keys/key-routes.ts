import { keyIdField, parkField } from '@skygate/shared/events/fields';
import { type KeysAnswer, revokeKeyBody, useKeyBody } from '@skygate/shared/hq-api/keys';
import Type from 'typebox';
import { nextKeyWaits } from '../../hq-node/signing-key-in-use.ts';
import { publishNextTicketKey } from '../../hq-node/ticket-keys.ts';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { meant } from '../kiosks/revoke-routes.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { keysOf } from './keys-of.ts';
import { revokeKey } from './revoke-key.ts';
import { putKeyToUse } from './use-key.ts';

const keyParams = Type.Object({ park: parkField, kid: keyIdField });

/** The keys that tickets are signed with: HQ's own are rotated here, any is revoked here (T1). */
export function keyRoutes(app: HqApp, deps: HqDeps): void {
  const { reader } = deps.database;

  app.get('/parks/:park/keys', { schema: { params: parkParams } }, async (request): Promise<KeysAnswer> => {
    const park = await knownPark(reader, request.params.park);
    return keysOf(deps, park);
  });

  app.post(
    '/parks/:park/keys/next',
    { schema: { params: parkParams } },
    async (request, reply): Promise<KeysAnswer> => {
      const park = await knownPark(reader, request.params.park);
      if (await nextKeyWaits(deps, reader, park)) {
        throw hqProblem('key_waits', 'The next key is published already: put it to use.');
      }
      await publishNextTicketKey(deps);
      reply.status(201);
      return keysOf(deps, park);
    },
  );

  app.post(
    '/parks/:park/keys/:kid/use',
    { schema: { params: keyParams, body: useKeyBody } },
    async (request): Promise<KeysAnswer> => {
      const park = await knownPark(reader, request.params.park);
      const forced = request.body.forced === null ? null : meant(request.body.forced);
      await putKeyToUse(deps, { park, kid: request.params.kid, forced, actor: actorOfRequest(request) });
      return keysOf(deps, park);
    },
  );

  app.post(
    '/parks/:park/keys/:kid/revoke',
    { schema: { params: keyParams, body: revokeKeyBody } },
    async (request): Promise<KeysAnswer> => {
      const park = await knownPark(reader, request.params.park);
      const reason = meant(request.body.reason);
      await revokeKey(deps, { park, kid: request.params.kid, reason, actor: actorOfRequest(request) });
      return keysOf(deps, park);
    },
  );
}
