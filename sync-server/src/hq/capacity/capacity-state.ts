import type { CapacityState } from '@skygate/shared/domain/capacity/decide';
import type { LeaseRow, LeaseUseRow } from '@skygate/shared/domain/capacity/lease-rows';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { HLC_MAX_LEAD_MS, hlcOf } from '@skygate/shared/sync/hlc';
import type { Reader } from '../../db/database.ts';
import { gatesPulledTo } from './gates-pulled-to.ts';
import { hqPlacesOf } from './hq-places.ts';
import { type VoidedTicket, voidedTickets } from './voided-places.ts';

/** What HQ knows of one (date, slot): C1's terms, and what makes them up. */
export interface SlotPlaces extends CapacityState {
  readonly booked: { readonly held: number; readonly confirmed: number };
  /** Places of voided tickets that not every gate knows of yet (C5). */
  readonly idle: number;
}

/** What HQ knows of the places of one date, by slot. Read it under the park's lock to decide on it. */
export interface DayPlaces {
  readonly slots: readonly string[];
  readonly leases: readonly LeaseRow[];
  readonly uses: readonly LeaseUseRow[];
  stateOf(slot: string): SlotPlaces;
}

export interface DayAsked {
  readonly park: ParkId;
  readonly date: string;
  /** The server's clock: no lease is fenced by a clock that is far ahead of it (C2). */
  readonly nowMs: number;
  /** The position every gate has pulled; looked up where it is not given (C5). */
  readonly pulledTo?: number;
}

export async function dayPlacesOf(reader: Reader, asked: DayAsked): Promise<DayPlaces> {
  const { park, date, nowMs } = asked;
  const capacities = await capacitiesOf(reader, park, date);
  const leases = await leasesOf(reader, park, date);
  const uses = await usesOf(reader, park, leases);
  const overrides = await overridesOf(reader, park, date);
  const hq = await hqPlacesOf(reader, park, date);
  const pulledTo = asked.pulledTo ?? (await gatesPulledTo(reader, park));
  const voided = await voidedTickets(reader, { park, date, pulledTo });
  const heldUntil = await headsOf(reader, park);
  const takenBack = new Set(
    overrides.flatMap(({ kind, node, lease_id }) =>
      kind === 'lease_taken_back' && node === hqNodeOf(park) && lease_id !== null ? [lease_id] : [],
    ),
  );
  const names = [...capacities, ...leases, ...voided, ...overrides].map((row) => row.slot ?? '');
  const booked = [hq.issued, hq.held, hq.confirmed].flatMap((places) => [...places.keys()]);
  return {
    slots: [...new Set([...names, ...booked])].filter((slot) => slot !== '').sort(),
    leases,
    uses,
    stateOf: (slot) => {
      const own = leases.filter((lease) => lease.slot === slot);
      const ids = new Set(own.map((lease) => lease.lease_id));
      const ownUses = uses.filter((use) => ids.has(use.lease_id));
      const past = overrides.filter((row) => row.kind === 'sold_past_share' && row.slot === slot);
      const back = backFromVoids(
        voided.filter((ticket) => ticket.slot === slot),
        { uses: ownUses, past },
      );
      const issued = (hq.issued.get(slot) ?? 0) + (hq.confirmed.get(slot) ?? 0);
      return {
        capacity: capacities.find((row) => row.slot === slot)?.places ?? null,
        leases: own,
        uses: ownUses,
        takenBack,
        soldElsewhere: issued + (hq.held.get(slot) ?? 0) - back.ofHq,
        overridden: past.reduce((sum, row) => sum + row.places, 0),
        returnedByVoid: back.ofTills,
        heldUntil,
        fenceLimit: hlcOf(nowMs + HLC_MAX_LEAD_MS, 0),
        booked: { held: hq.held.get(slot) ?? 0, confirmed: hq.confirmed.get(slot) ?? 0 },
        idle: back.idle,
      };
    },
  };
}

/** C5. A till gives back by voids no more than it told of selling, so that tickets made up free nothing. */
function backFromVoids(
  voided: readonly VoidedTicket[],
  sold: {
    readonly uses: readonly LeaseUseRow[];
    readonly past: readonly { readonly node: string; readonly epoch: number; readonly places: number }[];
  },
): { readonly ofHq: number; readonly ofTills: number; readonly idle: number } {
  const sumOf = (tickets: readonly VoidedTicket[]) => tickets.reduce((sum, { places }) => sum + places, 0);
  const free = voided.filter(({ isFree }) => isFree);
  const ofTills = [...Map.groupBy(free, ({ byHq, node, epoch }) => (byHq ? '' : `${node} ${epoch}`))].map(
    ([seller, tickets]) => {
      if (seller === '') return 0;
      const isTheirs = (row: { readonly node: string; readonly epoch: number }) =>
        `${row.node} ${row.epoch}` === seller;
      const told =
        sold.uses.reduce((sum, use) => sum + (isTheirs(use) ? use.used : 0), 0) +
        sold.past.reduce((sum, row) => sum + (isTheirs(row) ? row.places : 0), 0);
      return Math.min(told, sumOf(tickets));
    },
  );
  return {
    ofHq: sumOf(free.filter(({ byHq }) => byHq)),
    ofTills: ofTills.reduce((sum, places) => sum + places, 0),
    idle: sumOf(voided.filter(({ isFree }) => !isFree)),
  };
}

const capacitiesOf = (reader: Reader, park: ParkId, date: string) =>
  reader.selectFrom('capacity').select(['slot', 'places']).where('park', '=', park).where('date', '=', date).execute();

const leasesOf = (reader: Reader, park: ParkId, date: string): Promise<LeaseRow[]> =>
  reader
    .selectFrom('leases')
    .select([
      'lease_id',
      'node',
      'epoch',
      'date',
      'slot',
      'places',
      'ends_hlc',
      'from_lease',
      'from_node',
      'from_epoch',
    ])
    .where('park', '=', park)
    .where('date', '=', date)
    .orderBy('lease_id')
    .orderBy('from_node')
    .orderBy('from_epoch')
    .execute();

function usesOf(reader: Reader, park: string, leases: readonly LeaseRow[]): Promise<LeaseUseRow[]> {
  if (leases.length === 0) return Promise.resolve([]);
  return reader
    .selectFrom('lease_use')
    .select(['lease_id', 'node', 'epoch', 'used', 'returned', 'given'])
    .where('park', '=', park)
    .where('lease_id', 'in', [...new Set(leases.map((lease) => lease.lease_id))])
    .orderBy('lease_id')
    .orderBy('node')
    .orderBy('epoch')
    .execute();
}

const overridesOf = (reader: Reader, park: ParkId, date: string) =>
  reader
    .selectFrom('capacity_overrides')
    .select(['kind', 'node', 'epoch', 'slot', 'places', 'lease_id'])
    .where('park', '=', park)
    .where('date', '=', date)
    .execute();

/** The clock of each stream's sealed head: its author's own word alone (C2). */
async function headsOf(reader: Reader, park: ParkId): Promise<CapacityState['heldUntil']> {
  const rows = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'head_seq', 'head_hlc'])
    .where('park', '=', park)
    .execute();
  const heads = new Map(rows.map((row) => [`${row.node} ${row.epoch}`, row.head_seq > 0 ? row.head_hlc : null]));
  return (node, epoch) => heads.get(`${node} ${epoch}`) ?? null;
}
