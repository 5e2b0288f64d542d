import { LENT_BY_HQ, type LeaseRow, type LeaseRows, type LeaseUseRow } from './lease-rows.ts';

/** A lease may be handed on so often: no honest till comes near it, and a circle of transfers ends. */
export const TRANSFERS_MAX = 8;

/** What became of a lease's places, by its holder's own word. */
export interface LeaseWord {
  readonly used: number;
  readonly returned: number;
  readonly given: number;
}

/** One lease with what it is worth and what was made of it. */
export interface Lease {
  readonly row: LeaseRow;
  /** Places it really carries: 0 for a transfer whose giver did not have them. */
  readonly worth: number;
  readonly word: LeaseWord;
  readonly isTakenBack: boolean;
  /** What its holder gave on (C4), worth something or not. */
  readonly children: readonly Lease[];
}

export interface Ledger {
  /** The leases that HQ lent, each with the tree of what was given on of it. */
  readonly roots: readonly Lease[];
  readonly byId: ReadonlyMap<string, Lease>;
}

const NOTHING: LeaseWord = { used: 0, returned: 0, given: 0 };

/**
 * Who holds what (C1, C4). Only the holder's own word counts of a lease, so nobody spends another's; and a transfer
 * carries something only if its giver held the lease it names, for that date, slot and end, and had so many left: of
 * a giver that gave away more than it had, no transfer is worth anything. The same from whatever order of arrival.
 */
export function ledgerOf({ leases, uses, takenBack }: LeaseRows): Ledger {
  const rows = standingRows(leases);
  const words = new Map(uses.map((use) => [wordKey(use), use]));
  const wordOf = (row: LeaseRow): LeaseWord => words.get(wordKey(row)) ?? NOTHING;
  const childRows = Map.groupBy(
    [...rows.values()].filter((row) => parentOf(rows, row) !== null),
    (row) => row.from_lease,
  );
  const byId = new Map<string, Lease>();
  const grow = (row: LeaseRow, worth: number, depth: number): Lease => {
    const word = wordOf(row);
    const isCarried = depth < TRANSFERS_MAX && !isOverdrawn({ worth, word });
    const children = (childRows.get(row.lease_id) ?? []).map((child) =>
      // A circle has no root, so every lease is grown once.
      grow(child, isCarried ? child.places : 0, depth + 1),
    );
    const lease = { row, worth, word, isTakenBack: takenBack.has(row.lease_id), children };
    byId.set(row.lease_id, lease);
    return lease;
  };
  const roots = [...rows.values()].filter(isLentByHq).map((row) => grow(row, row.places, 0));
  return { roots, byId };
}

/** What the holder may still sell of a lease that has not ended. */
export const leftOf = ({ worth, word, isTakenBack }: Lease): number =>
  isTakenBack ? 0 : Math.max(0, worth - outOf(word));

/** More of it went out than it carried: its holder was cloned or restored, or lies. */
export const isOverdrawn = ({ worth, word }: Pick<Lease, 'worth' | 'word'>): boolean => outOf(word) > worth;

/** Places sold from a lease and from all that was given on of it. */
export const soldOf = (lease: Lease): number =>
  lease.children.reduce((sum, child) => sum + soldOf(child), lease.word.used);

/**
 * What of a lease and of everything given on of it is not HQ's to lend: an open lease whole, sold or not, less what its
 * holder returned; one that is over what was sold of it. Each lease of the tree is over by itself, so what a receiver
 * can sell no more of is HQ's again while its giver still sells (C2, C3). A transfer moves places and makes none, so
 * whatever givers and receivers say, it never comes to more than `cap`, save for what was really sold.
 * @param isOver whether its holder can sell no more of it; one of its tree may still be open
 */
export function committedOf(lease: Lease, isOver: (lease: Lease) => boolean, cap = lease.row.places): number {
  const { worth, word, children } = lease;
  const sold = soldOf(lease);
  let open = cap - Math.min(word.returned, roomIn(worth, word));
  let rest = word.used;
  for (const child of children) {
    const out = committedOf(child, isOver, Math.min(child.row.places, cap));
    open -= Math.max(0, child.worth - out);
    rest += out;
  }
  return Math.max(sold, isOver(lease) ? Math.min(open, rest) : open);
}

const roomIn = (worth: number, { used, given }: LeaseWord): number => Math.max(0, worth - used - given);
const outOf = ({ used, returned, given }: LeaseWord): number => used + returned + given;
const isLentByHq = (row: LeaseRow): boolean => row.from_lease === null;
const wordKey = (row: Pick<LeaseUseRow, 'lease_id' | 'node' | 'epoch'>): string =>
  `${row.lease_id} ${row.node} ${row.epoch}`;

/** One row a lease id: HQ's own where there is one, else the first giver's, on every node alike. */
function standingRows(leases: readonly LeaseRow[]): ReadonlyMap<string, LeaseRow> {
  const rows = new Map<string, LeaseRow>();
  for (const row of leases) {
    const known = rows.get(row.lease_id);
    if (!known || giverOf(row) < giverOf(known)) rows.set(row.lease_id, row);
  }
  return rows;
}

const giverOf = ({ from_node, from_epoch }: LeaseRow): string =>
  from_node === LENT_BY_HQ.from_node ? '' : `${from_node} ${String(from_epoch).padStart(16, '0')}`;

/** The lease a transfer was made of, if its giver held that one and the transfer changes nothing but the holder. */
function parentOf(rows: ReadonlyMap<string, LeaseRow>, row: LeaseRow): LeaseRow | null {
  const parent = row.from_lease === null ? undefined : rows.get(row.from_lease);
  if (!parent || parent.node !== row.from_node || parent.epoch !== row.from_epoch) return null;
  const isSame = parent.date === row.date && parent.slot === row.slot && parent.ends_hlc === row.ends_hlc;
  return isSame ? parent : null;
}
