import { HLC_ZERO } from '../../sync/hlc.ts';
import type { LeaseRows } from './lease-rows.ts';
import { sharesOf } from './shares.ts';

/** Selling pace is looked at over this long. */
export const PACE_WINDOW_MS = 60 * 60_000;
/** A till that sells nothing yet still wants a family or two at hand. */
const LOW_WATER_MIN = 10;
/** What a till wants at hand: what it sells in two hours, at least this many. */
const WISH_MIN = 40;
const WISH_HOURS = 2;
/** One ask never empties a park. */
const WISH_MAX = 2_000;

export interface Wish {
  readonly date: string;
  readonly slot: string;
  /** How many unsold places the till wants to have, with what it has already. */
  readonly places: number;
}

/** What a till has of one (date, slot) and how fast it sells it. */
export interface Stock {
  readonly date: string;
  readonly slot: string;
  readonly left: number;
  /** Places sold in the last hour. */
  readonly soldLastHour: number;
}

/** C4: what to ask HQ for, or null above the low-water mark: half an hour of sales, or a few. */
export function wishOf(stock: Stock): Wish | null {
  const { date, slot, left, soldLastHour } = stock;
  if (left > Math.max(LOW_WATER_MIN, Math.ceil(soldLastHour / 2))) return null;
  return { date, slot, places: Math.min(WISH_MAX, Math.max(WISH_MIN, soldLastHour * WISH_HOURS)) };
}

export interface LendingInput {
  readonly rows: LeaseRows;
  readonly node: string;
  readonly epoch: number;
  readonly wish: Wish;
  /** What HQ has (`placesLeft`). */
  readonly left: number;
  /** Places that lending by itself leaves to HQ. */
  readonly reserve: number;
  /** Tills of the park that may ask too, this one among them. */
  readonly tills: number;
}

/**
 * C4: how much of a wish HQ lends. A wish says how much a till wants to have, not how much more: asking again after a
 * lost answer brings nothing twice. Of what is left each till gets its part, so that the first to ask leaves something
 * for the others; HQ's reserve stays.
 */
export function placesToLend({ rows, node, epoch, wish, left, reserve, tills }: LendingInput): number {
  const { date, slot } = wish;
  const shares = sharesOf(rows, { node, epoch, hlc: HLC_ZERO });
  const has = shares.find((share) => share.date === date && share.slot === slot)?.left ?? 0;
  const free = Math.max(0, left - reserve);
  return Math.max(0, Math.min(wish.places - has, Math.ceil(free / Math.max(1, tills))));
}
