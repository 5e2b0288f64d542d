import type { SaleCatalogue, SaleLineInput, SaleProduct, SaleUnit } from '../../../rpc-contract/till-view.ts';

/** What the guest in front wants, in the order it was said. */
export type Basket = readonly SaleLineInput[];

export type LineKey = Omit<SaleLineInput, 'quantity'>;

export type BasketAction =
  | { readonly kind: 'add'; readonly line: LineKey }
  | { readonly kind: 'remove'; readonly line: LineKey }
  | { readonly kind: 'clear' };

/** As many of one kind as one line takes; the contract's limit. */
export const QUANTITY_MAX = 1000;
export const LINES_MAX = 100;

export function basketAfter(basket: Basket, action: BasketAction): Basket {
  switch (action.kind) {
    case 'clear':
      return [];
    case 'add':
      return withQuantity(basket, action.line, 1);
    case 'remove':
      return withQuantity(basket, action.line, -1);
  }
}

function withQuantity(basket: Basket, key: LineKey, change: number): Basket {
  const known = basket.find((line) => isSameLine(line, key));
  if (known === undefined) {
    return change > 0 && basket.length < LINES_MAX ? [...basket, { ...key, quantity: change }] : basket;
  }
  const quantity = Math.min(QUANTITY_MAX, known.quantity + change);
  // A line that reaches nothing goes away; the others keep their places.
  return quantity <= 0
    ? basket.filter((line) => line !== known)
    : basket.map((line) => (line === known ? { ...known, quantity } : line));
}

export const isSameLine = (one: LineKey, other: LineKey): boolean =>
  one.productId === other.productId &&
  one.unitId === other.unitId &&
  one.date === other.date &&
  one.slot === other.slot;

export const lineKey = (line: LineKey): string => `${line.productId}/${line.unitId}/${line.date}/${line.slot}`;

/** One of the squares a cashier taps. */
export interface Tile {
  readonly product: SaleProduct;
  /** Null: a product with many times and units, which opens a page of its own. */
  readonly unit: SaleUnit | null;
  readonly slot: SaleProduct['slots'][number] | null;
}

/** More starting times than this get a page of their own. */
const SLOT_TILES_MAX = 6;

/** Day products: a tile a unit. Timed ones with one unit and few times: a tile a time. Others: one tile that opens. */
export function tilesOf(catalogue: SaleCatalogue): readonly Tile[] {
  return catalogue.products.flatMap((product): Tile[] => {
    const slot = product.slots[0] ?? null;
    if (product.kind === 'day') return product.units.map((unit) => ({ product, unit, slot }));
    const only = product.units.length === 1 ? (product.units[0] ?? null) : null;
    return only !== null && product.slots.length <= SLOT_TILES_MAX
      ? product.slots.map((time) => ({ product, unit: only, slot: time }))
      : [{ product, unit: null, slot: null }];
  });
}

/** The total as the prices on the screen give it, until the kiosk's own quote is there. */
export function shownTotal(basket: Basket, prices: ReadonlyMap<string, number>): number {
  return basket.reduce((sum, line) => sum + (prices.get(`${line.productId}/${line.unitId}`) ?? 0) * line.quantity, 0);
}
