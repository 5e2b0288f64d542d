import { draft, type KnownDraft } from '../../events/catalogue.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Hlc } from '../../sync/hlc.ts';
import type { LeaseReturned } from './events.ts';
import { committedOf, type Lease, ledgerOf } from './lease-ledger.ts';
import type { LeaseRows } from './lease-rows.ts';
import type { Share, ShareExceeded } from './shares.ts';

/** Gives the unsold rest of a share back to HQ: each open lease what it has left, never more (C4). */
export function decideReturn(
  share: Share,
  input: { readonly reason: LeaseReturned['reason']; readonly actor: string; readonly keep?: number },
): readonly KnownDraft[] {
  let places = Math.max(0, share.left - (input.keep ?? 0));
  const drafts: KnownDraft[] = [];
  // What ends last goes first: what ends first is sold first.
  for (const lease of share.leases.toReversed()) {
    const part = Math.min(lease.left, places);
    if (part === 0) continue;
    places -= part;
    const { leaseId } = lease;
    const body = { leaseId, date: share.date, slot: share.slot, places: part, reason: input.reason };
    drafts.push(draft('LeaseReturned', `lease:${leaseId}`, body, { actor: input.actor }));
  }
  return drafts;
}

export interface GiveInput {
  /** The giver's; undefined if it has none of this date and slot. */
  readonly share: Share | undefined;
  readonly date: string;
  readonly slot: string;
  readonly places: number;
  readonly to: { readonly node: string; readonly epoch: number };
  readonly newLeaseId: () => string;
  readonly actor: string;
  readonly cause: string;
}

/** A part of the giver's share becomes the receiver's (C4): one transfer a lease that it is taken from. */
export function decideGive(input: GiveInput): Result<readonly KnownDraft[], ShareExceeded> {
  const { share, date, slot, places: asked, to } = input;
  const left = share?.left ?? 0;
  if (!Number.isSafeInteger(asked) || asked < 1 || asked > left) return err({ date, slot, asked, left });
  let open = asked;
  const drafts: KnownDraft[] = [];
  for (const { leaseId, left: has, endsHlc } of share?.leases.toReversed() ?? []) {
    const places = Math.min(has, open);
    if (places === 0) continue;
    open -= places;
    const newLeaseId = input.newLeaseId();
    const body = { leaseId, newLeaseId, to: to.node, toEpoch: to.epoch, date, slot, places, endsHlc };
    const by = { actor: input.actor, cause: input.cause };
    drafts.push(draft('LeaseTransferred', `lease:${newLeaseId}`, body, by));
  }
  return ok(drafts);
}

/** What a till knows of a (date, slot) beside its leases. */
export interface KnownOfSlot {
  /** By `CapacitySet`; null if it never was. */
  readonly capacity: number | null;
  /** Tickets it issued, and bookings. */
  readonly soldByHq: number;
  /** Places that tills sold past their share by a named override (C3). */
  readonly overridden: number;
  /** Places of voided tickets among all that: HQ's again, or soon (C5). */
  readonly returnedByVoid: number;
  /** The till's own clock: a lease past its end is sold no more (C2). */
  readonly hlc: Hlc;
}

/**
 * Whether more of a slot is lent and sold than HQ's capacity allows, as far as a till knows (C1): then tills stop
 * selling it and give back what they have not sold. What an override or a clone added is not held against them, and
 * what HQ had again and lent anew counts once.
 */
export function isLentPastCapacity(rows: LeaseRows, known: KnownOfSlot): boolean {
  if (known.capacity === null) return false;
  const isOver = ({ isTakenBack, row }: Lease): boolean => isTakenBack || known.hlc >= row.ends_hlc;
  const lent = ledgerOf(rows).roots.reduce(
    (sum, root) => sum + Math.min(root.row.places, Math.max(0, committedOf(root, isOver))),
    0,
  );
  // At HQ voids make good what was sold past a share before they free anything to lend.
  const lentAnew = Math.max(0, known.returnedByVoid - known.overridden);
  return lent + known.soldByHq - lentAnew > known.capacity;
}
