import { changeOfEvent, type DocumentChange } from '@skygate/shared/documents/automerge-change';
import type { DocumentId } from '@skygate/shared/documents/events';
import { applyChanges, emptyDocument, type HeldDocument } from '@skygate/shared/documents/held-document';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';
import type { DocumentChangesRow } from '../db/row-types.generated.ts';

/** Documents as the log has them: changes of kiosks and of HQ, merged. */
export interface DocumentStore {
  /** The document with every change this reader sees. A transaction reads its own changes too. */
  load<Id extends DocumentId>(reader: Reader, park: string, documentId: Id): Promise<HeldDocument<Id>>;
}

/** What was folded last; a new change is folded onto it. */
interface Folded {
  readonly held: HeldDocument;
  readonly hashes: ReadonlySet<string>;
}

/** A park has two documents; this many parks stay folded. */
const FOLDED_MAX = 2_000;

/**
 * Folding a document from nothing takes longer with every edit ever made, so the last fold is kept and only what is
 * new goes onto it. It is a pure function of the changes, so a stale fold is never wrong, only short.
 */
export function createDocumentStore(deps: { readonly crypto: Crypto }): DocumentStore {
  const folded = new Map<string, Folded>();
  return {
    async load<Id extends DocumentId>(reader: Reader, park: string, documentId: Id) {
      const key = `${park} ${documentId}`;
      const stored = await changeHashes(reader, park, documentId);
      // A transaction that was rolled back may have left changes here that the log does not have.
      const known = folded.get(key);
      const base = known && [...known.hashes].every((hash) => stored.has(hash)) ? known : null;
      const start = base ? (base.held as HeldDocument<Id>) : emptyDocument(documentId);
      if (base && base.hashes.size === stored.size) return start;
      const rows = (await changeRowsOf(reader, park, documentId)).filter((row) => !base?.hashes.has(row.change_hash));
      const { held } = applyChanges(start, changesOf(deps.crypto, documentId, rows));
      if (folded.size >= FOLDED_MAX) folded.clear();
      folded.set(key, { held, hashes: stored });
      return held;
    },
  };
}

async function changeHashes(reader: Reader, park: string, documentId: string): Promise<ReadonlySet<string>> {
  const rows = await reader
    .selectFrom('document_changes')
    .select('change_hash')
    .where('park', '=', park)
    .where('document_id', '=', documentId)
    .execute();
  return new Set(rows.map((row) => row.change_hash));
}

/** Every change of a document as stored, oldest first in the order that all nodes share. */
export const changeRowsOf = (reader: Reader, park: string, documentId: string): Promise<DocumentChangesRow[]> =>
  reader
    .selectFrom('document_changes')
    .select([
      'park',
      'document_id',
      'change_hash',
      'node',
      'epoch',
      'seq',
      'hlc',
      'wall_ms',
      'actor',
      'about',
      'change',
      'generation',
    ])
    .where('park', '=', park)
    .where('document_id', '=', documentId)
    .orderBy('hlc')
    .orderBy('node')
    .orderBy('epoch')
    .orderBy('seq')
    .execute();

/** The usable changes of these rows; one that is not its author's, or no change at all, is left out (D1). */
export function changesOf(
  crypto: Crypto,
  documentId: DocumentId,
  rows: readonly DocumentChangesRow[],
): readonly DocumentChange[] {
  return rows.flatMap((row) => {
    const body = {
      documentId,
      changeHash: row.change_hash,
      change: row.change,
      about: row.about,
      generation: row.generation,
    };
    const change = changeOfEvent(crypto, body, { node: row.node as NodeId, epoch: row.epoch });
    return change.ok ? [change.value] : [];
  });
}
