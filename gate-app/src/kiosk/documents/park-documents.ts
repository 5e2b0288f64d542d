import { actorOf } from '@skygate/shared/documents/automerge-change';
import { changeDraft } from '@skygate/shared/documents/document-drafts';
import { documentHistory, type ValueChange } from '@skygate/shared/documents/document-history';
import type { DocumentValues } from '@skygate/shared/documents/document-problem';
import type { DocumentId } from '@skygate/shared/documents/events';
import { editDocument, emptyDocument } from '@skygate/shared/documents/held-document';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { CatalogueInUse } from '@skygate/shared/protocol/telemetry';
import type { Database } from 'better-sqlite3';
import type { EventLog } from '../event-log/event-log.ts';
import { writeTransaction } from '../event-log/open-database.ts';
import type { Log } from '../ports.ts';
import { type ChangeRow, changeOfRow, createStoredChanges, type StoredChanges } from './stored-changes.ts';
import { readUsedDocument, stateInUse, type UsedDocument } from './used-document.ts';

/** One entry of a document's history: who did what, and when. */
export interface DocumentHistoryEntry {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly wallMs: number;
  readonly actor: string;
  readonly about: string | null;
  readonly changes: readonly ValueChange[];
  /** Whether gates and tills go by it: HQ published it, or HQ publishes nothing yet (D1). */
  readonly inUse: boolean;
}

/** The park's documents as this kiosk uses them: plain, validated, and always at hand. */
export interface ParkDocuments {
  /**
   * What HQ published; before its first publication the newest valid state. Null until the first has come, and where
   * nothing of the document can be used.
   */
  valueOf<Id extends DocumentId>(documentId: Id): DocumentValues[Id] | null;
  /** The same with this kiosk's own edits that HQ has not published yet: for whoever edits. */
  editedValueOf<Id extends DocumentId>(documentId: Id): DocumentValues[Id] | null;
  /** Which publication `valueOf` is of; null before HQ's first. */
  publicationInUse(documentId: DocumentId): CatalogueInUse | null;
  /**
   * The draft that carries an edit, to be appended as it is; null if the edit changes nothing.
   * @returns what is wrong with the edited document, in words
   */
  draftEdit<Id extends DocumentId>(edit: LocalEdit<Id>): Result<KnownDraft | null, string>;
  /** Newest first. */
  historyOf(documentId: DocumentId, count: number): readonly DocumentHistoryEntry[];
}

export interface LocalEdit<Id extends DocumentId> {
  readonly documentId: Id;
  /** `product:day-ticket` */
  readonly about: string;
  /** `staff:<id>` */
  readonly actor: string;
  readonly nowMs: number;
  readonly edit: (draft: DocumentValues[Id]) => void;
}

export interface ParkDocumentsDeps {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly crypto: Crypto;
  readonly log: Log;
}

type Used = { -readonly [Id in DocumentId]: UsedDocument<Id> };

const DOCUMENT_EVENTS: ReadonlySet<string> = new Set(['DocumentChanged', 'DocumentPublished', 'EventRecovered']);

/** Reads the documents from their rows, and again with every commit that may have changed one. */
export function createParkDocuments({ database, eventLog, crypto, log }: ParkDocumentsDeps): ParkDocuments {
  const stored = createStoredChanges(database);
  const read = <Id extends DocumentId>(documentId: Id, before: UsedDocument<Id> | null): UsedDocument<Id> => {
    const identity = eventLog.identity();
    if (identity === null) {
      const empty = emptyDocument(documentId);
      return { used: empty, edited: empty, publication: null, published: null, sound: new Map() };
    }
    return readUsedDocument(documentId, before, { park: identity.park, own: identity, stored, crypto, log });
  };
  const used: Used = { park: read('park', null), catalogue: read('catalogue', null) };
  const keep = createKeepInUse({ database, stored, crypto });
  const keepBoth = (): void => keep([used.park, used.catalogue]);
  keepBoth();

  eventLog.onCommit((events) => {
    if (!events.some(({ type }) => DOCUMENT_EVENTS.has(type))) return;
    used.park = read('park', used.park);
    used.catalogue = read('catalogue', used.catalogue);
    keepBoth();
  });

  /** Read from nothing: what was known may be of the past that gave way. A gate goes on with what it had until it can. */
  const anew = <Id extends DocumentId>(documentId: Id, before: UsedDocument<Id>): UsedDocument<Id> => {
    const fresh = read(documentId, null);
    return fresh.used.value === null && fresh.published !== null ? before : fresh;
  };
  // A part of the log gave way to the park's version of it (E6): what was built on it is built anew.
  eventLog.onReplaced(() => {
    used.park = anew('park', used.park);
    used.catalogue = anew('catalogue', used.catalogue);
    keepBoth();
  });

  const documentOf = <Id extends DocumentId>(documentId: Id): UsedDocument<Id> => used[documentId] as UsedDocument<Id>;
  const rowsOf = (documentId: DocumentId): readonly ChangeRow[] => {
    const park = eventLog.identity()?.park;
    return park === undefined ? [] : stored.changes(park, documentId);
  };
  return {
    valueOf: (documentId) => documentOf(documentId).used.value,
    editedValueOf: (documentId) => documentOf(documentId).edited.value,
    publicationInUse: (documentId) => {
      const { publication } = documentOf(documentId);
      return publication && { generation: publication.generation, stateHash: publication.stateHash };
    },
    draftEdit: ({ documentId, about, actor, nowMs, edit }) => {
      const identity = eventLog.identity();
      if (identity === null) return ok(null);
      const { edited: current } = documentOf(documentId);
      const author = actorOf(crypto, identity, documentId, current.generation);
      const edited = editDocument(current, { actor: author, timeMs: nowMs }, edit);
      if (!edited.ok) return edited;
      const { change } = edited.value;
      return ok(change === null ? null : changeDraft(current, change, { actor, about }));
    },
    historyOf: (documentId, count) =>
      historyOf(rowsOf(documentId), { documentId, count, crypto, published: documentOf(documentId).published }),
  };
}

/**
 * Puts on disk what is gone by, so that a restart finds it again whatever was published since (D1, K2). It needs no
 * transaction with what brought it: until it is there, the rows that are come to the same.
 */
function createKeepInUse({ database, stored, crypto }: KeepInUseDeps): (documents: readonly UsedDocument[]) => void {
  const kept = new Map<DocumentId, string>();
  return (documents) => {
    const states = documents.flatMap((one) => stateInUse(crypto, one) ?? []);
    const changed = states.filter((state) => kept.get(state.documentId) !== canonicalJson(state));
    if (changed.length === 0) return;
    const written = writeTransaction(database, () => {
      for (const state of changed) stored.keepInUse(state);
      return null;
    });
    // A full disk: tried again with the next change.
    if (written.ok) for (const state of changed) kept.set(state.documentId, canonicalJson(state));
  };
}

interface KeepInUseDeps {
  readonly database: Database;
  readonly stored: StoredChanges;
  readonly crypto: Crypto;
}

interface Asked {
  readonly documentId: DocumentId;
  readonly count: number;
  readonly crypto: Crypto;
  readonly published: ReadonlySet<string> | null;
}

/** Generation by generation: an edit builds on nothing of another one. */
function historyOf(
  rows: readonly ChangeRow[],
  { documentId, count, crypto, published }: Asked,
): readonly DocumentHistoryEntry[] {
  const values = new Map<string, readonly ValueChange[]>();
  for (const generation of new Set(rows.map((row) => row.generation))) {
    const changes = rows.flatMap((row) => {
      const change = row.generation === generation ? changeOfRow(crypto, documentId, row) : null;
      return change?.ok ? [change.value] : [];
    });
    for (const [hash, edits] of documentHistory(documentId, changes)) values.set(hash, edits);
  }
  return rows
    .toReversed()
    .slice(0, count)
    .map(({ node, epoch, seq, wall_ms, actor, about, change_hash }) => ({
      node,
      epoch,
      seq,
      wallMs: wall_ms,
      actor,
      about,
      changes: values.get(change_hash) ?? [],
      inUse: published === null || published.has(change_hash),
    }));
}
