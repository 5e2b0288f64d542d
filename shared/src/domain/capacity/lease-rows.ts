import type { Hlc } from '../../sync/hlc.ts';

/** A row of the read model `leases`. */
export interface LeaseRow {
  readonly lease_id: string;
  readonly node: string;
  readonly epoch: number;
  readonly date: string;
  readonly slot: string;
  readonly places: number;
  readonly ends_hlc: Hlc;
  /** The lease it was given from; null if HQ lent it. */
  readonly from_lease: string | null;
  /** Who gave it (C4): empty and 0 if HQ lent it. */
  readonly from_node: string;
  readonly from_epoch: number;
}

/** A row of the read model `lease_use`: what one writer said of a lease. */
export interface LeaseUseRow {
  readonly lease_id: string;
  readonly node: string;
  readonly epoch: number;
  readonly used: number;
  readonly returned: number;
  readonly given: number;
}

/** What a node knows of leases: of one (date, slot) or of many, but never of half a slot. */
export interface LeaseRows {
  readonly leases: readonly LeaseRow[];
  readonly uses: readonly LeaseUseRow[];
  /** Leases that HQ took back by a named override (C3). */
  readonly takenBack: ReadonlySet<string>;
}

/** The columns of a lease that HQ itself lent. */
export const LENT_BY_HQ = { from_lease: null, from_node: '', from_epoch: 0 } as const;
