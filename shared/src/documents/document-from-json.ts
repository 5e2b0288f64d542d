import { err, ok, type Result } from '../lib/result.ts';
import type { DocumentChange } from './automerge-change.ts';
import type { CatalogueDocument } from './catalogue-document.ts';
import { type DocumentValues, documentProblem } from './document-problem.ts';
import { type DocumentId, FIRST_GENERATION } from './events.ts';
import { type Edit, editDocument, emptyDocument, type HeldDocument } from './held-document.ts';

export interface NewDocument<Id extends DocumentId> {
  readonly held: HeldDocument<Id>;
  /** Ordinary changes that follow the fixed first one: write each as a `DocumentChanged`. */
  readonly changes: readonly DocumentChange[];
}

/** The first contents of a document; a catalogue takes one change a product, so that each stays small (D1). */
export function documentFromJson<Id extends DocumentId>(
  documentId: Id,
  value: DocumentValues[Id],
  by: Edit,
  generation = FIRST_GENERATION,
): Result<NewDocument<Id>, string> {
  const problem = documentProblem(documentId, value);
  if (problem !== null) return err(problem);
  let held = emptyDocument(documentId, generation);
  const changes: DocumentChange[] = [];
  for (const step of stepsOf(documentId, value)) {
    const edited = editDocument(held, by, (draft) => step(draft));
    if (!edited.ok) return edited;
    held = edited.value.held;
    if (edited.value.change) changes.push(edited.value.change);
  }
  return ok({ held, changes });
}

function stepsOf<Id extends DocumentId>(
  documentId: Id,
  value: DocumentValues[Id],
): readonly ((draft: DocumentValues[Id]) => void)[] {
  if (documentId === 'park') return [(draft) => Object.assign(draft, value)];
  const { products } = value as CatalogueDocument;
  return Object.entries(products).map(([productId, product]) => (draft) => {
    (draft as CatalogueDocument).products[productId] = product;
  });
}
