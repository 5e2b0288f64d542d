import { type CapacityState, placesLeft } from '@skygate/shared/domain/capacity/decide';
import type { SlotItem } from '@skygate/shared/hq-api/capacity';

/** The places of one slot as HQ shows them. */
export function slotItemOf(slot: string, state: CapacityState): SlotItem {
  const used = new Map(state.uses.map((use) => [use.lease_id, use.used]));
  const leased = state.leases.reduce((sum, lease) => sum + lease.places, 0);
  const sold = state.leases.reduce((sum, lease) => sum + (used.get(lease.lease_id) ?? 0), state.soldElsewhere);
  return { slot, capacity: state.capacity, leased, sold, left: placesLeft(state) };
}
