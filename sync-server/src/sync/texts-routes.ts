import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { TEXT_CHARS_MAX, TEXTS_MAX, textsRequest } from '@skygate/shared/protocol/texts';
import type { FastifyInstance } from 'fastify';
import type { ServerDeps } from '../app.ts';
import { nodeOf } from '../plugins/node-auth.ts';
import type { KioskRoute } from './push-gate.ts';
import { takeTexts } from './texts.ts';
import { throughGate } from './through-gate.ts';

/** As UTF-8 a character has at most three bytes, and six where JSON escapes it; place, name and salt take some 200. */
const BODY_LIMIT = TEXTS_MAX * (6 * TEXT_CHARS_MAX + 256);

/** `POST /sync/texts` (E5). A revoked kiosk may deliver these too, before it wipes itself (X4). */
export function textsRoutes(app: FastifyInstance, deps: ServerDeps, { onRequest, gate }: KioskRoute): void {
  const options = { onRequest, bodyLimit: BODY_LIMIT, config: { revokedMay: true } };
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .post('/sync/texts', { ...options, schema: { body: textsRequest } }, (request, reply) =>
      throughGate(gate, request, reply, () => takeTexts(deps, nodeOf(request), request.body)),
    );
}
