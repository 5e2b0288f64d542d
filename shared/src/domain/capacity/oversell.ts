import { type CapacityState, committedPlaces } from './decide.ts';
import { isOverdrawn, ledgerOf } from './lease-ledger.ts';

/** Something about leases that no honest node can bring about by itself: a clone, a restored disk, or a lie (C1). */
export type LeaseFinding =
  /** More of a lease was sold, returned and given than it carried. */
  | {
      readonly kind: 'overdrawn';
      readonly leaseId: string;
      readonly node: string;
      readonly epoch: number;
      readonly places: number;
      readonly out: number;
    }
  /** A node spoke of a lease that is not its own: its word counts for nothing. */
  | {
      readonly kind: 'not_the_holder';
      readonly leaseId: string;
      readonly node: string;
      readonly epoch: number;
      readonly places: number;
      readonly out: number;
    }
  /** A transfer whose giver did not hold what it gave. */
  | {
      readonly kind: 'worthless_transfer';
      readonly leaseId: string;
      readonly node: string;
      readonly epoch: number;
      readonly places: number;
      readonly out: number;
    };

/** Places sold and lent past the capacity though nobody overrode it by name; 0 where all is in order. */
export function oversoldPlaces(state: CapacityState): number {
  if (state.capacity === null) return 0;
  return Math.max(0, committedPlaces(state) - state.overridden - state.capacity);
}

/** What is wrong with the leases of a slot, by name. */
export function leaseFindings(state: CapacityState): readonly LeaseFinding[] {
  const { byId } = ledgerOf(state);
  const findings: LeaseFinding[] = [];
  for (const row of state.leases) {
    const { lease_id: leaseId, node, epoch, places } = row;
    const lease = byId.get(leaseId);
    const out = state.uses
      .filter((use) => use.lease_id === leaseId && use.node === node && use.epoch === epoch)
      .reduce((sum, use) => sum + use.used + use.returned + use.given, 0);
    if (!lease || lease.row !== row || (row.from_lease !== null && lease.worth === 0)) {
      findings.push({ kind: 'worthless_transfer', leaseId, node, epoch, places, out });
    } else if (isOverdrawn(lease)) {
      findings.push({ kind: 'overdrawn', leaseId, node, epoch, places: lease.worth, out });
    }
  }
  for (const use of state.uses) {
    const lease = byId.get(use.lease_id);
    if (!lease || (lease.row.node === use.node && lease.row.epoch === use.epoch)) continue;
    const { lease_id: leaseId, node, epoch } = use;
    const out = use.used + use.returned + use.given;
    findings.push({ kind: 'not_the_holder', leaseId, node, epoch, places: 0, out });
  }
  return findings;
}
