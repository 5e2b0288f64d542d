import type { DocumentChange } from '@skygate/shared/documents/automerge-change';
import type { DocumentId } from '@skygate/shared/documents/events';
import { FIRST_GENERATION } from '@skygate/shared/documents/events';
import {
  applyChanges,
  changesInDocument,
  emptyDocument,
  FIRST_CHANGE_HASH,
  type HeldDocument,
  headsOfDocument,
} from '@skygate/shared/documents/held-document';
import { closureOf, type PublishedState, publishedState, stateHashOf } from '@skygate/shared/documents/publication';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { Log } from '../ports.ts';
import { type ChangeRow, changeOfRow, type StateOfChanges, type StoredChanges } from './stored-changes.ts';

/** A document as this kiosk uses it and as it edits it (D1). */
export interface UsedDocument<Id extends DocumentId = DocumentId> {
  /**
   * What gates and tills go by: HQ's newest publication; before the first, the last valid state. Its value is null where
   * nothing of the document can be used.
   */
  readonly used: HeldDocument<Id>;
  /** The same with this kiosk's own edits that HQ has not published yet: what the next edit builds on. */
  readonly edited: HeldDocument<Id>;
  /** The publication that is used; null before the first. */
  readonly publication: StateOfChanges<Id> | null;
  /** Hashes of published changes; null before the first publication. */
  readonly published: ReadonlySet<string> | null;
  /** The sound changes of the generation, by hash: read once. */
  readonly sound: ReadonlyMap<string, DocumentChange>;
}

interface Reading {
  readonly park: string;
  /** Whose unpublished edits are shown to their editor. */
  readonly own: { readonly node: string; readonly epoch: number };
  readonly stored: StoredChanges;
  readonly crypto: Crypto;
  readonly log: Log;
}

/**
 * Reads a document anew from its rows. A gate never loses what it goes by: where the newest publication cannot be used yet
 * (a change of it has not come, or it is beyond this program), it is what this kiosk went by before, or before its start.
 * @param before what was read last; null at the start, and where that may be of a past that gave way
 */
export function readUsedDocument<Id extends DocumentId>(
  documentId: Id,
  before: UsedDocument<Id> | null,
  reading: Reading,
): UsedDocument<Id> {
  const { park, stored, log } = reading;
  const newest = stored.publication(park, documentId);
  if (newest === null) return readUnpublished(documentId, before, reading);
  const read = readPublished(newest, before, reading);
  if (read.ok) return read.value;
  const { generation } = newest;
  log.warn({ documentId, generation, problem: read.error }, 'a published document cannot be used yet');
  if (before !== null && before.used.value !== null) return before;
  const kept = stored.inUse(documentId);
  const again = kept && readPublished(kept, null, reading);
  if (again?.ok) return again.value;
  const nothing: HeldDocument<Id> = { ...emptyDocument(documentId, generation), value: null };
  return { used: nothing, edited: nothing, publication: null, published: new Set(), sound: new Map() };
}

/** The rows of a generation, their sound changes, and what was read of it before. */
function readGeneration<Id extends DocumentId>(
  { documentId, generation }: { readonly documentId: Id; readonly generation: number },
  before: UsedDocument<Id> | null,
  { park, stored, crypto, log }: Reading,
) {
  const rows = stored.changes(park, documentId).filter((row) => row.generation === generation);
  const known = before?.used.generation === generation ? before : null;
  return { rows, known, sound: soundChanges(documentId, rows, { crypto, log, known: known?.sound ?? new Map() }) };
}

function readUnpublished<Id extends DocumentId>(
  documentId: Id,
  before: UsedDocument<Id> | null,
  reading: Reading,
): UsedDocument<Id> {
  const { known, sound } = readGeneration({ documentId, generation: FIRST_GENERATION }, before, reading);
  const fresh = [...sound.values()].filter(({ hash }) => !known?.sound.has(hash));
  const { held } = applyChanges(known?.used ?? emptyDocument(documentId), fresh);
  return { used: held, edited: held, publication: null, published: null, sound };
}

function readPublished<Id extends DocumentId>(
  publication: StateOfChanges<Id>,
  before: UsedDocument<Id> | null,
  reading: Reading,
): Result<UsedDocument<Id>, string> {
  const { rows, known, sound } = readGeneration(publication, before, reading);
  const state = newlyPublished(reading.crypto, publication, { known, sound });
  if (!state.ok) return state;
  const { held: used, published } = state.value;
  const { node, epoch } = reading.own;
  const mine = rows.filter((row) => row.node === node && row.epoch === epoch).map((row) => row.change_hash);
  const edited = withOwn(used, { mine, published, sound });
  return ok({ used, edited, publication, published, sound });
}

/** How to find again what is gone by; null where that is nothing, or not as whole as its changes. */
export function stateInUse<Id extends DocumentId>(
  crypto: Crypto,
  { used, publication, sound }: UsedDocument<Id>,
): StateOfChanges<Id> | null {
  if (publication !== null) return publication;
  const { documentId, generation, value, problem, missing } = used;
  if (value === null || problem !== null || missing.length > 0 || sound.size === 0) return null;
  const heads = [...headsOfDocument(used)];
  return { documentId, generation, heads, stateHash: stateHashOf(crypto, value), changes: changesInDocument(used) };
}

/** The newest publication's state: from what is held where that is a part of it, which saves folding everything anew. */
function newlyPublished<Id extends DocumentId>(
  crypto: Crypto,
  publication: Parameters<typeof publishedState<Id>>[1],
  { known, sound }: { readonly known: UsedDocument<Id> | null; readonly sound: UsedDocument['sound'] },
): Result<PublishedState<Id>, string> {
  const changes = [...sound.values()];
  if (known?.published) {
    return publishedState(crypto, publication, { changes, from: { held: known.used, published: known.published } });
  }
  if (known && isWhole(known)) {
    const from = { held: known.used, published: new Set(known.sound.keys()) };
    const state = publishedState(crypto, publication, { changes, from });
    if (state.ok) return state;
  }
  return publishedState(crypto, publication, { changes });
}

/** Before the first publication all sound changes are used, unless one waits or was refused. */
const isWhole = ({ used, sound }: UsedDocument): boolean =>
  used.problem === null && used.missing.length === 0 && changesInDocument(used) === sound.size;

interface Own {
  readonly mine: readonly string[];
  readonly published: ReadonlySet<string>;
  readonly sound: ReadonlyMap<string, DocumentChange>;
}

/** Its own edits with whatever those were made on. */
function withOwn<Id extends DocumentId>(used: HeldDocument<Id>, { mine, published, sound }: Own): HeldDocument<Id> {
  const waiting = mine.filter((hash) => sound.has(hash) && !published.has(hash));
  const closure = closureOf(waiting, sound, FIRST_CHANGE_HASH[used.documentId]);
  if (waiting.length === 0 || closure === null) return used;
  const more = [...sound.values()].filter(({ hash }) => closure.has(hash) && !published.has(hash));
  return applyChanges(used, more).held;
}

function soundChanges(
  documentId: DocumentId,
  rows: readonly ChangeRow[],
  { crypto, log, known }: Pick<Reading, 'crypto' | 'log'> & { readonly known: ReadonlyMap<string, DocumentChange> },
): ReadonlyMap<string, DocumentChange> {
  const sound = new Map<string, DocumentChange>();
  for (const row of rows) {
    const before = known.get(row.change_hash);
    const read = before ? ok(before) : changeOfRow(crypto, documentId, row);
    if (read.ok) sound.set(row.change_hash, read.value);
    else log.warn({ documentId, node: row.node, problem: read.error }, 'a document change is unsound');
  }
  return sound;
}
