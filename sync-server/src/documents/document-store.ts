import { changeOfEvent, type DocumentChange } from '@skygate/shared/documents/automerge-change';
import { type DocumentId, FIRST_GENERATION } from '@skygate/shared/documents/events';
import { FIRST_CHANGE_HASH, type HeldDocument } from '@skygate/shared/documents/held-document';
import {
  type CandidateChange,
  closureOf,
  type DecidedPublication,
  decideFurther,
  decidePublication,
} from '@skygate/shared/documents/publication';
import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { isHqNode, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';
import type { DocumentChangesRow } from '../db/row-types.generated.ts';
import { editProblems } from './edit-problems.ts';

/** Documents as HQ judges them: changes of kiosks and of HQ, merged where they are valid and allowed (D1). */
export interface DocumentStore {
  /** What HQ vouches for, or would as soon as it says so. A transaction reads its own changes too. */
  load<Id extends DocumentId>(reader: Reader, park: string, documentId: Id): Promise<HeldDocument<Id>>;
  /** The same with all that is withheld. */
  decide<Id extends DocumentId>(reader: Reader, park: string, documentId: Id): Promise<DocumentDecision<Id>>;
}

export interface DocumentDecision<Id extends DocumentId> extends DecidedPublication<Id> {
  /** Every change of the generation, in the order of all nodes. */
  readonly rows: readonly DocumentChangesRow[];
  /** Changes that are no changes at all: not their author's, too large, broken. */
  readonly unsound: ReadonlyMap<string, string>;
  /** The heads that were published last; empty before the first publication. */
  readonly before: readonly string[];
  /**
   * False where a published change is not held: a server that lost its tail or was restored has HQ's publications again
   * before the kiosks' changes in them (E8, E9). It goes by what it holds until they come, and neither edits nor publishes
   * meanwhile: what was published once stays so.
   */
  readonly isWhole: boolean;
}

/** What was decided last; a new change is decided on top of it. */
interface Folded {
  readonly decided: DecidedPublication<DocumentId>;
  readonly sound: ReadonlyMap<string, DocumentChange>;
  readonly unsound: ReadonlyMap<string, string>;
}

const NOT_BACK = 'an edit that was published has not come back from its kiosk yet';
/** A park has two documents; this many parks stay folded. */
const FOLDED_MAX = 2_000;

/**
 * Folding a document from nothing takes longer with every edit ever made, so the last decision is kept and only what is
 * new goes onto it, as long as nothing of it was taken back (a transaction rolled back, another generation).
 */
export function createDocumentStore(deps: { readonly crypto: Crypto }): DocumentStore {
  const folded = new Map<string, Folded>();
  const decide = async <Id extends DocumentId>(reader: Reader, park: string, documentId: Id) => {
    const key = `${park} ${documentId}`;
    const { generation, heads: before } = await newestPublication(reader, park, documentId);
    const rows = (await changeRowsOf(reader, park, documentId)).filter((row) => row.generation === generation);
    const problemOf = await editProblems(reader, park as ParkId, documentId);
    const known = usable(folded.get(key), { generation, before, rows, problemOf });
    const { sound, unsound } = readAll(deps.crypto, rows, known);
    const candidates = rows.flatMap((row): CandidateChange[] => {
      const change = sound.get(row.change_hash);
      return change ? [{ change, problem: problemOf(row) }] : [];
    });
    const decided = known
      ? decideFurther(known.decided as unknown as DecidedPublication<Id>, candidates)
      : decideAnew({ documentId, generation }, before, candidates);
    if (folded.size >= FOLDED_MAX) folded.clear();
    folded.set(key, { decided: decided as unknown as DecidedPublication<DocumentId>, sound, unsound });
    const isWhole = before.every((head) => decided.published.has(head) || head === FIRST_CHANGE_HASH[documentId]);
    const own = withOwnTrouble(decided, rows);
    const held = isWhole ? own : { ...own, problem: NOT_BACK };
    return { ...decided, held, rows, unsound, before, isWhole };
  };
  return { decide, load: async (reader, park, documentId) => (await decide(reader, park, documentId)).held };
}

function decideAnew<Id extends DocumentId>(
  document: Pick<HeldDocument<Id>, 'documentId' | 'generation'>,
  before: readonly string[],
  candidates: readonly CandidateChange[],
): DecidedPublication<Id> {
  const decided = decidePublication(document, heldOf(document, before, candidates), candidates);
  assert(decided.ok, `what is held of ${document.documentId} makes a document`);
  return decided.value;
}

/** Of the published heads those that are held with all that they build on. */
function heldOf(
  { documentId }: Pick<HeldDocument, 'documentId'>,
  heads: readonly string[],
  candidates: readonly CandidateChange[],
): readonly string[] {
  const byHash = new Map(candidates.map(({ change }) => [change.hash, change]));
  return heads.filter((head) => closureOf([head], byHash, FIRST_CHANGE_HASH[documentId]) !== null);
}

interface NewestPublication {
  readonly generation: number;
  readonly heads: readonly string[];
}

async function newestPublication(reader: Reader, park: string, documentId: string): Promise<NewestPublication> {
  const row = await reader
    .selectFrom('document_publications')
    .select(['generation', 'heads'])
    .where('park', '=', park)
    .where('document_id', '=', documentId)
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row
    ? { generation: row.generation, heads: JSON.parse(row.heads) }
    : { generation: FIRST_GENERATION, heads: [] };
}

interface Now extends Pick<NewestPublication, 'generation'> {
  readonly before: readonly string[];
  readonly rows: readonly DocumentChangesRow[];
  readonly problemOf: (row: DocumentChangesRow) => string | null;
}

/** The last decision, if all of it still stands and holds what was published. */
function usable(known: Folded | undefined, { generation, before, rows, problemOf }: Now): Folded | null {
  if (!known || known.decided.held.generation !== generation) return null;
  const stored = new Set(rows.map((row) => row.change_hash));
  const { published } = known.decided;
  const stands = [...published].every((hash) => stored.has(hash)) && before.every((hash) => published.has(hash));
  if (!stands) return null;
  // What was decided and not said yet counts no more where its writer's right is doubted by now; what was said stays so.
  const doubted = rows.filter((row) => published.has(row.change_hash) && problemOf(row) !== null);
  if (doubted.length === 0) return known;
  const said = closureOf(before, known.sound, FIRST_CHANGE_HASH[known.decided.held.documentId]);
  return doubted.every((row) => said?.has(row.change_hash)) ? known : null;
}

function readAll(crypto: Crypto, rows: readonly DocumentChangesRow[], known: Folded | null) {
  const sound = new Map<string, DocumentChange>();
  const unsound = new Map<string, string>();
  for (const row of rows) {
    const hash = row.change_hash;
    const before = known?.sound.get(hash);
    const read = before ? { ok: true as const, value: before } : changeOfRow(crypto, row);
    if (read.ok) sound.set(hash, read.value);
    else unsound.set(hash, read.error);
  }
  return { sound, unsound };
}

/** HQ's edits are one line: with one of them withheld it can write no further one in this generation. */
function withOwnTrouble<Id extends DocumentId>(
  { held, withheld }: DecidedPublication<Id>,
  rows: readonly DocumentChangesRow[],
): HeldDocument<Id> {
  const own = new Set(rows.flatMap((row) => (isHqNode(row.node) ? [row.change_hash] : [])));
  const stuck = withheld.find(({ hash }) => own.has(hash));
  return stuck ? { ...held, problem: `an edit of HQ is withheld: ${stuck.problem}` } : held;
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
export function changesOf(crypto: Crypto, rows: readonly DocumentChangesRow[]): readonly DocumentChange[] {
  return rows.flatMap((row) => {
    const change = changeOfRow(crypto, row);
    return change.ok ? [change.value] : [];
  });
}

function changeOfRow(crypto: Crypto, row: DocumentChangesRow) {
  const body = {
    documentId: row.document_id as DocumentId,
    changeHash: row.change_hash,
    change: row.change,
    about: row.about,
    generation: row.generation,
  };
  return changeOfEvent(crypto, body, { node: row.node as NodeId, epoch: row.epoch });
}
