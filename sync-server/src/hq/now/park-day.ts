import { BUCKET_MS, type ParkDayAnswer } from '@skygate/shared/hq-api/now';
import { addDays, businessDateOf, businessDayEndMs, businessDayStartMs } from '@skygate/shared/lib/local-time';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { parkDocumentOf } from '../parks/park-routes.ts';
import { lateDaysOf } from './late-days.ts';

const WEEK_DAYS = 7;

/** People inside through the day and through the same weekday a week ago, from the sums of five minutes. */
export async function parkDayOf(
  deps: Pick<HqDeps, 'database' | 'documents' | 'clock'>,
  park: string,
): Promise<ParkDayAnswer> {
  const document = await parkDocumentOf(deps, park);
  if (!document) throw hqProblem('not_found', `The park ${park} has no document yet.`);
  const { timeZone, cutOffHour } = document;
  const businessDate = businessDateOf(deps.clock.nowMs(), timeZone, cutOffHour);
  const before = addDays(businessDate, -WEEK_DAYS);
  const startsMs = businessDayStartMs(businessDate, timeZone, cutOffHour);
  const shiftMs = startsMs - businessDayStartMs(before, timeZone, cutOffHour);
  const lastWeek = await insideOf(deps, park, before);
  return {
    businessDate,
    startsMs,
    endsMs: businessDayEndMs(businessDate, timeZone, cutOffHour),
    today: await insideOf(deps, park, businessDate),
    lastWeek: lastWeek.map(({ ms, inside }) => ({ ms: ms + shiftMs, inside })),
    late: await lateDaysOf(deps.database.reader, park, { businessDate, timeZone, cutOffHour }),
    currency: document.currency,
  };
}

async function insideOf(deps: Pick<HqDeps, 'database'>, park: string, businessDate: string) {
  const rows = await deps.database.reader
    .selectFrom('gate_activity')
    .select(['bucket_ms', 'admitted', 'exited'])
    .where('park', '=', park)
    .where('business_date', '=', businessDate)
    .orderBy('bucket_ms')
    .execute();
  const buckets = new Map<number, { admitted: number; exited: number }>();
  for (const { bucket_ms: bucketMs, admitted, exited } of rows) {
    const sum = buckets.get(bucketMs) ?? { admitted: 0, exited: 0 };
    buckets.set(bucketMs, { admitted: sum.admitted + admitted, exited: sum.exited + exited });
  }
  let inside = 0;
  return [...buckets].map(([bucketMs, { admitted, exited }]) => {
    inside += admitted - exited;
    return { ms: bucketMs + BUCKET_MS, inside: Math.max(0, inside), entries: Math.max(0, admitted) };
  });
}
