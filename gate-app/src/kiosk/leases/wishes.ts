import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { ParkDocument } from '@skygate/shared/documents/park-document';
import { PACE_WINDOW_MS, type Wish, wishOf } from '@skygate/shared/domain/capacity/refill';
import type { Share } from '@skygate/shared/domain/capacity/shares';
import { slotsOf, ticketWindow } from '@skygate/shared/domain/pricing/slots';

/** One question takes no more (protocol/leases.ts). */
const WISHES_MAX = 50;
/** Where there are more, so often the next ones have their turn: HQ may have nothing for the first. */
const TURN_MS = 60_000;

export { PACE_WINDOW_MS };

export interface WishesInput {
  readonly catalogue: CatalogueDocument;
  readonly park: ParkDocument;
  readonly businessDate: string;
  readonly nowMs: number;
  readonly shares: readonly Share[];
  /** Places sold within the pace window. */
  readonly sold: readonly { readonly date: string; readonly slot: string; readonly places: number }[];
}

/** C4: what to ask HQ for: today's slots that can still be sold, and other days that this till has places of. */
export function wishesOf(input: WishesInput): readonly Wish[] {
  const slots = new Map<string, { date: string; slot: string }>();
  for (const slot of slotsToday(input)) slots.set(`${input.businessDate} ${slot}`, { date: input.businessDate, slot });
  for (const { date, slot, places } of input.shares) if (places > 0) slots.set(`${date} ${slot}`, { date, slot });
  const wishes = [...slots.values()].flatMap(({ date, slot }) => {
    const isIt = (row: { readonly date: string; readonly slot: string }) => row.date === date && row.slot === slot;
    const left = input.shares.find(isIt)?.left ?? 0;
    const soldLastHour = input.sold.filter(isIt).reduce((sum, { places }) => sum + places, 0);
    const wish = wishOf({ date, slot, left, soldLastHour });
    return wish === null ? [] : [wish];
  });
  if (wishes.length <= WISHES_MAX) return wishes;
  const first = (Math.floor(input.nowMs / TURN_MS) * WISHES_MAX) % wishes.length;
  return [...wishes.slice(first), ...wishes.slice(0, first)].slice(0, WISHES_MAX);
}

function slotsToday({ catalogue, park, businessDate, nowMs }: WishesInput): readonly string[] {
  const slots = Object.entries(catalogue.products).flatMap(([productId, product]) =>
    product.active
      ? slotsOf(productId, product).filter(
          (slot) => ticketWindow(product, { date: businessDate, slot }, park).expiresMs > nowMs,
        )
      : [],
  );
  return [...new Set(slots)];
}
