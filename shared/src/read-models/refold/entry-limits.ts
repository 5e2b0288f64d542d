import type { CatalogueDocument } from '../../documents/catalogue-document.ts';
import type { Row } from '../row-change.ts';

/** So many tickets are folded anew in one transaction when a limit has changed: nobody waits for more (T3). */
export const TICKETS_AT_ONCE = 200;

/** Rows of `entry_limits` that follow from a catalogue: of products that admit more than once; the others need none. */
export function entryLimitRows(park: string, catalogue: CatalogueDocument | null): readonly Row[] {
  return Object.entries(catalogue?.products ?? {})
    .filter(([, product]) => product.entriesAllowed > 1)
    .map(([productId, { entriesAllowed }]) => ({ park, product_id: productId, entries_allowed: entriesAllowed }))
    .sort((one, other) => (one.product_id < other.product_id ? -1 : 1));
}

/** The products whose limit is another one now: the cases of their tickets are made anew (T3). */
export function changedProducts(before: readonly Row[], after: readonly Row[]): readonly string[] {
  const limits = (rows: readonly Row[]) =>
    new Map(rows.map((row) => [String(row['product_id']), Number(row['entries_allowed'])]));
  const [old, fresh] = [limits(before), limits(after)];
  const names = new Set([...old.keys(), ...fresh.keys()]);
  return [...names].filter((name) => old.get(name) !== fresh.get(name));
}
