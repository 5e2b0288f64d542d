import { actorOf } from '@skygate/shared/documents/automerge-change';
import { changeDraft, publicationDraft } from '@skygate/shared/documents/document-drafts';
import { documentFromJson } from '@skygate/shared/documents/document-from-json';
import type { DocumentValues } from '@skygate/shared/documents/document-problem';
import { type DocumentId, FIRST_GENERATION } from '@skygate/shared/documents/events';
import { editDocument, type HeldDocument } from '@skygate/shared/documents/held-document';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Reader } from '../db/database.ts';
import type { Clock } from '../ports.ts';

export interface EditDeps {
  readonly crypto: Crypto;
  readonly clock: Clock;
}

export interface DocumentEdit<Id extends DocumentId> {
  readonly park: ParkId;
  /** `hq:<user>` */
  readonly actor: string;
  /** What was edited, for the history. */
  readonly about: string | null;
  readonly edit: (value: DocumentValues[Id]) => void;
}

/**
 * HQ's edit of a document as events to append, its publication among them (D1), and the document after it. Both under the park's lock: two edits at
 * once would give two changes the same place in HQ's line of changes, which Automerge forbids.
 * @returns what is wrong with the edited document, in words
 */
export async function decideEdit<Id extends DocumentId>(
  deps: EditDeps,
  tx: Reader,
  held: HeldDocument<Id>,
  { park, actor, about, edit }: DocumentEdit<Id>,
): Promise<Result<{ readonly drafts: readonly KnownDraft[]; readonly held: HeldDocument<Id> }, string>> {
  // HQ's edits are one line: after a withheld one only a new generation helps.
  if (held.problem !== null) return err(held.problem);
  const by = { actor: await hqActor(deps, tx, park, held), timeMs: deps.clock.nowMs() };
  const edited = editDocument(held, by, edit);
  if (!edited.ok) return edited;
  const { change } = edited.value;
  if (change === null) return ok({ drafts: [], held });
  const after = edited.value.held;
  return ok({
    drafts: [changeDraft(after, change, { actor, about }), publicationDraft(deps.crypto, after, actor)],
    held: after,
  });
}

export interface FirstDocument<Id extends DocumentId> {
  readonly park: ParkId;
  readonly actor: string;
  readonly documentId: Id;
  readonly value: DocumentValues[Id];
  /** Above the first where a document begins anew (D1). */
  readonly generation?: number;
}

/** The first contents of a document as events to append. @returns what is wrong with them, in words */
export async function decideFirstDocument<Id extends DocumentId>(
  deps: EditDeps,
  tx: Reader,
  { park, actor, documentId, value, generation = FIRST_GENERATION }: FirstDocument<Id>,
): Promise<Result<readonly KnownDraft[], string>> {
  const by = { actor: await hqActor(deps, tx, park, { documentId, generation }), timeMs: deps.clock.nowMs() };
  const made = documentFromJson(documentId, value, by, generation);
  if (!made.ok) return made;
  const { held, changes } = made.value;
  const drafts = changes.map((change) => changeDraft(held, change, { actor, about: null }));
  // A catalogue without products is what every node has from the beginning.
  return ok(drafts.length === 0 ? drafts : [...drafts, publicationDraft(deps.crypto, held, actor)]);
}

async function hqActor(
  deps: EditDeps,
  tx: Reader,
  park: ParkId,
  { documentId, generation }: Pick<HeldDocument, 'documentId' | 'generation'>,
): Promise<string> {
  const row = await tx
    .selectFrom('nodes')
    .select('epoch')
    .where('park', '=', park)
    .where('role', '=', 'hq')
    .where('state', '=', 'open')
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  assert(row, `HQ writes the log of ${park}`);
  return actorOf(deps.crypto, { node: hqNodeOf(park), epoch: row.epoch }, documentId, generation);
}
