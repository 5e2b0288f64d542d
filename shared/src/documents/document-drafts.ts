import { draft, type KnownDraft } from '../events/catalogue.ts';
import type { Crypto } from '../lib/crypto.ts';
import { bodyOfChange, type DocumentChange } from './automerge-change.ts';
import { FIRST_GENERATION } from './events.ts';
import { changesInDocument, documentJson, type HeldDocument, headsOfDocument } from './held-document.ts';
import { stateHashOf } from './publication.ts';

/**
 * The event that carries a change of this document. In the first generation it is written as version 1, which says the
 * same and which programs that know of no generations go on reading.
 */
export function changeDraft(
  { documentId, generation }: Pick<HeldDocument, 'documentId' | 'generation'>,
  change: DocumentChange,
  by: { readonly actor: string; readonly about: string | null },
): KnownDraft {
  const body = bodyOfChange(documentId, change, by.about, generation);
  const current = draft('DocumentChanged', `document:${documentId}`, body, { actor: by.actor });
  if (generation !== FIRST_GENERATION) return current;
  const { generation: _, ...first } = body;
  return { ...current, version: 1, body: first as typeof body };
}

/** HQ vouches for this state of the document (D1). */
export const publicationDraft = (crypto: Crypto, held: HeldDocument, actor: string): KnownDraft =>
  draft(
    'DocumentPublished',
    `document:${held.documentId}`,
    {
      documentId: held.documentId,
      generation: held.generation,
      heads: [...headsOfDocument(held)],
      stateHash: stateHashOf(crypto, documentJson(held)),
      changes: changesInDocument(held),
    },
    { actor },
  );
