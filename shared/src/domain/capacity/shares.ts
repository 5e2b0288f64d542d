import { err, ok, type Result } from '../../lib/result.ts';
import type { Hlc } from '../../sync/hlc.ts';
import type { LeaseUse } from '../sale/events.ts';
import { ledgerOf, leftOf } from './lease-ledger.ts';
import type { LeaseRows } from './lease-rows.ts';

/** What a node may still sell of one (date, slot): the rest of its open leases. */
export interface Share {
  readonly date: string;
  readonly slot: string;
  /** Places of all open leases, less what was returned or given on. */
  readonly places: number;
  readonly left: number;
  /** Open leases that have something left, the one that ends first in front. */
  readonly leases: readonly { readonly leaseId: string; readonly left: number; readonly endsHlc: Hlc }[];
}

/** One incarnation of a node and its clock: the hlc that its next event will carry at the earliest. */
export interface LeaseHolder {
  readonly node: string;
  readonly epoch: number;
  readonly hlc: Hlc;
}

/**
 * The shares of one incarnation of a node (C1). A lease counts only for the (node, epoch) it was lent or given to, and
 * only until that node's durable clock reaches its end (C2).
 */
export function sharesOf(rows: LeaseRows, holder: LeaseHolder): readonly Share[] {
  const open = [...ledgerOf(rows).byId.values()]
    .filter(({ row, isTakenBack }) => !isTakenBack && isHeldBy(row, holder) && holder.hlc < row.ends_hlc)
    .sort(
      ({ row: one }, { row: other }) => compare(one.ends_hlc, other.ends_hlc) || compare(one.lease_id, other.lease_id),
    );
  const shares = new Map<string, Share>();
  for (const lease of open) {
    const { date, slot, lease_id: leaseId, ends_hlc: endsHlc } = lease.row;
    const key = `${date} ${slot}`;
    const share = shares.get(key) ?? { date, slot, places: 0, left: 0, leases: [] };
    const left = leftOf(lease);
    const { returned, given } = lease.word;
    shares.set(key, {
      ...share,
      places: share.places + Math.max(0, lease.worth - returned - given),
      left: share.left + left,
      leases: left > 0 ? [...share.leases, { leaseId, left, endsHlc }] : share.leases,
    });
  }
  return [...shares.values()].sort((one, other) => compare(one.date, other.date) || compare(one.slot, other.slot));
}

const isHeldBy = (row: { readonly node: string; readonly epoch: number }, holder: LeaseHolder): boolean =>
  row.node === holder.node && row.epoch === holder.epoch;

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
  const { uses, missing } = drawWhatIsThere(shares, needs);
  const [first] = missing;
  return first ? err(first) : ok(uses);
}

export interface Drawn {
  readonly uses: readonly LeaseUse[];
  /** Slots whose share is too small, each with what was asked of it and what it had. */
  readonly missing: readonly ShareExceeded[];
}

/** Takes what the shares have and says what they lack: what only an override may sell (C3). */
export function drawWhatIsThere(shares: readonly Share[], needs: readonly Need[]): Drawn {
  const uses: LeaseUse[] = [];
  const missing: ShareExceeded[] = [];
  for (const { date, slot, places: asked } of sumNeeds(needs)) {
    const share = shares.find((candidate) => candidate.date === date && candidate.slot === slot);
    const left = share?.left ?? 0;
    if (asked > left) missing.push({ date, slot, asked, left });
    let open = asked;
    for (const lease of share?.leases ?? []) {
      const places = Math.min(lease.left, open);
      if (places > 0) uses.push({ leaseId: lease.leaseId, date, slot, places });
      open -= places;
    }
  }
  return { uses, missing };
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
