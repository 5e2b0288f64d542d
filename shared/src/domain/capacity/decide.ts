import { draft, type KnownDraft } from '../../events/catalogue.ts';
import { assert } from '../../lib/assert.ts';
import type { LeaseId, NodeId } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Hlc } from '../../sync/hlc.ts';
import { committedOf, type Lease, ledgerOf } from './lease-ledger.ts';
import type { LeaseRow, LeaseRows } from './lease-rows.ts';

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
export interface CapacityState extends LeaseRows {
  /** By `CapacitySet`; null if it never was: then there is nothing to lend. */
  readonly capacity: number | null;
  /** Places HQ took itself: tickets it issued and bookings held or confirmed, less what C5 gave back. */
  readonly soldElsewhere: number;
  /** Places that tills sold past their share by a named override (C3). */
  readonly overridden: number;
  /** Places of tickets that tills sold and that are free again (C5). */
  readonly returnedByVoid: number;
  /** The clock of the newest sealed event HQ holds of a stream; null if it holds none. The fence of C2. */
  readonly heldUntil: (node: string, epoch: number) => Hlc | null;
  /** No seal fences past this: the server's own clock and what H1 lets a clock lead it. */
  readonly fenceLimit: Hlc;
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
 * C1: places that are not HQ's to give: what is lent, what HQ sold or keeps for a buyer, and what overrides sold on
 * top (C3). A lease is over only once HQ holds its holder's own seal past the end, or took it back by a named override:
 * until then a sale may still come to light (C2).
 */
export function committedPlaces(state: CapacityState): number {
  const isOver = ({ isTakenBack, row }: Lease): boolean => isTakenBack || isFenced(row, state);
  const lent = ledgerOf(state).roots.reduce((sum, root) => sum + committedOf(root, isOver), 0);
  const committed = lent + state.soldElsewhere + state.overridden - state.returnedByVoid;
  // No comparison with what is no number is true: every wish would then be within what is left.
  assert(Number.isSafeInteger(committed), 'places are counted in whole numbers');
  return committed;
}

/** What HQ may lend or sell now; never below zero: a lowered capacity cancels nothing. */
export const placesLeft = (state: CapacityState): number => Math.max(0, (state.capacity ?? 0) - committedPlaces(state));

/**
 * C2: whether HQ holds the holder's own seal past the lease's end. A clock ahead of the server's by more than H1 allows
 * fences nothing until the server's own comes near: a holder's word on the time is not enough to end its lease early.
 */
export function isFenced(
  lease: Pick<LeaseRow, 'node' | 'epoch' | 'ends_hlc'>,
  { heldUntil, fenceLimit }: Pick<CapacityState, 'heldUntil' | 'fenceLimit'>,
): boolean {
  const held = heldUntil(lease.node, lease.epoch);
  return held !== null && held >= lease.ends_hlc && fenceLimit >= lease.ends_hlc;
}

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
  // Whatever the time is, a holder whose clock is past the end could sell nothing of it.
  const held = input.state.heldUntil(node, epoch);
  if (held !== null && held >= endsHlc) return err({ code: 'lease_ended', data: { endsHlc } });
  const body = { leaseId: input.leaseId, node, epoch, date, slot, places, endsHlc };
  return ok(draft('LeaseGranted', `lease:${input.leaseId}`, body, { actor: input.actor }));
}
