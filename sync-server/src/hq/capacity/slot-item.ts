import { isFenced, placesLeft } from '@skygate/shared/domain/capacity/decide';
import { type Lease, ledgerOf } from '@skygate/shared/domain/capacity/lease-ledger';
import { leaseFindings, oversoldPlaces } from '@skygate/shared/domain/capacity/oversell';
import type { LeaseItem, SlotItem } from '@skygate/shared/hq-api/capacity';
import { hlcMs } from '@skygate/shared/sync/hlc';
import type { SlotPlaces } from './capacity-state.ts';

/** The places of one slot as HQ shows them. */
export function slotItemOf(slot: string, state: SlotPlaces): SlotItem {
  const leases = [...ledgerOf(state).byId.values()];
  const roots = leases.filter(({ row }) => row.from_lease === null);
  const sum = (of: 'used' | 'returned' | 'given'): number => leases.reduce((all, { word }) => all + word[of], 0);
  const { held, confirmed } = state.booked;
  return {
    slot,
    capacity: state.capacity,
    leased: roots.reduce((all, { row }) => all + row.places, 0),
    returned: sum('returned'),
    given: sum('given'),
    sold: sum('used') + state.overridden - state.returnedByVoid + state.soldElsewhere - held,
    held,
    confirmed,
    idle: state.idle,
    overridden: state.overridden,
    oversold: oversoldPlaces(state),
    left: placesLeft(state),
  };
}

/** The leases of one slot as HQ shows them, given ones too. */
export function leaseItemsOf(state: SlotPlaces, nameOf: (node: string) => string): readonly LeaseItem[] {
  return ledgerOf(state)
    .roots.flatMap(withChildren)
    .map((lease) => {
      const { row, worth, word, isTakenBack } = lease;
      return {
        leaseId: row.lease_id,
        node: row.node,
        epoch: row.epoch,
        kioskName: nameOf(row.node),
        fromName: row.from_lease === null ? null : nameOf(row.from_node),
        slot: row.slot,
        places: worth,
        used: word.used,
        returned: word.returned,
        given: word.given,
        endsMs: hlcMs(row.ends_hlc),
        state: isTakenBack ? 'taken_back' : isFenced(row, state) ? 'ended' : 'open',
      };
    });
}

const withChildren = (lease: Lease): readonly Lease[] => [lease, ...lease.children.flatMap(withChildren)];

/** What is wrong with the leases of a slot, one line each. */
export const findingItemsOf = (slot: string, state: SlotPlaces, nameOf: (node: string) => string) =>
  leaseFindings(state).map((finding) => ({ ...finding, slot, kioskName: nameOf(finding.node) }));
