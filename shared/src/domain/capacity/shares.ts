import { err, ok, type Result } from '../../lib/result.ts';
import type { Hlc } from '../../sync/hlc.ts';
import type { LeaseUse } from '../sale/events.ts';

/** A row of the read model `leases`. */
export interface LeaseRow {
  readonly lease_id: string;
  readonly node: string;
  readonly epoch: number;
  readonly date: string;
  readonly slot: string;
  readonly places: number;
  readonly ends_hlc: Hlc;
}

/** A row of the read model `lease_use`. */
export interface LeaseUseRow {
  readonly lease_id: string;
  readonly used: number;
}

/** What a node may still sell of one (date, slot): the rest of its open leases. */
export interface Share {
  readonly date: string;
  readonly slot: string;
  /** Places of all open leases. */
  readonly places: number;
  readonly left: number;
  /** Open leases that have something left, the one that ends first in front. */
  readonly leases: readonly { readonly leaseId: string; readonly left: number }[];
}

/** One incarnation of a node and its clock: the hlc that its next event will carry at the earliest. */
export interface LeaseHolder {
  readonly node: string;
  readonly epoch: number;
  readonly hlc: Hlc;
}

/**
 * The shares of one incarnation of a node (C1). A lease counts only for the (node, epoch) it was granted to, and only
 * until that node's durable clock reaches its end (C2).
 */
export function sharesOf(
  leases: readonly LeaseRow[],
  uses: readonly LeaseUseRow[],
  holder: LeaseHolder,
): readonly Share[] {
  const used = new Map(uses.map((use) => [use.lease_id, use.used]));
  const open = leases
    .filter((lease) => lease.node === holder.node && lease.epoch === holder.epoch && holder.hlc < lease.ends_hlc)
    .sort((left, right) => compare(left.ends_hlc, right.ends_hlc) || compare(left.lease_id, right.lease_id));
  const shares = new Map<string, Share>();
  for (const lease of open) {
    const key = `${lease.date} ${lease.slot}`;
    const share = shares.get(key) ?? { date: lease.date, slot: lease.slot, places: 0, left: 0, leases: [] };
    const left = Math.max(0, lease.places - (used.get(lease.lease_id) ?? 0));
    shares.set(key, {
      ...share,
      places: share.places + lease.places,
      left: share.left + left,
      leases: left > 0 ? [...share.leases, { leaseId: lease.lease_id, left }] : share.leases,
    });
  }
  return [...shares.values()].sort((left, right) => compare(left.date, right.date) || compare(left.slot, right.slot));
}

/** Places wanted of one (date, slot). */
export interface Need {
  readonly date: string;
  readonly slot: string;
  readonly places: number;
}

/** A sale wants more than this node's share: nothing is drawn. */
export type ShareExceeded = {
  readonly date: string;
  readonly slot: string;
  readonly asked: number;
  readonly left: number;
};

/** What to take of which lease; several leases of one slot are used up in turn, never one past its places (C1). */
export function drawPlaces(
  shares: readonly Share[],
  needs: readonly Need[],
): Result<readonly LeaseUse[], ShareExceeded> {
  const uses: LeaseUse[] = [];
  for (const { date, slot, places: asked } of sumNeeds(needs)) {
    const share = shares.find((candidate) => candidate.date === date && candidate.slot === slot);
    const left = share?.left ?? 0;
    if (asked > left) return err({ date, slot, asked, left });
    let open = asked;
    for (const lease of share?.leases ?? []) {
      const places = Math.min(lease.left, open);
      if (places > 0) uses.push({ leaseId: lease.leaseId, date, slot, places });
      open -= places;
    }
  }
  return ok(uses);
}

function sumNeeds(needs: readonly Need[]): readonly Need[] {
  const sums = new Map<string, Need>();
  for (const need of needs) {
    const key = `${need.date} ${need.slot}`;
    sums.set(key, { ...need, places: need.places + (sums.get(key)?.places ?? 0) });
  }
  return [...sums.values()].filter((need) => need.places > 0);
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
