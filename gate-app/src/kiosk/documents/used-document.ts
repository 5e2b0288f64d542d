import type { DocumentChange } from '@skygate/shared/documents/automerge-change';
import type { DocumentId } from '@skygate/shared/documents/events';
import { FIRST_GENERATION } from '@skygate/shared/documents/events';
import {
  applyChanges,
  changesInDocument,
  emptyDocument,
  FIRST_CHANGE_HASH,
  type HeldDocument,
} from '@skygate/shared/documents/held-document';
import { closureOf, type PublishedState, publishedState } from '@skygate/shared/documents/publication';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { CatalogueInUse } from '@skygate/shared/protocol/telemetry';
import type { Log } from '../ports.ts';
import { type ChangeRow, changeOfRow, type StoredChanges } from './stored-changes.ts';

/** A document as this kiosk uses it and as it edits it (D1). */
export interface UsedDocument<Id extends DocumentId = DocumentId> {
  /** What gates and tills go by: HQ's newest publication; before the first, the last valid state. */
  readonly used: HeldDocument<Id>;
  /** The same with this kiosk's own edits that HQ has not published yet: what the next edit builds on. */
  readonly edited: HeldDocument<Id>;
  /** The publication that is used; null before the first. */
  readonly publication: CatalogueInUse | null;
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
 * Reads a document anew from its rows.
 * @param before kept where the newest publication cannot be used yet: a change of it has not come, or it is beyond this
 *   program. A gate never loses what it goes by.
 */
export function readUsedDocument<Id extends DocumentId>(
  documentId: Id,
  before: UsedDocument<Id> | null,
  { park, own, stored, crypto, log }: Reading,
): UsedDocument<Id> {
  const publication = stored.publication(park, documentId);
  const generation = publication?.generation ?? FIRST_GENERATION;
  const rows = stored.changes(park, documentId).filter((row) => row.generation === generation);
  const known = before?.used.generation === generation ? before : null;
  const sound = soundChanges(documentId, rows, { crypto, log, known: known?.sound ?? new Map() });
  if (publication === null) {
    const fresh = [...sound.values()].filter(({ hash }) => !known?.sound.has(hash));
    const { held } = applyChanges(known?.used ?? emptyDocument(documentId), fresh);
    return { used: held, edited: held, publication: null, published: null, sound };
  }
  const state = newlyPublished(crypto, publication, { known, sound });
  if (!state.ok) {
    log.warn({ documentId, generation, problem: state.error }, 'a published document cannot be used yet');
    const nothing = emptyDocument(documentId, generation);
    return before ?? { used: nothing, edited: nothing, publication: null, published: new Set(), sound: new Map() };
  }
  const { held: used, published } = state.value;
  const mine = rows.filter((row) => row.node === own.node && row.epoch === own.epoch).map((row) => row.change_hash);
  const { stateHash } = publication;
  const edited = withOwn(used, { mine, published, sound });
  return { used, edited, publication: { generation, stateHash }, published, sound };
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
