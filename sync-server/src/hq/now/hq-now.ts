import { BUCKET_MS, ENTRY_BUCKETS, type HqNow, type ParkNow } from '@skygate/shared/hq-api/now';
import { businessDateOf } from '@skygate/shared/lib/local-time';
import type { HqDeps } from '../hq-deps.ts';
import { nowRows } from './now-rows.ts';
import { type ParkToday, parkNowOf, salesByCurrency, waitingOf } from './park-now.ts';

type BoardDeps = Pick<HqDeps, 'database' | 'documents' | 'clock'>;

/** The whole board. */
export async function hqNowOf(deps: BoardDeps): Promise<HqNow> {
  const nowMs = deps.clock.nowMs();
  const parks = await parksToday(deps, nowMs);
  // Uncertainty looks an hour back from when a gate fell silent; a gate silent for longer than the board's three hours
  // did so with a rate that the board no longer knows, and keeps nothing but its dot.
  const sinceMs = nowMs - (ENTRY_BUCKETS + 1) * BUCKET_MS;
  const rows = parks.length === 0 ? null : await nowRows(deps.database.reader, parks, sinceMs);
  const now = rows ? parks.map((park) => parkNowOf(park, rows, nowMs)) : [];
  return { serverMs: nowMs, parks: now, totals: totalsOf(now) };
}

async function parksToday(deps: BoardDeps, nowMs: number): Promise<readonly ParkToday[]> {
  const { reader } = deps.database;
  const rows = await reader.selectFrom('parks').select('park').orderBy('park').execute();
  const parks: ParkToday[] = [];
  for (const { park } of rows) {
    const { value: document } = await deps.documents.load(reader, park, 'park');
    if (!document) continue;
    parks.push({ park, document, businessDate: businessDateOf(nowMs, document.timeZone, document.cutOffHour) });
  }
  return parks;
}

function totalsOf(parks: readonly ParkNow[]): HqNow['totals'] {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    inside: sum(parks.map((park) => park.inside)),
    uncertainty: sum(parks.map((park) => park.uncertainty)),
    admittedToday: sum(parks.map((park) => park.admittedToday)),
    sales: salesByCurrency(
      parks.flatMap((park) => park.sales),
      null,
    ),
    ...waitingOf(parks),
  };
}
