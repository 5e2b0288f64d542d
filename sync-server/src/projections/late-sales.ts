import type { Reader } from '../db/database.ts';

/** How a business day changed in one currency after it had been closed (H2). */
export interface LateSales {
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: number;
  /** When the last of them came in. */
  readonly lastReceivedMs: number;
}

/**
 * Sales of a business day that the server heard of after the day's cut-off: they restate it. Asked of the rows and the
 * log, so nothing has to be noted when they come, and a rebuild changes nothing.
 * @param closedMs when the day ended by the park's cut-off hour
 * @returns a sum for each currency (M1), by its name; none where no sale was late
 */
export async function lateSalesOf(
  reader: Reader,
  { park, businessDate, closedMs }: { readonly park: string; readonly businessDate: string; readonly closedMs: number },
): Promise<readonly LateSales[]> {
  const rows = await reader
    .selectFrom('sales as s')
    .innerJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 's.park')
        .onRef('e.node', '=', 's.node')
        .onRef('e.epoch', '=', 's.epoch')
        .onRef('e.seq', '=', 's.seq'),
    )
    .select(({ fn }) => [
      's.currency',
      fn.countAll<number>().as('count'),
      fn.sum<number>('s.total_minor').as('amount'),
      fn.max('e.received_ms').as('last'),
    ])
    .where('s.park', '=', park)
    .where('s.business_date', '=', businessDate)
    .where('e.received_ms', '>=', closedMs)
    .groupBy('s.currency')
    .orderBy('s.currency')
    .execute();
  return rows.map(({ currency, count, amount, last }) => ({
    currency,
    count: Number(count),
    amountMinor: Number(amount),
    lastReceivedMs: last,
  }));
}
