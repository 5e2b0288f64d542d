import type { CatalogueDocument } from '../../documents/catalogue-document.ts';
import type { ParkDocument } from '../../documents/park-document.ts';
import type { Trust } from '../../events/envelope.ts';
import { isDate } from '../../lib/local-time.ts';
import { addMoney, type Money, multiplyMoney, parseMoney } from '../../lib/money.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type FoundUnit, findUnit, type PricingRefusal, unitPeople, unitPriceMinor } from './price.ts';
import { slotsOf, ticketWindow } from './slots.ts';

/** What the guest asked for: so many of a unit, for a date and a slot. */
export interface WantedLine {
  readonly productId: string;
  readonly unitId: string;
  readonly quantity: number;
  readonly date: string;
  readonly slot: string;
}

export interface QuotedLine extends WantedLine {
  readonly unitPriceMinor: number;
  readonly totalMinor: number;
}

/** A priced sale; the same shape the screens show. */
export interface Quote {
  readonly currency: string;
  readonly lines: readonly QuotedLine[];
  readonly totalMinor: number;
  readonly people: number;
}

export interface QuoteInput {
  readonly lines: readonly WantedLine[];
  readonly catalogue: CatalogueDocument;
  readonly park: ParkDocument;
  /** Today, by the park's cut-off hour (H2). */
  readonly businessDate: string;
  readonly nowMs: number;
  /** How far this node trusts `nowMs`. */
  readonly trust: Trust;
}

export const LINES_MAX = 100;
export const QUANTITY_MAX = 1000;
/** A sale and all its tickets are one group, and a push takes 500 events or 256 kB (M1, S2). */
export const SALE_TICKETS_MAX = 200;

/** Prices the lines, or says what is wrong with the first that cannot be sold. Does not look at capacity. */
export function quoteLines(input: QuoteInput): Result<Quote, PricingRefusal> {
  if (input.lines.length === 0) return err({ code: 'sale_is_empty', data: {} });
  if (input.lines.length > LINES_MAX) return err(outOfRange('lines', input.lines.length, LINES_MAX));
  // H2: at this level only undated products sell, and the catalogue has none: each is for a day or a time of it.
  if (input.trust === 'none') return err({ code: 'clock_untrusted', data: {} });
  const lines: QuotedLine[] = [];
  let total: Money = noMoney(input.park.currency);
  let people = 0;
  let tickets = 0;
  for (const wanted of input.lines) {
    const found = findSellable(wanted, input);
    if (!found.ok) return found;
    const price = { ...total, minor: unitPriceMinor(found.value.unit, wanted.date) };
    const lineTotal = multiplyMoney(price, wanted.quantity);
    total = addMoney(total, lineTotal);
    people += unitPeople(found.value.unit) * wanted.quantity;
    tickets += wanted.quantity;
    lines.push({ ...pickLine(wanted), unitPriceMinor: price.minor, totalMinor: lineTotal.minor });
  }
  if (tickets > SALE_TICKETS_MAX) return err({ code: 'too_many_tickets', data: { tickets, max: SALE_TICKETS_MAX } });
  return ok({ currency: input.park.currency, lines, totalMinor: total.minor, people });
}

/** The product and unit of a line that may be sold now. */
function findSellable(wanted: WantedLine, input: QuoteInput): Result<FoundUnit, PricingRefusal> {
  if (!isDate(wanted.date)) return err({ code: 'bad_input', data: { field: 'date', value: wanted.date } });
  const { quantity } = wanted;
  if (!Number.isSafeInteger(quantity) || quantity < 1 || quantity > QUANTITY_MAX) {
    return err(outOfRange('quantity', quantity, QUANTITY_MAX));
  }
  const found = findUnit(input.catalogue, wanted.productId, wanted.unitId);
  if (!found.ok) return found;
  const why = whyNotOnSale(wanted, found.value, input);
  if (why === null) return found;
  const { productId, date, slot } = wanted;
  return err({ code: 'not_on_sale', data: { productId, date, slot, why } });
}

function whyNotOnSale(wanted: WantedLine, { product }: FoundUnit, input: QuoteInput) {
  if (!product.active) return 'inactive';
  if (!slotsOf(wanted.productId, product).includes(wanted.slot)) return 'no_such_slot';
  if (wanted.date < input.businessDate) return 'past';
  return ticketWindow(product, wanted, input.park).expiresMs <= input.nowMs ? 'past' : null;
}

function noMoney(currency: string): Money {
  const money = parseMoney(0, currency);
  if (!money.ok) throw new Error(`broken invariant: ${money.error}`);
  return money.value;
}

// Field by field: an input from a screen may carry more than it should.
const pickLine = ({ productId, unitId, quantity, date, slot }: WantedLine): WantedLine => ({
  productId,
  unitId,
  quantity,
  date,
  slot,
});

const outOfRange = (field: string, value: number, max: number): PricingRefusal => ({
  code: 'amount_out_of_range',
  data: { field, value: Number.isFinite(value) ? value : 0, min: 1, max },
});
