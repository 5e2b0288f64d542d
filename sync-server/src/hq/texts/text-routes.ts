import { parkField, textNameField } from '@skygate/shared/events/fields';
import { eraseTextBody, type TextsAnswer, textsQuery } from '@skygate/shared/hq-api/texts';
import Type from 'typebox';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { namesOf } from '../names-of.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { eraseText } from './erase-text.ts';
import { textErasures } from './text-erasures.ts';
import { textList } from './text-list.ts';

const textParams = Type.Object({ park: parkField, name: textNameField });

/** What people typed (E5): to be read, and erased by anybody who is logged in at HQ, in their own name. */
export function textRoutes(app: HqApp, deps: HqDeps): void {
  const { reader } = deps.database;

  app.get(
    '/parks/:park/texts',
    { schema: { params: parkParams, querystring: textsQuery } },
    async (request): Promise<TextsAnswer> => {
      const park = await knownPark(reader, request.params.park);
      const { after = null } = request.query;
      const names = await namesOf(reader, park);
      const { texts, next } = await textList(reader, park, { after, names });
      const erasures = after === null ? await textErasures(reader, park, names) : [];
      return { texts: [...texts], erasures, next, serverMs: deps.clock.nowMs() };
    },
  );

  app.post(
    '/parks/:park/texts/:name/erase',
    { schema: { params: textParams, body: eraseTextBody } },
    async (request, reply) => {
      const park = await knownPark(reader, request.params.park);
      const { name } = request.params;
      await eraseText(deps, { park, name }, { why: request.body.why, actor: actorOfRequest(request) });
      return reply.status(204).send();
    },
  );
}
