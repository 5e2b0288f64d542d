import type { CatalogueDocument, CatalogueProduct, CatalogueUnit } from './catalogue-document.ts';
import type { Words } from './words.ts';

// Typed edits for `editDocument(held, by, (draft) => ...)`. A name that is not there is said, not made up.

/** @returns false if there is no such product */
export function setProductName(
  draft: CatalogueDocument,
  at: { readonly productId: string; readonly language: keyof Words },
  name: string,
): boolean {
  const product = productOf(draft, at.productId);
  if (product) product.name[at.language] = name;
  return product !== undefined;
}

/** The usual price. @returns false if there is no such product or unit */
export function setUnitPrice(
  draft: CatalogueDocument,
  at: { readonly productId: string; readonly unitId: string },
  priceMinor: number,
): boolean {
  const unit = unitOf(draft, at);
  if (unit) unit.priceMinor = priceMinor;
  return unit !== undefined;
}

/** The price of one date; null for the usual one again. @returns false if there is no such product or unit */
export function setDatePrice(
  draft: CatalogueDocument,
  at: { readonly productId: string; readonly unitId: string; readonly date: string },
  priceMinor: number | null,
): boolean {
  const unit = unitOf(draft, at);
  if (!unit) return false;
  if (priceMinor === null) delete unit.prices[at.date];
  else unit.prices[at.date] = priceMinor;
  return true;
}

/** @returns false if there is no such product */
export function setProductActive(draft: CatalogueDocument, productId: string, active: boolean): boolean {
  const product = productOf(draft, productId);
  if (product) product.active = active;
  return product !== undefined;
}

const productOf = (draft: CatalogueDocument, productId: string): CatalogueProduct | undefined =>
  Object.hasOwn(draft.products, productId) ? draft.products[productId] : undefined;

function unitOf(
  draft: CatalogueDocument,
  at: { readonly productId: string; readonly unitId: string },
): CatalogueUnit | undefined {
  const units = productOf(draft, at.productId)?.units;
  return units && Object.hasOwn(units, at.unitId) ? units[at.unitId] : undefined;
}
