import { CompiledQuery } from 'kysely';
import type { Reader } from '../db/database.ts';

/** How a business day changed in one currency after it had been closed (H2). */
export interface LateSales {
  readonly currency: string;
  readonly count: number;
  readonly amountMinor: number;
  /** When the last of them came to count. */
  readonly lastReceivedMs: number;
}

/** The words of a sale as they stand in the canonical JSON of its event, or of what records that again. */
const NAMES_SALE = `'"saleId":"' || s.sale_id || '"'`;

/**
 * Since when each sale counts: since its event came, or what recorded it again did, whichever was first (E6); one that waited
 * for a person's word, since that was given (X4).
 */
const LATE = `
select t.currency, count(*) as count, sum(t.total_minor) as amount, max(t.counts_ms) as last
from (
  select s.currency, s.total_minor, greatest(least(e.received_ms, r.received_ms), d.decided_ms) as counts_ms
  from sales s
  left join events e on e.park = s.park and e.node = s.node and e.epoch = s.epoch and e.seq = s.seq
    and e.type = 'SaleCompleted' and position(${NAMES_SALE} in e.body) > 0
  left join lateral (
    select min(b.received_ms) as received_ms, min(x.hash) as hash from recovered_events x
    join events b on b.park = x.park and b.node = x.by_node and b.epoch = x.by_epoch and b.seq = x.by_seq
    where x.park = s.park and x.node = s.node and x.epoch = s.epoch and x.seq = s.seq and x.type = 'SaleCompleted'
      and position(${NAMES_SALE} in b.body) > 0
  ) r on true
  left join lateral (
    select max(y.decided_ms) as decided_ms from fact_decisions y
    where y.park = s.park and y.node = s.node and y.epoch = s.epoch and y.hash in (e.hash, r.hash) and y.accepted = 1
  ) d on true
  where s.park = $1 and s.business_date = $2
) t
where t.counts_ms >= $3
group by t.currency order by t.currency`;

/**
 * Sales of a business day that came to count after the day's cut-off: they restate it. Asked of the rows and the
 * log, so nothing has to be noted when they come, and a rebuild changes nothing.
 * @param closedMs when the day ended by the park's cut-off hour
 * @returns a sum for each currency (M1), by its name; none where no sale was late
 */
export async function lateSalesOf(
  reader: Reader,
  { park, businessDate, closedMs }: { readonly park: string; readonly businessDate: string; readonly closedMs: number },
): Promise<readonly LateSales[]> {
  const { rows } = await reader.getExecutor().executeQuery<{
    readonly currency: string;
    readonly count: number;
    readonly amount: number;
    readonly last: number;
  }>(CompiledQuery.raw(LATE, [park, businessDate, closedMs]));
  return rows.map(({ currency, count, amount, last }) => ({
    currency,
    count: Number(count),
    amountMinor: Number(amount),
    lastReceivedMs: Number(last),
  }));
}
