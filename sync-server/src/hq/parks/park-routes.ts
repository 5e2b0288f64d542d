import type { ParkDocument } from '@skygate/shared/documents/park-document';
import { type ParksAnswer, parkBody } from '@skygate/shared/hq-api/parks';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Writer } from '../../db/database.ts';
import { decideEdit, decideFirstDocument } from '../../documents/edit-document.ts';
import type { HqWork } from '../../hq-node/append-hq-events.ts';
import { createPark } from '../../hq-node/create-park.ts';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { actorOfRequest } from '../session/session-routes.ts';

/** The parks there are, and new ones. */
export function parkRoutes(app: HqApp, deps: HqDeps): void {
  app.get('/parks', async (): Promise<ParksAnswer> => {
    const rows = await deps.database.reader.selectFrom('parks').select('park').orderBy('park').execute();
    const parks = await Promise.all(
      rows.map(async ({ park }) => ({ park, document: await parkDocumentOf(deps, park) })),
    );
    // A park without a document is one that is being created at this moment.
    return { parks: parks.flatMap(({ park, document }) => (document ? [{ park, document }] : [])) };
  });

  app.post('/parks', { schema: { body: parkBody } }, async (request, reply) => {
    const { document } = request.body;
    const park = request.body.park as ParkId;
    await createPark(deps, park); // repeated after a crash half way, it goes on
    await appendOrRefuse(deps, park, (tx) =>
      firstDocument(deps, tx, { park, document, actor: actorOfRequest(request) }),
    );
    return reply.status(201).send({ park, document });
  });

  app.put('/parks/:park', { schema: { body: parkBody } }, async (request) => {
    const { document } = request.body;
    const park = request.body.park as ParkId;
    if ((request.params as { park?: string }).park !== park) {
      throw hqProblem('malformed', 'body /park is not the park of the address');
    }
    await appendOrRefuse(deps, park, async (tx) => {
      const held = await deps.documents.load(tx, park, 'park');
      const actor = actorOfRequest(request);
      const edit = (value: ParkDocument): void => void Object.assign(value, document);
      const edited = await decideEdit(deps, tx, held, { park, actor, about: 'park', edit });
      if (!edited.ok) throw hqProblem('invalid', `body /document${edited.error}`);
      return { drafts: edited.value.drafts };
    });
    return { park, document };
  });
}

/** The state of a park's document that is in use; null before its first. */
export async function parkDocumentOf(
  deps: Pick<HqDeps, 'database' | 'documents'>,
  park: string,
): Promise<ParkDocument | null> {
  return (await deps.documents.load(deps.database.reader, park, 'park')).value;
}

interface NewPark {
  readonly park: ParkId;
  readonly document: ParkDocument;
  readonly actor: string;
}

/** The park document and an empty catalogue. The catalogue's fixed first change is on every node: nothing to write. */
async function firstDocument(deps: HqDeps, tx: Writer, { park, document, actor }: NewPark): Promise<HqWork> {
  const held = await deps.documents.load(tx, park, 'park');
  if (held.value !== null) throw hqProblem('exists_already', `There is a park ${park} already.`);
  const first = await decideFirstDocument(deps, tx, { park, actor, documentId: 'park', value: document });
  if (!first.ok) throw hqProblem('invalid', `body /document${first.error}`);
  return { drafts: first.value };
}
