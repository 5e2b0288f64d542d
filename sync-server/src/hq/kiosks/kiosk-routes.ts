import { nodeField, parkField } from '@skygate/shared/events/fields';
import { type KiosksAnswer, type NewKioskAnswer, newKioskBody } from '@skygate/shared/hq-api/kiosks';
import Type from 'typebox';
import { createEnrolmentCode } from '../../hq-node/enrolment.ts';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { enrolAnew } from './enrol-anew.ts';
import { kioskItemsOf } from './kiosks-of.ts';

/** The kiosks of a park, and codes to let new ones in (S1). */
export function kioskRoutes(app: HqApp, deps: HqDeps): void {
  app.get('/parks/:park/kiosks', { schema: { params: parkParams } }, async (request): Promise<KiosksAnswer> => {
    const park = await knownPark(deps.database.reader, request.params.park);
    return { kiosks: await kioskItemsOf(deps.database.reader, park, deps.clock.nowMs()), serverMs: deps.clock.nowMs() };
  });

  app.post(
    '/parks/:park/kiosks',
    { schema: { params: parkParams, body: newKioskBody } },
    async (request, reply): Promise<NewKioskAnswer> => {
      const park = await knownPark(deps.database.reader, request.params.park);
      const { name, role, gateId } = request.body;
      const { value } = await deps.documents.load(deps.database.reader, park, 'park');
      if (value && !Object.hasOwn(value.gates, gateId)) {
        const known = Object.keys(value.gates).join(', ');
        throw hqProblem('invalid', `body /gateId ${gateId} is no place of this park; it has: ${known}`);
      }
      const given = await createEnrolmentCode(deps, { park, name, role, gateId });
      reply.status(201);
      return codeAnswer(deps, request, given);
    },
  );

  app.post(
    '/parks/:park/kiosks/:node/enrolments',
    { schema: { params: kioskParams } },
    async (request, reply): Promise<NewKioskAnswer> => {
      const park = await knownPark(deps.database.reader, request.params.park);
      const given = await enrolAnew(deps, park, request.params.node);
      reply.status(201);
      return codeAnswer(deps, request, given);
    },
  );
}

const kioskParams = Type.Object({ park: parkField, node: nodeField });

function codeAnswer(
  deps: HqDeps,
  request: { readonly protocol: string; readonly host: string },
  { code, expiresMs }: { readonly code: string; readonly expiresMs: number },
): NewKioskAnswer {
  const serverUrl = deps.publicUrl ?? `${request.protocol}://${request.host}`;
  return { code, expiresMs, serverMs: deps.clock.nowMs(), qrText: `skygate-enrol:${code}@${serverUrl}` };
}
