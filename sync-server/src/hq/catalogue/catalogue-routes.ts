import { productField } from '@skygate/shared/documents/catalogue-document';
import type { DocumentValues } from '@skygate/shared/documents/document-problem';
import { documentJson, type HeldDocument } from '@skygate/shared/documents/held-document';
import { nameField, parkField } from '@skygate/shared/events/fields';
import { schemaProblem } from '@skygate/shared/events/read-event';
import {
  type CatalogueAnswer,
  type HistoryAnswer,
  historyQuery,
  type ProductAnswer,
  productPatchBody,
} from '@skygate/shared/hq-api/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { decideEdit } from '../../documents/edit-document.ts';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { catalogueHistory } from './catalogue-history.ts';
import { patchProduct, productNamed } from './patch-product.ts';
import { etagOf, requireMatch } from './product-etag.ts';

const productParams = Type.Object({ park: parkField, productId: nameField });
const PRODUCT = '/parks/:park/catalogue/products/:productId';

/** What is sold in a park: read, edited, and who edited what. */
export function catalogueRoutes(app: HqApp, deps: HqDeps): void {
  app.get('/parks/:park/catalogue', { schema: { params: parkParams } }, async (request): Promise<CatalogueAnswer> => {
    const park = await knownPark(deps.database.reader, request.params.park);
    const { reader } = deps.database;
    const catalogue = await deps.documents.load(reader, park, 'catalogue');
    const { value } = await deps.documents.load(reader, park, 'park');
    return { currency: value?.currency ?? '', ...productsOf(deps, catalogue) };
  });

  app.get(
    '/parks/:park/catalogue/history',
    { schema: { params: parkParams, querystring: historyQuery } },
    async (request): Promise<HistoryAnswer> => {
      const park = await knownPark(deps.database.reader, request.params.park);
      return catalogueHistory(deps, park, { limit: 50, ...request.query });
    },
  );

  app.get(PRODUCT, { schema: { params: productParams } }, async (request, reply) => {
    const park = await knownPark(deps.database.reader, request.params.park);
    const { value } = await deps.documents.load(deps.database.reader, park, 'catalogue');
    return answer(deps, reply, value, request.params.productId);
  });

  app.put(PRODUCT, { schema: { params: productParams, body: productField } }, async (request, reply) => {
    const { productId } = request.params;
    const edited = await editProduct(deps, request, (draft) => {
      draft.products[productId] = request.body;
    });
    return answer(deps, reply, edited.value, productId);
  });

  app.patch(PRODUCT, { schema: { params: productParams, body: productPatchBody } }, async (request, reply) => {
    const { productId } = request.params;
    const edited = await editProduct(deps, request, (draft) => {
      if (!productNamed(draft, productId)) throw hqProblem('not_found', `There is no product ${productId}.`);
      patchProduct(draft, productId, request.body);
    });
    return answer(deps, reply, edited.value, productId);
  });
}

/** Edits under the park's lock: between the look at the ETag and the edit nobody else gets in. */
async function editProduct(
  deps: HqDeps,
  request: FastifyRequest,
  edit: (draft: DocumentValues['catalogue']) => void,
): Promise<HeldDocument<'catalogue'>> {
  const { productId, park } = request.params as { productId: string; park: ParkId };
  let after: HeldDocument<'catalogue'> | null = null;
  await appendOrRefuse(deps, park, async (tx) => {
    const held = await deps.documents.load(tx, park, 'catalogue');
    const product = productNamed(held.value, productId);
    if (product) requireMatch(request.headers['if-match'], etagOf(deps.crypto, product));
    const actor = actorOfRequest(request);
    const edited = await decideEdit(deps, tx, held, { park, actor, about: productId, edit });
    if (!edited.ok) throw hqProblem('invalid', `The catalogue would not be valid: ${edited.error}`);
    after = edited.value.held;
    return { drafts: edited.value.drafts };
  });
  if (!after) throw new Error('broken invariant: the edit ran');
  return after;
}

function answer(
  deps: HqDeps,
  reply: FastifyReply,
  catalogue: DocumentValues['catalogue'] | null,
  productId: string,
): ProductAnswer {
  const product = productNamed(catalogue, productId);
  if (!product) throw hqProblem('not_found', `There is no product ${productId}.`);
  const etag = etagOf(deps.crypto, product);
  reply.header('etag', etag);
  return { productId, etag, product };
}

function productsOf(deps: HqDeps, held: HeldDocument<'catalogue'>): Omit<CatalogueAnswer, 'currency'> {
  const products = Object.entries(held.value?.products ?? {})
    .map(([productId, product]) => ({ productId, etag: etagOf(deps.crypto, product), product }))
    .sort((left, right) => left.product.order - right.product.order || (left.productId < right.productId ? -1 : 1));
  const newest = (documentJson(held)['products'] ?? {}) as Readonly<Record<string, unknown>>;
  const unusable = Object.entries(newest).flatMap(([productId, product]) => {
    const problem = schemaProblem(productField, product);
    return problem === null ? [] : [{ productId, problem }];
  });
  return { products, unusable };
}
