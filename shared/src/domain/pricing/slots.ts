import type { CatalogueProduct } from '../../documents/catalogue-document.ts';
import type { ParkDocument } from '../../documents/park-document.ts';
import { addDays, businessDayEndMs, businessDayStartMs, msOfLocal } from '../../lib/local-time.ts';

/** The slot of a product that admits any time of its day. */
export const DAY_SLOT = 'day';

const MINUTE_MS = 60_000;

/** The slot of one starting time of a timed product. */
export const timedSlot = (productId: string, startsAt: string): string => `${productId}@${startsAt}`;

/** `HH:MM` of a timed slot; null for `day`. */
export const startTimeOf = (slot: string): string | null => /@(\d\d:\d\d)$/.exec(slot)?.[1] ?? null;

/** What one product is sold by: `day`, or its starting times in order. */
export function slotsOf(productId: string, product: CatalogueProduct): readonly string[] {
  if (product.kind === 'day') return [DAY_SLOT];
  return Object.keys(product.startTimes)
    .filter((time) => product.startTimes[time] === true)
    .sort()
    .map((time) => timedSlot(productId, time));
}

/** The timed product that a slot is a starting time of; undefined for `day`, and for a product that is no more. */
export const timedProductOf = (
  products: Readonly<Record<string, CatalogueProduct>>,
  slot: string,
): CatalogueProduct | undefined => {
  const productId = slot.slice(0, Math.max(0, slot.lastIndexOf('@')));
  return Object.hasOwn(products, productId) ? products[productId] : undefined;
};

export interface TicketWindow {
  readonly notBeforeMs: number;
  /** The first moment at which it admits no more. */
  readonly expiresMs: number;
}

export type ParkClock = Pick<ParkDocument, 'timeZone' | 'cutOffHour'>;

/**
 * When a ticket admits: a day product all of its business day (H2), a timed one from its early to its late minutes
 * around the starting time. The tolerance is in the window, so a gate needs the ticket code alone.
 */
export function ticketWindow(
  product: CatalogueProduct,
  visit: { readonly date: string; readonly slot: string },
  park: ParkClock,
): TicketWindow {
  const startsAt = startTimeOf(visit.slot);
  if (product.kind === 'timed' && startsAt !== null) {
    const startMs = startMsOf(visit.date, startsAt, park);
    return {
      notBeforeMs: startMs - product.earlyMinutes * MINUTE_MS,
      // A tolerance of nothing still lets the starting minute through.
      expiresMs: startMs + Math.max(product.lateMinutes, 1) * MINUTE_MS,
    };
  }
  return {
    notBeforeMs: businessDayStartMs(visit.date, park.timeZone, park.cutOffHour),
    expiresMs: businessDayEndMs(visit.date, park.timeZone, park.cutOffHour),
  };
}

/** A starting time before the cut-off hour belongs to the night at the end of the business day. */
function startMsOf(date: string, startsAt: string, park: ParkClock): number {
  const startMs = msOfLocal(date, startsAt, park.timeZone);
  return startMs >= businessDayStartMs(date, park.timeZone, park.cutOffHour)
    ? startMs
    : msOfLocal(addDays(date, 1), startsAt, park.timeZone);
}
