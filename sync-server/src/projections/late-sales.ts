import type { Reader } from '../db/database.ts';

/** How a business day changed after it had been closed (H2). */
export interface LateSales {
  readonly count: number;
  readonly amountMinor: number;
  /** When the last of them came in. */
  readonly lastReceivedMs: number | null;
}

/**
 * Sales of a business day that the server heard of after the day's cut-off: they restate it. Asked of the rows and the
 * log, so nothing has to be noted when they come, and a rebuild changes nothing.
 * @param closedMs when the day ended by the park's cut-off hour
 */
export async function lateSalesOf(
  reader: Reader,
  { park, businessDate, closedMs }: { readonly park: string; readonly businessDate: string; readonly closedMs: number },
): Promise<LateSales> {
  const row = await reader
    .selectFrom('sales as s')
    .innerJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 's.park')
        .onRef('e.node', '=', 's.node')
        .onRef('e.epoch', '=', 's.epoch')
        .onRef('e.seq', '=', 's.seq'),
    )
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      fn.sum<number>('s.total_minor').as('amount'),
      fn.max('e.received_ms').as('last'),
    ])
    .where('s.park', '=', park)
    .where('s.business_date', '=', businessDate)
    .where('e.received_ms', '>=', closedMs)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), amountMinor: Number(row.amount ?? 0), lastReceivedMs: row.last };
}
