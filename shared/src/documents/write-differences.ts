import { ImmutableString } from '@automerge/automerge';

/** What a document holds, as plain data. Maps rather than lists, so that edits of different members merge. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | PlainMap;

export interface PlainMap {
  readonly [key: string]: PlainValue;
}

/** The same maps as Automerge lets them be written. */
type Target = Record<string, unknown>;

/**
 * Makes `target`, which holds `before`, hold `after`, writing only what differs.
 * Texts are written as single values: two people who reword one name must end with one of the names, not with their
 * letters mixed.
 */
export function writeDifferences(target: Target, before: PlainMap, after: PlainMap): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) delete target[key];
  }
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (JSON.stringify(old) === JSON.stringify(value)) continue;
    if (isMap(old) && isMap(value)) writeDifferences(target[key] as Target, old, value);
    else target[key] = written(value);
  }
}

function written(value: PlainValue): unknown {
  if (typeof value === 'string') return new ImmutableString(value);
  if (isList(value)) return value.map(written);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(item)]));
  return value;
}

const isList = (value: PlainValue | undefined): value is readonly PlainValue[] => Array.isArray(value);
const isMap = (value: PlainValue | undefined): value is PlainMap =>
  typeof value === 'object' && value !== null && !isList(value);
