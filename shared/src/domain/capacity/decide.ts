import { draft, type KnownDraft } from '../../events/catalogue.ts';
import type { LeaseId, NodeId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Hlc } from '../../sync/hlc.ts';
import type { LeaseRow, LeaseUseRow } from './shares.ts';

/** HQ lends places to one incarnation of a kiosk. */
export interface GrantLease {
  readonly node: NodeId;
  readonly epoch: number;
  readonly date: string;
  readonly slot: string;
  readonly places: number;
  readonly endsHlc: Hlc;
}

/** What HQ knows of one (date, slot). */
export interface CapacityState {
  /** By `CapacitySet`; null if it never was: then there is nothing to lend. */
  readonly capacity: number | null;
  /** Every lease ever granted of this (date, slot), open or ended. */
  readonly leases: readonly LeaseRow[];
  readonly uses: readonly LeaseUseRow[];
  /** Places HQ took itself: tickets it issued. */
  readonly soldElsewhere: number;
  /** The clock of the newest sealed event HQ holds of a stream; null if it holds none. The fence of C2. */
  readonly heldUntil: (node: string, epoch: number) => Hlc | null;
}

export type CapacityExceeded = {
  readonly date: string;
  readonly slot: string;
  readonly asked: number;
  /** What HQ may still lend or sell; 0 also where a lowered capacity is below what is out already. */
  readonly left: number;
};

export type GrantRefusal =
  | { readonly code: 'capacity_exceeded'; readonly data: CapacityExceeded }
  | { readonly code: 'lease_ended'; readonly data: { readonly endsHlc: Hlc } };

/**
 * C1: places that are not HQ's to give. An open lease counts whole, sold or not; an ended one counts what was sold of
 * it, but only once HQ holds its holder's seal past the end, for until then a sale may still come to light (C2).
 */
export function committedPlaces(state: CapacityState): number {
  const used = new Map(state.uses.map((use) => [use.lease_id, use.used]));
  return state.leases.reduce((sum, lease) => {
    const sold = used.get(lease.lease_id) ?? 0;
    // A clone may have spent a lease twice: what is sold counts even past the lease's size.
    return sum + (isFenced(lease, state) ? sold : Math.max(lease.places, sold));
  }, state.soldElsewhere);
}

/** What HQ may lend or sell now; never below zero: a lowered capacity cancels nothing. */
export const placesLeft = (state: CapacityState): number => Math.max(0, (state.capacity ?? 0) - committedPlaces(state));

export interface GrantInput {
  readonly command: GrantLease;
  readonly state: CapacityState;
  readonly leaseId: LeaseId;
  readonly actor: string;
}

/** C1: lends only what is free, so that no partition can lead to more sales than places. */
export function decideGrant(input: GrantInput): Result<KnownDraft, GrantRefusal> {
  const { node, epoch, date, slot, places, endsHlc } = input.command;
  const left = placesLeft(input.state);
  if (!Number.isSafeInteger(places) || places < 1 || places > left) {
    return err({ code: 'capacity_exceeded', data: { date, slot, asked: places, left } });
  }
  const held = input.state.heldUntil(node, epoch);
  if (held !== null && held >= endsHlc) return err({ code: 'lease_ended', data: { endsHlc } });
  const body = { leaseId: input.leaseId, node, epoch, date, slot, places, endsHlc };
  return ok(draft('LeaseGranted', `lease:${input.leaseId}`, body, { actor: input.actor }));
}

function isFenced(lease: LeaseRow, state: CapacityState): boolean {
  const held = state.heldUntil(lease.node, lease.epoch);
  return held !== null && held >= lease.ends_hlc;
}
