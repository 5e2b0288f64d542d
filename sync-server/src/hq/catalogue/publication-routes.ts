import { changesInDocument, FIRST_CHANGE_HASH } from '@skygate/shared/documents/held-document';
import { closureOf } from '@skygate/shared/documents/publication';
import { type PublicationAnswer, startAnewBody, type UnpublishedEdit } from '@skygate/shared/hq-api/publication';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import type { DocumentChangesRow } from '../../db/row-types.generated.ts';
import { decideToBeginAnew } from '../../documents/begin-anew.ts';
import { changeRowsOf, changesOf, type DocumentDecision } from '../../documents/document-store.ts';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { namesOf } from '../names-of.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { kiosksBehind } from './kiosks-behind.ts';

const SHOWN_MAX = 100;
/** Nine tenths of what a document is made for (D1). */
const NEAR = { changes: 9_000, keys: 900, bytes: 900 * 1024 } as const;

/** What of the catalogue gates go by, what is withheld from them, and the way out of a spoilt one (D1). */
export function publicationRoutes(app: HqApp, deps: HqDeps): void {
  app.get('/parks/:park/catalogue/publication', { schema: { params: parkParams } }, async (request) => {
    const park = await knownPark(deps.database.reader, request.params.park);
    return publicationOf(deps, park);
  });

  app.post(
    '/parks/:park/catalogue/start-anew',
    { schema: { params: parkParams, body: startAnewBody } },
    async (request): Promise<PublicationAnswer> => {
      const park = request.params.park as ParkId;
      const given = { park, actor: actorOfRequest(request), generation: request.body.generation };
      await appendOrRefuse(deps, park, async (tx) => {
        const drafts = await decideToBeginAnew(deps, tx, given);
        if (!drafts.ok) throw hqProblem(drafts.error.code, drafts.error.detail);
        return { drafts: drafts.value };
      });
      return publicationOf(deps, park);
    },
  );
}

async function publicationOf(deps: HqDeps, park: ParkId): Promise<PublicationAnswer> {
  const { reader } = deps.database;
  const decision = await deps.documents.decide(reader, park, 'catalogue');
  const { held } = decision;
  const left = [...withheldOf(decision), ...(await leftBehind(deps, park, held.generation))];
  const names = await namesOf(reader, park);
  const unpublished = left
    .toSorted((one, other) => other.row.wall_ms - one.row.wall_ms)
    .slice(0, SHOWN_MAX)
    .map(({ row, reason, problem }): UnpublishedEdit => {
      const { change_hash: changeHash, wall_ms: wallMs, actor, about } = row;
      return { changeHash, wallMs, actor, about, reason, problem, ...names.placeOf(row) };
    });
  return {
    generation: held.generation,
    changes: changesInDocument(held),
    publishedMs: await publishedMsOf(reader, park, held.generation),
    unpublished,
    unpublishedCount: left.length,
    isWhole: decision.isWhole,
    behind: await kiosksBehind(reader, park, deps.clock.nowMs()),
    nearLimits: nearLimits(decision),
  };
}

interface Left {
  readonly row: DocumentChangesRow;
  readonly reason: UnpublishedEdit['reason'];
  readonly problem: string;
}

function withheldOf({ rows, withheld, unsound }: DocumentDecision<'catalogue'>): readonly Left[] {
  const reasons = new Map(withheld.map((one) => [one.hash, one]));
  return rows.flatMap((row): Left[] => {
    const broken = unsound.get(row.change_hash);
    if (broken !== undefined) return [{ row, reason: 'unsound', problem: broken }];
    const one = reasons.get(row.change_hash);
    return one ? [{ row, reason: one.reason, problem: one.problem }] : [];
  });
}

/** Edits of older generations that did not get into the good state which the next one began from. */
async function leftBehind({ database, crypto }: HqDeps, park: string, current: number): Promise<readonly Left[]> {
  if (current === 1) return [];
  const { reader } = database;
  const rows = (await changeRowsOf(reader, park, 'catalogue')).filter((row) => row.generation < current);
  const published = await reader
    .selectFrom('document_publications')
    .select(['generation', 'heads'])
    .where('park', '=', park)
    .where('document_id', '=', 'catalogue')
    .where('generation', '<', current)
    .execute();
  const byHash = new Map(changesOf(crypto, rows).map((change) => [change.hash, change]));
  const taken = new Set(
    published.flatMap(({ heads }) => [...(closureOf(JSON.parse(heads), byHash, FIRST_CHANGE_HASH.catalogue) ?? [])]),
  );
  return rows
    .filter((row) => !taken.has(row.change_hash))
    .map((row) => ({ row, reason: 'left_out', problem: `made on generation ${row.generation}` }));
}

async function publishedMsOf(reader: Reader, park: string, generation: number): Promise<number | null> {
  const row = await reader
    .selectFrom('document_publications')
    .select('published_ms')
    .where('park', '=', park)
    .where('document_id', '=', 'catalogue')
    .where('generation', '=', generation)
    .executeTakeFirst();
  return row?.published_ms ?? null;
}

function nearLimits({ held, rows }: DocumentDecision<'catalogue'>): PublicationAnswer['nearLimits'] {
  const text = JSON.stringify(held.value ?? {});
  const size = { changes: rows.length, keys: text.split('":').length - 1, bytes: text.length };
  return (['changes', 'keys', 'bytes'] as const).filter((name) => size[name] >= NEAR[name]);
}
