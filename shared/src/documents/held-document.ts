import {
  applyChanges as applyToDoc,
  change,
  clone,
  type Doc,
  getHeads,
  getLastLocalChange,
  getMissingDeps,
  init,
  stats,
} from '@automerge/automerge';
import { assert } from '../lib/assert.ts';
import { base64urlToBytes } from '../lib/bytes.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { type DocumentChange, readChange } from './automerge-change.ts';
import { type DocumentValues, documentProblem } from './document-problem.ts';
import { CHANGE_BYTES_MAX, type DocumentId, FIRST_GENERATION } from './events.ts';
import { type PlainMap, type PlainValue, writeDifferences } from './write-differences.ts';

/**
 * A document as one node holds it. Never changed in place: every function gives a new one.
 * What a merge made invalid is reported, and the last valid state stays in use, so no edit from elsewhere can take a
 * till's prices away.
 */
export interface HeldDocument<Id extends DocumentId = DocumentId> {
  readonly documentId: Id;
  /** A spoilt document begins anew in the next one (D1). */
  readonly generation: number;
  /** Every change so far, valid together or not. */
  readonly doc: Doc<PlainMap>;
  /** The newest valid state: what is used. Null until there is one. */
  readonly value: DocumentValues[Id] | null;
  /** Why the newest state is not the one in use; null if it is. */
  readonly problem: string | null;
  /** Hashes of changes that others build on and that have not come yet; those others wait. */
  readonly missing: readonly string[];
}

/** The first change of each document, the same bytes on every node, so that all share one root (D1). */
export const FIRST_CHANGE: { readonly [Id in DocumentId]: string } = {
  park: 'hW9KgwkyvSIBOwAQAAAAAAAAAAAAAAAAAAAAAAEBAAAABRUSNAFCAlYCcAJ9BWdhdGVzBWhvdXJzBG5hbWUDAwADAAMA',
  catalogue: 'hW9Kg-KIeQ0BMwAQAAAAAAAAAAAAAAAAAAAAAAEBAAAABRUKNAFCAlYCcAJ_CHByb2R1Y3RzAX8AfwB_AA',
};

/** Its Automerge hash: what every document builds on. */
export const FIRST_CHANGE_HASH: { readonly [Id in DocumentId]: string } = {
  park: '0932bd2223635117af3fced112a872b5a27904614370a5145d4c7abd07edd961',
  catalogue: 'e288790d26ca03ee0a4789ca531ac7ac0d5f6ae443b37e567e88d4c87548b9f6',
};

/** Who reads: changes are never made as this actor. */
const READER = 'ff'.repeat(16);

/** A document with nothing but its fixed first change. */
export function emptyDocument<Id extends DocumentId>(documentId: Id, generation = FIRST_GENERATION): HeldDocument<Id> {
  const empty = emptyDocuments[documentId] ?? makeEmpty(documentId);
  emptyDocuments[documentId] = empty;
  return { ...(empty as unknown as HeldDocument<Id>), generation };
}

/** Made once, because every fold begins with them. */
const emptyDocuments: { [Id in DocumentId]?: HeldDocument } = {};

function makeEmpty(documentId: DocumentId): HeldDocument {
  const first = base64urlToBytes(FIRST_CHANGE[documentId]);
  assert(first, 'the first change is base64url');
  const [doc] = applyToDoc(init<PlainMap>({ actor: READER }), [first]);
  return settle({ documentId, generation: FIRST_GENERATION, doc, value: null, problem: null, missing: [] });
}

export interface RefusedChange {
  readonly hash: string;
  readonly problem: string;
}

export interface AppliedChanges<Id extends DocumentId> {
  readonly held: HeldDocument<Id>;
  /** Changes the document could not take; they block only what builds on them (D1). */
  readonly refused: readonly RefusedChange[];
}

/**
 * Takes in changes in any order; one whose predecessors are missing waits for them, one already held changes nothing.
 * Hand them over in log order where there is one: if the result is invalid, the last valid state on the way is kept.
 */
export function applyChanges<Id extends DocumentId>(
  held: HeldDocument<Id>,
  changes: readonly DocumentChange[],
): AppliedChanges<Id> {
  const whole = applyTogether(held, changes);
  return whole === null ? applyOneByOne(held, changes) : { held: whole, refused: [] };
}

/** All of them, if they are sound and the document is valid with all of them; else null. Costs one merge. */
export function applyTogether<Id extends DocumentId>(
  held: HeldDocument<Id>,
  changes: readonly DocumentChange[],
): HeldDocument<Id> | null {
  if (changes.length === 0) return held;
  const whole = applied(held, changes);
  return whole.ok && whole.value.problem === null ? whole.value : null;
}

/** The slow way, for a batch with something wrong in it: finds which change it is and the last valid state. */
function applyOneByOne<Id extends DocumentId>(
  held: HeldDocument<Id>,
  changes: readonly DocumentChange[],
): AppliedChanges<Id> {
  const refused: RefusedChange[] = [];
  let current = held;
  for (const one of changes) {
    const next = applied(current, [one]);
    if (next.ok) current = next.value;
    else refused.push({ hash: one.hash, problem: next.error });
  }
  return { held: current, refused };
}

function applied<Id extends DocumentId>(
  held: HeldDocument<Id>,
  changes: readonly DocumentChange[],
): Result<HeldDocument<Id>, string> {
  try {
    const [doc] = applyToDoc(
      clone(held.doc, { actor: READER }),
      changes.map(({ bytes }) => bytes),
    );
    return ok(settle({ ...held, doc }));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** Who edits, as Automerge sees it (`actorOf`), and when. */
export interface Edit {
  readonly actor: string;
  readonly timeMs: number;
}

export interface EditedDocument<Id extends DocumentId> {
  readonly held: HeldDocument<Id>;
  /** Null if the edit changed nothing. */
  readonly change: DocumentChange | null;
}

/**
 * Edits a document: `edit` changes a plain copy of it, and only the values that then differ are written, so edits of
 * two fields at two nodes merge and a text is replaced as a whole. An edit that would make the document invalid, or
 * its change too large, is refused and changes nothing. @returns what is wrong, in words
 */
export function editDocument<Id extends DocumentId>(
  held: HeldDocument<Id>,
  by: Edit,
  edit: (draft: DocumentValues[Id]) => void,
): Result<EditedDocument<Id>, string> {
  const before = plainOf(held.doc);
  const after = plainOf(held.doc);
  edit(after as unknown as DocumentValues[Id]);
  const problem = documentProblem(held.documentId, after);
  if (problem !== null) return err(problem);
  const doc = change(clone(held.doc, { actor: by.actor }), { time: Math.trunc(by.timeMs / 1000) }, (target) =>
    writeDifferences(target, before, after),
  );
  const bytes = getLastLocalChange(doc);
  if (JSON.stringify(before) === JSON.stringify(plainOf(doc)) || !bytes) return ok({ held, change: null });
  if (bytes.length > CHANGE_BYTES_MAX)
    return err(`the edit takes ${bytes.length} bytes, ${CHANGE_BYTES_MAX} are allowed`);
  const read = readChange(bytes);
  return read.ok ? ok({ held: settle({ ...held, doc }), change: read.value }) : read;
}

/** Hashes of the newest changes in it, sorted. */
export const headsOfDocument = (held: HeldDocument): readonly string[] => getHeads(held.doc).toSorted();

/** How many changes are in it, without its fixed first one. */
export const changesInDocument = (held: HeldDocument): number => stats(held.doc).numChanges - 1;

/** A document's newest state as plain data, valid or not. */
export const documentJson = (held: HeldDocument): PlainMap => plainOf(held.doc);

/** Puts a newest valid state into use. */
function settle<Id extends DocumentId>(held: HeldDocument<Id>): HeldDocument<Id> {
  const newest: unknown = plainOf(held.doc);
  const problem = documentProblem(held.documentId, newest);
  const missing = getMissingDeps(held.doc, []);
  return problem === null
    ? { ...held, value: newest as DocumentValues[Id], problem, missing }
    : { ...held, problem, missing };
}

const plainOf = (doc: Doc<PlainMap>): { [key: string]: PlainValue } => JSON.parse(JSON.stringify(doc));
