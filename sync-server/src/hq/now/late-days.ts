import type { LateDay } from '@skygate/shared/hq-api/now';
import { addDays, businessDayEndMs } from '@skygate/shared/lib/local-time';
import type { Reader } from '../../db/database.ts';
import { lateSalesOf } from '../../projections/late-sales.ts';

/** A kiosk that was away for longer is a matter for its own page. */
const DAYS = 7;

/** The days before this one that sales have restated since they ended (H2), the newest first, one line a currency. */
export async function lateDaysOf(
  reader: Reader,
  park: string,
  today: { readonly businessDate: string; readonly timeZone: string; readonly cutOffHour: number },
): Promise<LateDay[]> {
  const days: LateDay[] = [];
  for (let back = 1; back <= DAYS; back += 1) {
    const businessDate = addDays(today.businessDate, -back);
    const closedMs = businessDayEndMs(businessDate, today.timeZone, today.cutOffHour);
    for (const { currency, count, amountMinor } of await lateSalesOf(reader, { park, businessDate, closedMs })) {
      days.push({ businessDate, currency, count, amountMinor });
    }
  }
  return days;
}
