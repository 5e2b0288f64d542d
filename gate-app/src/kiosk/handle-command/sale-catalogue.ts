import type { CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import type { Need, Share } from '@skygate/shared/domain/capacity/shares';
import { unitPeople, unitPriceMinor } from '@skygate/shared/domain/pricing/price';
import { DAY_SLOT, slotsOf, startTimeOf, ticketWindow } from '@skygate/shared/domain/pricing/slots';
import { addDays, isDate } from '@skygate/shared/lib/local-time';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { SaleCatalogue, SaleDate, SaleProduct } from '../../rpc-contract/till-view.ts';
import { actorFor, problem, refused, said } from './command-context.ts';
import type { SellContext } from './sell.ts';

/** Dates a till offers, today included. */
const DATES_AHEAD = 14;

/** What can be sold on a date (today if null), priced, with what is left of this till's shares. */
export function getSaleCatalogue(context: SellContext, input: { readonly date: string | null }): Reply<SaleCatalogue> {
  const actor = actorFor(context, 'sell');
  if (!actor.ok) return refused(actor.error);
  const { identity, park, catalogue, businessDate } = actor.value;
  const date = input.date ?? businessDate;
  if (!isDate(date)) return refused(problem('bad_input', { field: 'date', value: date }));
  const shares = context.till.shares(identity, businessDate, context.clock.nowMs());
  const pastShare = context.till.soldPastShare(identity, businessDate);
  const nowMs = context.clock.nowMs();
  const isOver: IsOver = (product, slot) => ticketWindow(product, { date, slot }, park).expiresMs <= nowMs;
  return said({
    date,
    currency: park.currency,
    dates: Array.from({ length: DATES_AHEAD }, (_, days) => dayOf(addDays(businessDate, days), { shares, pastShare })),
    products: Object.entries(catalogue.products)
      .filter(([, product]) => product.active)
      .sort(([, left], [, right]) => left.order - right.order)
      .map(([productId, product]) => saleProduct(productId, product, { date, shares, isOver })),
  });
}

interface OfDay {
  readonly shares: readonly Share[];
  readonly pastShare: readonly Need[];
}

function dayOf(date: string, { shares, pastShare }: OfDay): SaleDate {
  const share = at(shares, date, DAY_SLOT);
  const past = at(pastShare, date, DAY_SLOT)?.places ?? 0;
  return { date, left: share?.left ?? null, share: share?.places ?? null, pastShare: past };
}

type IsOver = (product: CatalogueProduct, slot: string) => boolean;

function saleProduct(
  productId: string,
  product: CatalogueProduct,
  { date, shares, isOver }: { date: string; shares: readonly Share[]; isOver: IsOver },
): SaleProduct {
  return {
    productId,
    name: product.name,
    kind: product.kind,
    units: Object.entries(product.units)
      .sort(([, left], [, right]) => left.order - right.order)
      .map(([unitId, unit]) => ({
        unitId,
        name: unit.name,
        hint: unit.hint,
        priceMinor: unitPriceMinor(unit, date),
        people: unitPeople(unit),
      })),
    // A time that has gone by cannot be sold: it is not offered either.
    slots: slotsOf(productId, product)
      .filter((slot) => !isOver(product, slot))
      .map((slot) => {
        const share = at(shares, date, slot);
        return { slot, startsAt: startTimeOf(slot), left: share?.left ?? 0, share: share?.places ?? 0 };
      }),
  };
}

const at = <Item extends Pick<Need, 'date' | 'slot'>>(
  items: readonly Item[],
  date: string,
  slot: string,
): Item | undefined => items.find((item) => item.date === date && item.slot === slot);
