import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';

/** One park and the business day it has now. */
export interface ParkOfDay {
  readonly park: string;
  readonly businessDate: string;
}

/**
 * Everything the board reads, for all parks at once and from sums alone: how much there is to read does not grow with
 * the events (a row a gate, a method, a five minutes).
 */
export async function nowRows(reader: Reader, parks: readonly ParkOfDay[], sinceMs: number) {
  const names = parks.map(({ park }) => park);
  const dates = [...new Set(parks.map(({ businessDate }) => businessDate))];
  const totals = await reader
    .selectFrom('gate_totals')
    .select(['park', 'business_date', 'gate_id', 'admitted', 'exited', 'unmatched'])
    .where('park', 'in', names)
    .where('business_date', 'in', dates)
    .execute();
  const activity = await reader
    .selectFrom('gate_activity')
    .select(['park', 'business_date', 'gate_id', 'bucket_ms', 'admitted', 'exited'])
    .where('park', 'in', names)
    .where('business_date', 'in', dates)
    .where('bucket_ms', '>', sinceMs)
    .execute();
  const payments = await reader
    .selectFrom('payment_totals')
    .select(['park', 'business_date', 'currency', 'count', 'amount_minor'])
    .where('park', 'in', names)
    .where('business_date', 'in', dates)
    .execute();
  const capacity = await reader
    .selectFrom('capacity')
    .select(['park', 'date', 'places'])
    .where('park', 'in', names)
    .where('date', 'in', dates)
    .where('slot', '=', 'day')
    .execute();
  const kiosks = await reader
    .selectFrom('nodes')
    .select(['park', 'node', 'epoch', 'role', 'name', 'gate_id', 'contact_ms', 'telemetry_ms', 'waiting', 'state'])
    .where('park', 'in', names)
    .where('role', '!=', 'hq')
    .orderBy('number')
    .orderBy('epoch', 'desc')
    .execute();
  const revoked = await reader
    .selectFrom('kiosk_revocations')
    .select(['park', 'node', 'epoch'])
    .where('park', 'in', names)
    .execute();
  const quarantine = await reader
    .selectFrom('quarantine')
    .select('park')
    .select(sql<number>`count(*)`.as('count'))
    .where('park', 'in', names)
    .groupBy('park')
    .execute();
  return { totals, activity, payments, capacity, kiosks, revoked, quarantine };
}

export type NowRows = Awaited<ReturnType<typeof nowRows>>;
