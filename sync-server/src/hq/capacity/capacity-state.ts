import type { CapacityState } from '@skygate/shared/domain/capacity/decide';
import type { LeaseRow, LeaseUseRow } from '@skygate/shared/domain/capacity/shares';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import type { Reader } from '../../db/database.ts';

/** What HQ knows of the places of one date: C1's terms by slot. Read it under the park's lock to decide on it. */
export interface DayPlaces {
  readonly slots: readonly string[];
  readonly leases: readonly LeaseRow[];
  readonly uses: readonly LeaseUseRow[];
  stateOf(slot: string): CapacityState;
}

export async function dayPlacesOf(reader: Reader, park: ParkId, date: string): Promise<DayPlaces> {
  const capacities = await reader
    .selectFrom('capacity')
    .select(['slot', 'places'])
    .where('park', '=', park)
    .where('date', '=', date)
    .execute();
  const leases = await reader
    .selectFrom('leases')
    .select(['lease_id', 'node', 'epoch', 'date', 'slot', 'places', 'ends_hlc'])
    .where('park', '=', park)
    .where('date', '=', date)
    .orderBy('lease_id')
    .execute();
  const uses = await usesOf(reader, park, leases);
  const issued = await issuedPlaces(reader, park, date);
  const heads = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'head_seq', 'head_hlc'])
    .where('park', '=', park)
    .execute();
  const heldUntil = (node: string, epoch: number): string | null => {
    const stream = heads.find((head) => head.node === node && head.epoch === epoch);
    return stream && stream.head_seq > 0 ? stream.head_hlc : null;
  };
  const names = [...capacities, ...leases, ...issued].map((row) => row.slot);
  return {
    slots: [...new Set(names)].sort(),
    leases,
    uses,
    stateOf: (slot) => ({
      capacity: capacities.find((row) => row.slot === slot)?.places ?? null,
      leases: leases.filter((lease) => lease.slot === slot),
      uses,
      soldElsewhere: issued.find((row) => row.slot === slot)?.places ?? 0,
      heldUntil,
    }),
  };
}

function usesOf(reader: Reader, park: string, leases: readonly LeaseRow[]): Promise<LeaseUseRow[]> {
  if (leases.length === 0) return Promise.resolve([]);
  const ids = leases.map((lease) => lease.lease_id);
  return reader
    .selectFrom('lease_use')
    .select(['lease_id', 'used'])
    .where('park', '=', park)
    .where('lease_id', 'in', ids)
    .execute();
}

/** Places of tickets HQ issued itself: one a person. A voided one stays counted until every gate knows of it (C5). */
function issuedPlaces(reader: Reader, park: ParkId, date: string): Promise<{ slot: string; places: number }[]> {
  return reader
    .selectFrom('tickets')
    .select('slot')
    .select(
      sql<number>`sum((select sum((p ->> 'count')::bigint) from jsonb_array_elements(party::jsonb) p))::bigint`.as(
        'places',
      ),
    )
    .where('park', '=', park)
    .where('date', '=', date)
    .where('node', '=', hqNodeOf(park))
    .groupBy('slot')
    .execute();
}
