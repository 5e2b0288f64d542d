import { publicationDraft } from '@skygate/shared/documents/document-drafts';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Reader } from '../db/database.ts';
import type { DocumentStore } from './document-store.ts';
import { decideFirstDocument, type EditDeps } from './edit-document.ts';

/** Who has the catalogue of a park begin anew. */
export interface BeginningAnew {
  readonly park: ParkId;
  readonly actor: string;
  /** The generation that was looked at; by now there may be another. */
  readonly generation: number;
}

/**
 * The way out of a spoilt catalogue, and of one whose published edit nobody can bring back any more: the next generation,
 * begun from the last good state (D1). To be called under the park's lock.
 * @returns the events to append; or why not, in words
 */
export async function decideToBeginAnew(
  deps: EditDeps & { readonly documents: DocumentStore },
  tx: Reader,
  { park, actor, generation }: BeginningAnew,
): Promise<Result<readonly KnownDraft[], { readonly code: 'stale' | 'invalid'; readonly detail: string }>> {
  const { held, isWhole, published } = await deps.documents.decide(tx, park, 'catalogue');
  if (held.generation !== generation) {
    return err({ code: 'stale', detail: `The catalogue is in generation ${held.generation} by now.` });
  }
  if (held.value === null) {
    return err({ code: 'invalid', detail: 'The catalogue has no good state to begin anew from.' });
  }
  const first = { park, actor, documentId: 'catalogue', generation: generation + 1, value: held.value } as const;
  const drafts = await decideFirstDocument(deps, tx, first);
  if (!drafts.ok) return err({ code: 'invalid', detail: drafts.error });
  // What the good state is made of, said once more without the edit that is not back: when it comes, it is left out.
  const isSaid = isWhole || published.size === 0;
  const last = isSaid ? [] : [publicationDraft(deps.crypto, held, actor)];
  return ok([...last, ...drafts.value]);
}
