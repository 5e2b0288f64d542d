import { changeOfEvent, type DocumentChange } from '@skygate/shared/documents/automerge-change';
import type { DocumentChanged, DocumentId, DocumentPublished } from '@skygate/shared/documents/events';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { Result } from '@skygate/shared/lib/result';
import type { Database } from 'better-sqlite3';

export interface ChangeRow {
  readonly generation: number;
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hlc: string;
  readonly wall_ms: number;
  readonly actor: string;
  readonly about: string | null;
  readonly change_hash: string;
  readonly change: string;
}

/** A state of a document, by the changes that it is of. */
export type StateOfChanges<Id extends DocumentId = DocumentId> = DocumentPublished & { readonly documentId: Id };

/** The rows of document changes, of what HQ published of them, and of what this kiosk goes by. */
export interface StoredChanges {
  /** In the order that all nodes share. */
  changes(park: string, documentId: DocumentId): readonly ChangeRow[];
  /** The newest generation's; null before the first. */
  publication<Id extends DocumentId>(park: string, documentId: Id): StateOfChanges<Id> | null;
  /** What this kiosk last went by; null before the first. */
  inUse<Id extends DocumentId>(documentId: Id): StateOfChanges<Id> | null;
  /** To be called within a transaction. */
  keepInUse(state: StateOfChanges): void;
}

const READ_CHANGES = `
  SELECT node, epoch, seq, hlc, wall_ms, actor, about, change_hash, change, generation FROM document_changes
  WHERE park = ? AND document_id = ? ORDER BY hlc, node, epoch, seq`;
const READ_PUBLICATION = `
  SELECT generation, heads, state_hash, changes FROM document_publications
  WHERE park = ? AND document_id = ? ORDER BY generation DESC LIMIT 1`;
const READ_IN_USE = 'SELECT generation, heads, state_hash, changes FROM documents_in_use WHERE document_id = ?';
const KEEP_IN_USE = `
  INSERT OR REPLACE INTO documents_in_use (document_id, generation, heads, state_hash, changes) VALUES (?, ?, ?, ?, ?)`;

interface PublicationRow {
  readonly generation: number;
  readonly heads: string;
  readonly state_hash: string;
  readonly changes: number;
}

export function createStoredChanges(database: Database): StoredChanges {
  const changes = database.prepare<[string, string], ChangeRow>(READ_CHANGES);
  const publication = database.prepare<[string, string], PublicationRow>(READ_PUBLICATION);
  const inUse = database.prepare<[string], PublicationRow>(READ_IN_USE);
  const keepInUse = database.prepare(KEEP_IN_USE);
  return {
    changes: (park, documentId) => changes.all(park, documentId),
    publication: (park, documentId) => stateOf(documentId, publication.get(park, documentId)),
    inUse: (documentId) => stateOf(documentId, inUse.get(documentId)),
    keepInUse: ({ documentId, generation, heads, stateHash, changes: count }) => {
      keepInUse.run(documentId, generation, JSON.stringify(heads), stateHash, count);
    },
  };
}

function stateOf<Id extends DocumentId>(documentId: Id, row: PublicationRow | undefined): StateOfChanges<Id> | null {
  if (!row) return null;
  const { generation, state_hash: stateHash, changes } = row;
  return { documentId, generation, heads: JSON.parse(row.heads), stateHash, changes };
}

/** The change of a row, checked against its author (D1). @returns what is wrong with it, in words */
export function changeOfRow(crypto: Crypto, documentId: DocumentId, row: ChangeRow): Result<DocumentChange, string> {
  const { change_hash: changeHash, change, about, generation } = row;
  const body: DocumentChanged = { documentId, changeHash, change, about, generation };
  return changeOfEvent(crypto, body, { node: row.node as NodeId, epoch: row.epoch });
}
