import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { leasesRequest } from '@skygate/shared/protocol/leases';
import type { FastifyInstance } from 'fastify';
import type { ServerDeps } from '../app.ts';
import { nodeOf } from '../plugins/node-auth.ts';
import { lendPlaces } from './leases.ts';
import type { KioskRoute } from './push-gate.ts';
import { throughGate } from './through-gate.ts';

const BODY_LIMIT = 8_192;

/** `POST /sync/leases` (C4), for tills. */
export function leasesRoutes(app: FastifyInstance, deps: ServerDeps, { onRequest, gate }: KioskRoute): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .post('/sync/leases', { onRequest, bodyLimit: BODY_LIMIT, schema: { body: leasesRequest } }, (request, reply) =>
      throughGate(gate, request, reply, () => lendPlaces(deps, nodeOf(request), request.body)),
    );
}
