import type { CatalogueDocument, CatalogueProduct, CatalogueUnit } from '../../documents/catalogue-document.ts';
import { err, ok, type Result } from '../../lib/result.ts';

/** Why something has no price: tagged with the codes the screens have sentences for. */
export type PricingRefusal =
  | { readonly code: 'sale_is_empty'; readonly data: Readonly<Record<string, never>> }
  | { readonly code: 'unknown_product'; readonly data: { readonly productId: string } }
  | { readonly code: 'unknown_unit'; readonly data: { readonly productId: string; readonly unitId: string } }
  | { readonly code: 'not_on_sale'; readonly data: NotOnSale }
  | { readonly code: 'amount_out_of_range'; readonly data: OutOfRange }
  | { readonly code: 'too_many_tickets'; readonly data: { readonly tickets: number; readonly max: number } }
  /** H2: nobody knows what day it is, and everything on sale is for a day. */
  | { readonly code: 'clock_untrusted'; readonly data: Readonly<Record<string, never>> }
  | { readonly code: 'bad_input'; readonly data: { readonly field: string; readonly value: string | number } };

// Types and not interfaces: only they pass as the plain records of values that a problem's data is.
export type NotOnSale = {
  readonly productId: string;
  readonly date: string;
  readonly slot: string;
  /** `inactive`, `past` (the day or the entry is over) or `no_such_slot`. */
  readonly why: 'inactive' | 'past' | 'no_such_slot';
};

export type OutOfRange = {
  readonly field: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
};

/** The price of one unit on a date, in minor units: the date's own, else the usual one. */
export const unitPriceMinor = (unit: CatalogueUnit, date: string): number =>
  (Object.hasOwn(unit.prices, date) ? unit.prices[date] : undefined) ?? unit.priceMinor;

/** How many people come in on one of these. */
export const unitPeople = (unit: CatalogueUnit): number =>
  Object.values(unit.party).reduce((sum, people) => sum + people, 0);

export interface FoundUnit {
  readonly product: CatalogueProduct;
  readonly unit: CatalogueUnit;
}

export function findUnit(
  catalogue: CatalogueDocument,
  productId: string,
  unitId: string,
): Result<FoundUnit, PricingRefusal> {
  // Own members only: a product called `constructor` is unknown, not a function.
  const product = Object.hasOwn(catalogue.products, productId) ? catalogue.products[productId] : undefined;
  if (!product) return err({ code: 'unknown_product', data: { productId } });
  const unit = Object.hasOwn(product.units, unitId) ? product.units[unitId] : undefined;
  if (!unit) return err({ code: 'unknown_unit', data: { productId, unitId } });
  return ok({ product, unit });
}
