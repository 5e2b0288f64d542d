import type { DocumentChange } from '@skygate/shared/documents/automerge-change';
import { documentHistory, type ValueChange } from '@skygate/shared/documents/document-history';
import { documentJson } from '@skygate/shared/documents/held-document';
import type { FieldChange, HistoryAnswer, HistoryEntry } from '@skygate/shared/hq-api/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { DocumentChangesRow } from '../../db/row-types.generated.ts';
import { changeRowsOf, changesOf } from '../../documents/document-store.ts';
import type { HqDeps } from '../hq-deps.ts';
import { namesOf } from '../names-of.ts';

export interface HistoryAsk {
  readonly productId?: string;
  readonly limit: number;
}

const FIELDS_SHOWN = 40;

/** Who changed what from what to what, newest first (product 23). Edits made offline show where they were made. */
export async function catalogueHistory(deps: HqDeps, park: ParkId, ask: HistoryAsk): Promise<HistoryAnswer> {
  const { reader } = deps.database;
  const rows = await changeRowsOf(reader, park, 'catalogue');
  const held = await deps.documents.load(reader, park, 'catalogue');
  const all = changesOf(deps.crypto, rows);
  const usable = withoutWaiting(all, held.missing);
  const edits = documentHistory('catalogue', usable);
  const people = await namesOf(reader, park);
  const newest = documentJson(held);
  const seenBy = ancestorsOf(usable);
  const shown = rows
    .filter((row) => edits.has(row.change_hash) && touches(edits.get(row.change_hash) ?? [], ask.productId))
    .reverse()
    .slice(0, ask.limit);
  const entries = shown.map(
    (row): HistoryEntry => ({
      ...entryOf(row, edits.get(row.change_hash) ?? [], newest),
      ...people.placeOf(row),
      concurrentWith: shown
        .map((other) => other.change_hash)
        .filter((hash) => isConcurrent(seenBy, row.change_hash, hash)),
    }),
  );
  return { entries, waiting: all.length - usable.length };
}

function entryOf(row: DocumentChangesRow, changes: readonly ValueChange[], newest: unknown) {
  const { change_hash: changeHash, wall_ms: wallMs, actor, node, about } = row;
  const shown = changes.slice(0, FIELDS_SHOWN).map((change) => fieldOf(change, newest));
  return { changeHash, wallMs, actor, node, about, changes: shown, changesLeftOut: changes.length - shown.length };
}

function fieldOf({ path, from, to }: ValueChange, newest: unknown): FieldChange {
  const names = path.split('.');
  const now = names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], newest);
  const holds = now === undefined || now === null ? to === '' : typeof now === 'object' || String(now) === to;
  return { path: names, from: from === '' ? null : from, to: to === '' ? null : to, holds };
}

const touches = (changes: readonly ValueChange[], productId: string | undefined): boolean =>
  productId === undefined || changes.some(({ path }) => `${path}.`.startsWith(`products.${productId}.`));

/** Changes whose predecessors are all here; the others wait. */
function withoutWaiting(changes: readonly DocumentChange[], missing: readonly string[]): readonly DocumentChange[] {
  const out = new Set(missing);
  let left = changes;
  for (;;) {
    const next = left.filter((change) => !change.deps.some((dep) => out.has(dep)));
    if (next.length === left.length) return left;
    for (const change of left) if (!next.includes(change)) out.add(change.hash);
    left = next;
  }
}

/** For each change, every change its author had seen. */
function ancestorsOf(changes: readonly DocumentChange[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byHash = new Map(changes.map((change) => [change.hash, change]));
  const seen = new Map<string, ReadonlySet<string>>();
  const walk = (hash: string): ReadonlySet<string> => {
    const known = seen.get(hash);
    if (known) return known;
    const set = new Set<string>();
    const queue = [...(byHash.get(hash)?.deps ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (set.has(next)) continue;
      set.add(next);
      queue.push(...(byHash.get(next)?.deps ?? []));
    }
    seen.set(hash, set);
    return set;
  };
  // Only the newest edits are shown, and they alone are compared.
  for (const change of changes.slice(-COMPARED_MAX)) walk(change.hash);
  return seen;
}

const COMPARED_MAX = 400;

function isConcurrent(seenBy: ReadonlyMap<string, ReadonlySet<string>>, one: string, other: string): boolean {
  const oneSaw = seenBy.get(one);
  const otherSaw = seenBy.get(other);
  return one !== other && !!oneSaw && !!otherSaw && !oneSaw.has(other) && !otherSaw.has(one);
}
