import type { CatalogueDocument, CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import type { Words } from '@skygate/shared/documents/words';
import type { Party } from '@skygate/shared/domain/ticket/events';

/** A product by its id; undefined for one that is no longer there. Own members only: an id is input. */
export const productOf = (catalogue: CatalogueDocument, productId: string): CatalogueProduct | undefined =>
  Object.hasOwn(catalogue.products, productId) ? catalogue.products[productId] : undefined;

/** The names of a party's units: of the ticket's own product first, else of any that has the unit. */
export function unitNamesOf(
  catalogue: CatalogueDocument,
  productId: string | null,
  party: Party,
): Readonly<Record<string, Words>> {
  const own = productId === null ? undefined : productOf(catalogue, productId);
  const products = own ? [own, ...Object.values(catalogue.products)] : Object.values(catalogue.products);
  return Object.fromEntries(party.map(({ unitId }) => [unitId, unitNameIn(products, unitId)]));
}

function unitNameIn(products: readonly CatalogueProduct[], unitId: string): Words {
  const product = products.find(({ units }) => Object.hasOwn(units, unitId));
  return product?.units[unitId]?.name ?? { ru: unitId, ky: unitId, en: unitId };
}
