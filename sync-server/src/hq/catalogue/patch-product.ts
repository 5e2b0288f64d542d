import type { CatalogueDocument, CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import { setDatePrice, setProductActive, setProductName, setUnitPrice } from '@skygate/shared/documents/edits';
import type { ProductPatchBody } from '@skygate/shared/hq-api/catalogue';
import { isDate } from '@skygate/shared/lib/local-time';
import { hqProblem } from '../hq-problem.ts';

/** Writes the named fields only, so that edits of other fields at kiosks merge. @throws Problem that names the field */
export function patchProduct(draft: CatalogueDocument, productId: string, patch: ProductPatchBody): void {
  if (patch.active !== undefined) setProductActive(draft, productId, patch.active);
  for (const language of ['ru', 'ky', 'en'] as const) {
    if (patch.name) setProductName(draft, { productId, language }, patch.name[language]);
  }
  for (const [unitId, priceMinor] of Object.entries(patch.unitPrices ?? {})) {
    const known = setUnitPrice(draft, { productId, unitId }, priceMinor);
    if (!known) throw hqProblem('invalid', `body /unitPrices/${unitId} is no unit of ${productId}`);
  }
  for (const [index, { unitId, date, priceMinor }] of (patch.datePrices ?? []).entries()) {
    if (!isDate(date)) throw hqProblem('invalid', `body /datePrices/${index}/date is not in the calendar`);
    const known = setDatePrice(draft, { productId, unitId, date }, priceMinor);
    if (!known) throw hqProblem('invalid', `body /datePrices/${index}/unitId is no unit of ${productId}`);
  }
}

/** A product by its name: own members only, so that `constructor` is none. */
export const productNamed = (catalogue: CatalogueDocument | null, productId: string): CatalogueProduct | undefined =>
  catalogue && Object.hasOwn(catalogue.products, productId) ? catalogue.products[productId] : undefined;
