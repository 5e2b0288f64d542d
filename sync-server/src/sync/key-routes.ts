import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { signingKeyRequest, wipedRequest } from '@skygate/shared/protocol/signing-key';
import type { FastifyInstance } from 'fastify';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import { nodeOf } from '../plugins/node-auth.ts';
import type { KioskRoute } from './push-gate.ts';
import { delegateSigningKey } from './signing-key.ts';
import { VECTOR_BODY_LIMIT } from './state.ts';
import { throughGate } from './through-gate.ts';
import { noteWiped } from './wiped.ts';

const BODY_LIMIT = 2_048;

/** A till's next ticket key (T1), and the last word of a revoked kiosk (X4). */
export function keyRoutes(plain: FastifyInstance, deps: HqNodeDeps, { onRequest, gate }: KioskRoute): void {
  const app = plain.withTypeProvider<TypeBoxTypeProvider>();
  const signingKey = { onRequest, bodyLimit: BODY_LIMIT, schema: { body: signingKeyRequest } };
  app.post('/sync/signing-key', signingKey, (request, reply) =>
    throughGate(gate, request, reply, () => delegateSigningKey(deps, nodeOf(request), request.body)),
  );

  const wiped = {
    onRequest,
    bodyLimit: VECTOR_BODY_LIMIT,
    config: { revokedMay: true },
    schema: { body: wipedRequest },
  };
  app.post('/sync/wiped', wiped, (request, reply) =>
    throughGate(gate, request, reply, async () => {
      const { node, epoch } = nodeOf(request);
      await noteWiped(deps, nodeOf(request), request.body);
      return { node, epoch };
    }),
  );
}
