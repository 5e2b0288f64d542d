import { canonicalJson } from '../lib/canonical-json.ts';
import type { Crypto } from '../lib/crypto.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { DocumentChange } from './automerge-change.ts';
import type { DocumentId, DocumentPublished } from './events.ts';
import { applyChanges, applyTogether, emptyDocument, FIRST_CHANGE_HASH, type HeldDocument } from './held-document.ts';

// D1: which of a document's changes HQ publishes, and what a node that holds them uses then. Both are pure functions of
// changes and publication, so nodes that hold the same use the same.

/** A publication names at most so many newest changes; further ones wait until somebody has merged them. */
export const HEADS_MAX = 100;

/** A change as HQ judges it. */
export interface CandidateChange {
  readonly change: DocumentChange;
  /** Why it may not be published whatever it says: unsound, or its author had no right; null if it may. */
  readonly problem: string | null;
}

export interface WithheldChange {
  readonly hash: string;
  readonly reason: WithheldReason;
  /** In words, for the log and for support. */
  readonly problem: string;
}
export type WithheldReason = 'refused' | 'builds_on_withheld' | 'makes_invalid' | 'too_many_heads';

export interface DecidedPublication<Id extends DocumentId> {
  /** The document with all that is published. */
  readonly held: HeldDocument<Id>;
  /** Hashes of the published changes. */
  readonly published: ReadonlySet<string>;
  readonly heads: readonly string[];
  readonly withheld: readonly WithheldChange[];
}

/** The changes that a publication stands for: its heads and all that they build on. Null if one is not held. */
export function closureOf(
  heads: readonly string[],
  byHash: ReadonlyMap<string, DocumentChange>,
  root: string,
): ReadonlySet<string> | null {
  const found = new Set<string>();
  const queue = [...heads];
  for (let hash = queue.pop(); hash !== undefined; hash = queue.pop()) {
    if (found.has(hash) || hash === root) continue;
    const change = byHash.get(hash);
    if (!change) return null;
    found.add(hash);
    queue.push(...change.deps);
  }
  return found;
}

/**
 * Decides at HQ what is published, from what was published before and every change of the generation, in the order that
 * all nodes share: each that leaves the document valid, with what it builds on. What was published once stays so.
 */
export function decidePublication<Id extends DocumentId>(
  document: Pick<HeldDocument<Id>, 'documentId' | 'generation'>,
  before: readonly string[],
  candidates: readonly CandidateChange[],
): Result<DecidedPublication<Id>, string> {
  const root = FIRST_CHANGE_HASH[document.documentId];
  const byHash = new Map(candidates.map(({ change }) => [change.hash, change]));
  const standing = closureOf(before, byHash, root);
  if (standing === null) return err('a change that was published is not held');
  const held = stateOf(
    document,
    candidates.map(({ change }) => change),
    standing,
  );
  if (!held.ok) return held;
  return ok(publishMore({ root, byHash, candidates, held: held.value, published: new Set(standing) }));
}

/** Goes on from an earlier decision with further changes, without folding everything anew. */
export const decideFurther = <Id extends DocumentId>(
  { held, published }: DecidedPublication<Id>,
  candidates: readonly CandidateChange[],
): DecidedPublication<Id> =>
  publishMore({
    root: FIRST_CHANGE_HASH[held.documentId],
    byHash: new Map(candidates.map(({ change }) => [change.hash, change])),
    candidates,
    held,
    published: new Set(published),
  });

interface Publishing<Id extends DocumentId> {
  readonly root: string;
  readonly byHash: ReadonlyMap<string, DocumentChange>;
  readonly candidates: readonly CandidateChange[];
  readonly held: HeldDocument<Id>;
  readonly published: Set<string>;
}

function publishMore<Id extends DocumentId>(at: Publishing<Id>): DecidedPublication<Id> {
  const { candidates, published, byHash, root } = at;
  const refused = new Map(
    candidates.flatMap(({ change, problem }): [string, string][] => (problem === null ? [] : [[change.hash, problem]])),
  );
  let held = publishTogether(at, refused) ?? at.held;
  let withheld: WithheldChange[] = [];
  for (let before = -1; before < published.size; ) {
    before = published.size;
    withheld = [];
    for (const { change } of candidates) {
      if (published.has(change.hash)) continue;
      const tried = tryOne({ change, held, published, byHash, root, refused });
      if (!tried.ok) {
        withheld.push({ hash: change.hash, ...tried.error });
        continue;
      }
      held = tried.value.held;
      for (const hash of tried.value.added) published.add(hash);
    }
  }
  return { held, published, heads: headsOf(published, byHash, root), withheld };
}

/**
 * The usual case, in one merge: everything that may be published leaves the document valid together. Otherwise null, and
 * each is tried by itself.
 */
function publishTogether<Id extends DocumentId>(
  { candidates, published, byHash, root, held }: Publishing<Id>,
  refused: ReadonlyMap<string, string>,
): HeldDocument<Id> | null {
  const waiting = candidates.flatMap(({ change }) => (published.has(change.hash) ? [] : [change.hash]));
  const together = new Set<string>();
  const stands = (hash: string): boolean => hash === root || published.has(hash) || together.has(hash);
  for (const change of inOrderOfDeps(waiting, byHash)) {
    if (!refused.has(change.hash) && change.deps.every(stands)) together.add(change.hash);
  }
  if (headsOf(new Set([...published, ...together]), byHash, root).length > HEADS_MAX) return null;
  const after = applyTogether(held, inOrderOfDeps([...together], byHash));
  if (after !== null) for (const hash of together) published.add(hash);
  return after;
}

interface Trial<Id extends DocumentId> {
  readonly change: DocumentChange;
  readonly held: HeldDocument<Id>;
  readonly published: ReadonlySet<string>;
  readonly byHash: ReadonlyMap<string, DocumentChange>;
  readonly root: string;
  readonly refused: ReadonlyMap<string, string>;
}

type Refusal = Omit<WithheldChange, 'hash'>;

/** One change with what it builds on: together they may be valid where a part is not. */
function tryOne<Id extends DocumentId>(
  trial: Trial<Id>,
): Result<{ readonly held: HeldDocument<Id>; readonly added: readonly string[] }, Refusal> {
  const { change, held, published, byHash, root, refused } = trial;
  const own = refused.get(change.hash);
  if (own !== undefined) return err({ reason: 'refused', problem: own });
  const closure = closureOf([change.hash], byHash, root);
  if (closure === null) return err({ reason: 'builds_on_withheld', problem: 'what it builds on has not come' });
  const added = [...closure].filter((hash) => !published.has(hash));
  const bad = added.find((hash) => refused.has(hash));
  if (bad !== undefined)
    return err({ reason: 'builds_on_withheld', problem: `it builds on ${bad}, which is withheld` });
  const after = new Set([...published, ...added]);
  if (headsOf(after, byHash, root).length > HEADS_MAX) {
    return err({ reason: 'too_many_heads', problem: `more than ${HEADS_MAX} edits at the same time` });
  }
  const applied = applyChanges(held, inOrderOfDeps(added, byHash));
  const [failed] = applied.refused;
  if (failed) return err({ reason: 'refused', problem: failed.problem });
  if (applied.held.problem !== null) return err({ reason: 'makes_invalid', problem: applied.held.problem });
  return ok({ held: applied.held, added });
}

export interface PublishedState<Id extends DocumentId> {
  readonly held: HeldDocument<Id>;
  /** Hashes of the changes in it. */
  readonly published: ReadonlySet<string>;
}

export interface PublishedFrom<Id extends DocumentId> {
  readonly changes: readonly DocumentChange[];
  /** An earlier publication of the same generation, to go on from. */
  readonly from?: PublishedState<Id> | null;
}

/** The state that a publication stands for, at any node that holds its changes. @returns why there is none, in words */
export function publishedState<Id extends DocumentId>(
  crypto: Crypto,
  publication: DocumentPublished & { readonly documentId: Id },
  { changes, from = null }: PublishedFrom<Id>,
): Result<PublishedState<Id>, string> {
  const { documentId, generation, heads, stateHash } = publication;
  const byHash = new Map(changes.map((change) => [change.hash, change]));
  const closure = closureOf(heads, byHash, FIRST_CHANGE_HASH[documentId]);
  if (closure === null) return err('a change that was published has not come');
  const isFurther = from !== null && [...from.published].every((hash) => closure.has(hash));
  const held = isFurther ? further(from, { closure, byHash }) : stateOf({ documentId, generation }, changes, closure);
  if (!held.ok) return held;
  if (held.value.value === null) return err(`this program cannot use it: ${held.value.problem}`);
  if (stateHashOf(crypto, held.value.value) !== stateHash) return err('the state is not the one that was published');
  return ok({ held: held.value, published: closure });
}

function further<Id extends DocumentId>(
  { held, published }: PublishedState<Id>,
  { closure, byHash }: { closure: ReadonlySet<string>; byHash: ReadonlyMap<string, DocumentChange> },
): Result<HeldDocument<Id>, string> {
  const more = inOrderOfDeps(
    [...closure].filter((hash) => !published.has(hash)),
    byHash,
  );
  const applied = applyChanges(held, more);
  const [failed] = applied.refused;
  if (failed) return err(failed.problem);
  return ok(applied.held.problem === null ? applied.held : { ...applied.held, value: null });
}

/** SHA-256 of a state's canonical JSON. */
export const stateHashOf = (crypto: Crypto, value: unknown): string => crypto.sha256Hex(canonicalJson(value as never));

function stateOf<Id extends DocumentId>(
  { documentId, generation }: Pick<HeldDocument<Id>, 'documentId' | 'generation'>,
  changes: readonly DocumentChange[],
  wanted: ReadonlySet<string>,
): Result<HeldDocument<Id>, string> {
  const byHash = new Map(
    changes.flatMap((change): [string, DocumentChange][] => (wanted.has(change.hash) ? [[change.hash, change]] : [])),
  );
  const { held, refused } = applyChanges(emptyDocument(documentId, generation), inOrderOfDeps([...wanted], byHash));
  const [failed] = refused;
  if (failed) return err(failed.problem);
  // A state on the way is nobody's: what is published is the whole.
  return held.problem === null ? ok(held) : ok({ ...held, value: null });
}

/** What a change builds on comes before it. */
function inOrderOfDeps(
  hashes: readonly string[],
  byHash: ReadonlyMap<string, DocumentChange>,
): readonly DocumentChange[] {
  const wanted = new Set(hashes);
  const ordered = new Map<string, DocumentChange>();
  const stack = hashes.toReversed();
  for (let hash = stack.at(-1); hash !== undefined; hash = stack.at(-1)) {
    const change = byHash.get(hash);
    const waiting = change?.deps.filter((dep) => wanted.has(dep) && !ordered.has(dep)) ?? [];
    if (change && waiting.length > 0) {
      stack.push(...waiting);
      continue;
    }
    stack.pop();
    if (change) ordered.set(hash, change);
  }
  return [...ordered.values()];
}

function headsOf(
  hashes: ReadonlySet<string>,
  byHash: ReadonlyMap<string, DocumentChange>,
  root: string,
): readonly string[] {
  if (hashes.size === 0) return [root];
  const builtOn = new Set([...hashes].flatMap((hash) => byHash.get(hash)?.deps ?? []));
  return [...hashes].filter((hash) => !builtOn.has(hash)).sort();
}
