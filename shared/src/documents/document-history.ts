import { type DecodedChange, decodeChange } from '@automerge/automerge';
import { assert } from '../lib/assert.ts';
import { base64urlToBytes } from '../lib/bytes.ts';
import { type DocumentChange, readChange } from './automerge-change.ts';
import type { DocumentId } from './events.ts';
import { FIRST_CHANGE } from './held-document.ts';

/** One value that a change replaced, as texts; empty where there was or is none. */
export interface ValueChange {
  /** `products.day-ticket.units.adult.priceMinor` */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

type Op = DecodedChange['ops'][number];

/** What a map, list or text shows as. */
const GROUP = '{}';

/** Replays changes by their operations. Every operation has an id, and one that replaces names what it replaces. */
interface Replay {
  /** Object id to its path. */
  readonly paths: Map<string, string>;
  /** Operation id to what it wrote. */
  readonly written: Map<string, string>;
}

/**
 * What each change of a document did, from what its author saw: with concurrent edits of one price both authors see
 * the old price in `from`. Takes the document's changes in any order, without its fixed first one; what a change
 * builds on has to be among them.
 * @returns change hash to its value changes
 */
export function documentHistory(
  documentId: DocumentId,
  changes: readonly DocumentChange[],
): ReadonlyMap<string, readonly ValueChange[]> {
  const first = base64urlToBytes(FIRST_CHANGE[documentId]);
  assert(first, 'the first change is base64url');
  const inOrder = [first, ...changes.map(({ bytes }) => bytes)]
    .flatMap(decoded)
    // What an operation builds on has a smaller number.
    .sort((left, right) => left.startOp - right.startOp);
  const replay: Replay = { paths: new Map([['_root', '']]), written: new Map() };
  const history = new Map<string, readonly ValueChange[]>();
  for (const one of inOrder) {
    if (one.hash) history.set(one.hash, valueChangesOf(one, replay));
  }
  return history;
}

/** Bytes that are no change have no history: they are in the log, and the document does without them too (D1). */
function decoded(bytes: Uint8Array): readonly DecodedChange[] {
  const read = readChange(bytes);
  return read.ok ? [decodeChange(bytes)] : [];
}

function valueChangesOf(change: DecodedChange, replay: Replay): readonly ValueChange[] {
  const changes: ValueChange[] = [];
  for (const [index, op] of change.ops.entries()) {
    const id = `${change.startOp + index}@${change.actor}`;
    const path = pathOf(op, replay);
    const from = (op.pred ?? []).map((pred) => replay.written.get(pred) ?? '').join(' | ');
    const makes = op.action.startsWith('make');
    if (makes) replay.paths.set(id, path);
    const to = makes ? GROUP : textOf(op.value);
    replay.written.set(id, to);
    // A new map is shown by the values in it.
    if (from !== to && !(makes && from === '')) changes.push({ path, from, to });
  }
  return changes;
}

function pathOf(op: Op, replay: Replay): string {
  const parent = replay.paths.get(op.obj) ?? '?';
  // Within a list or text, which none of our documents has, the whole of it stands for its parts.
  const key = 'key' in op && typeof op.key === 'string' ? op.key : '';
  if (key === '') return parent;
  return parent === '' ? key : `${parent}.${key}`;
}

const textOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
