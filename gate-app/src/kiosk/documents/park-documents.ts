import type { DocumentChange } from '@skygate/shared/documents/automerge-change';
import { actorOf, bodyOfChange, changeOfEvent } from '@skygate/shared/documents/automerge-change';
import { documentHistory, type ValueChange } from '@skygate/shared/documents/document-history';
import type { DocumentValues } from '@skygate/shared/documents/document-problem';
import { DOCUMENT_IDS, type DocumentChanged, type DocumentId } from '@skygate/shared/documents/events';
import { applyChanges, editDocument, emptyDocument, type HeldDocument } from '@skygate/shared/documents/held-document';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId } from '@skygate/shared/lib/ids';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { Database } from 'better-sqlite3';
import type { EventLog } from '../event-log/event-log.ts';
import type { Log } from '../ports.ts';

/** One entry of a document's history: who did what, and when. */
export interface DocumentHistoryEntry {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly wallMs: number;
  readonly actor: string;
  readonly about: string | null;
  readonly changes: readonly ValueChange[];
}

/** The park's documents as this kiosk holds them: plain, validated, and always at hand. */
export interface ParkDocuments {
  /** The newest valid state; null until the first has come. The same object until it changes. */
  valueOf<Id extends DocumentId>(documentId: Id): DocumentValues[Id] | null;
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

type Held = { -readonly [Id in DocumentId]: HeldDocument<Id> };

interface ChangeRow {
  generation: number;
  node: string;
  epoch: number;
  seq: number;
  hlc: string;
  wall_ms: number;
  actor: string;
  about: string | null;
  change_hash: string;
  change: string;
}

const READ_CHANGES = `
  SELECT node, epoch, seq, hlc, wall_ms, actor, about, change_hash, change, generation FROM document_changes
  WHERE park = ? AND document_id = ? ORDER BY hlc, node, epoch, seq`;

/** Builds the documents from their changes, and keeps them up to date with every commit. */
export function createParkDocuments(deps: ParkDocumentsDeps): ParkDocuments {
  const { database, eventLog, crypto } = deps;
  const readChanges = database.prepare<[string, string], ChangeRow>(READ_CHANGES);
  const rowsOf = (documentId: DocumentId): readonly ChangeRow[] => {
    const park = eventLog.identity()?.park;
    return park === undefined ? [] : readChanges.all(park, documentId);
  };

  const load = <Id extends DocumentId>(documentId: Id): HeldDocument<Id> => {
    const changes = rowsOf(documentId).map((row) => ({ place: row, body: bodyOfRow(documentId, row) }));
    return take(emptyDocument(documentId), changes, deps);
  };
  const held: Held = { park: load('park'), catalogue: load('catalogue') };

  eventLog.onCommit((events) => {
    const changes = events.flatMap(placedChange);
    for (const documentId of DOCUMENT_IDS) {
      const own = changes.filter(({ body }) => body.documentId === documentId);
      if (own.length > 0) keep(held, take(held[documentId], own, deps));
    }
  });

  // A part of the log gave way to the park's version of it (E6): what was built on it is built anew.
  eventLog.onReplaced(() => {
    for (const documentId of DOCUMENT_IDS) keep(held, load(documentId));
  });

  return {
    valueOf: (documentId) => held[documentId].value as DocumentValues[typeof documentId] | null,
    draftEdit: ({ documentId, about, actor, nowMs, edit }) => {
      const identity = eventLog.identity();
      if (identity === null) return ok(null);
      const author = actorOf(crypto, identity, documentId);
      const current = held[documentId] as unknown as HeldDocument<typeof documentId>;
      const edited = editDocument(current, { actor: author, timeMs: nowMs }, edit);
      if (!edited.ok) return edited;
      const { change } = edited.value;
      if (change === null) return ok(null);
      return ok(draft('DocumentChanged', `document:${documentId}`, bodyOfChange(documentId, change, about), { actor }));
    },
    historyOf: (documentId, count) => historyOf(documentId, rowsOf(documentId), count),
  };
}

interface PlacedChange {
  readonly place: { readonly node: string; readonly epoch: number };
  readonly body: DocumentChanged;
}

/** Through the one door from the log: what could not be read is in quarantine, and in no document. */
function placedChange(event: Event): readonly PlacedChange[] {
  if (event.type !== 'DocumentChanged') return [];
  const read = readEvent(event);
  return read.ok && read.value.type === 'DocumentChanged' ? [{ place: event, body: read.value.body }] : [];
}

const bodyOfRow = (documentId: DocumentId, row: ChangeRow): DocumentChanged => ({
  documentId,
  changeHash: row.change_hash,
  change: row.change,
  about: row.about,
  generation: row.generation,
});

/** Takes in what is sound; a change that is not blocks only what builds on it, and the log keeps it all the same (D1). */
function take<Id extends DocumentId>(
  held: HeldDocument<Id>,
  changes: readonly PlacedChange[],
  { crypto, log }: ParkDocumentsDeps,
): HeldDocument<Id> {
  const sound: DocumentChange[] = [];
  for (const { place, body } of changes) {
    const read = changeOfEvent(crypto, body, { node: place.node as NodeId, epoch: place.epoch });
    if (read.ok) sound.push(read.value);
    else
      log.warn({ documentId: held.documentId, node: place.node, problem: read.error }, 'a document change is unsound');
  }
  const applied = applyChanges(held, sound);
  for (const { hash, problem } of applied.refused) {
    log.warn({ documentId: held.documentId, hash, problem }, 'a document change could not be applied');
  }
  return applied.held;
}

const keep = <Id extends DocumentId>(held: Held, document: HeldDocument<Id>): void => {
  (held as Record<DocumentId, HeldDocument>)[document.documentId] = document;
};

function historyOf(documentId: DocumentId, rows: readonly ChangeRow[], count: number): readonly DocumentHistoryEntry[] {
  const changes = rows.flatMap((row) => {
    const bytes = base64urlToBytes(row.change);
    return bytes ? [{ bytes, hash: row.change_hash, actor: '', deps: [] }] : [];
  });
  const values = documentHistory(documentId, changes);
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
    }));
}
