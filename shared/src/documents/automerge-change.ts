import { type DecodedChange, decodeChange } from '@automerge/automerge';
import { base64urlToBytes, bytesToBase64url } from '../lib/bytes.ts';
import type { Crypto } from '../lib/crypto.ts';
import type { NodeId } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { sizeProblem } from './change-size.ts';
import { CHANGE_BYTES_MAX, type DocumentChanged, type DocumentId, FIRST_GENERATION } from './events.ts';

/** One change of a document: its bytes and what they say of themselves. */
export interface DocumentChange {
  readonly bytes: Uint8Array;
  /** Automerge's own hash, by which other changes name it. */
  readonly hash: string;
  readonly actor: string;
  /** Hashes of the changes its author had seen. */
  readonly deps: readonly string[];
}

/** Who writes changes: one incarnation of a node, in one document. */
export interface ChangeAuthor {
  readonly node: NodeId;
  readonly epoch: number;
}

/**
 * D1: the Automerge actor of (node, epoch, document), and from the second generation on of that: each generation is a
 * document of its own. 32 hexadecimal digits. A cloned disk never shares an actor.
 */
export function actorOf(
  crypto: Crypto,
  author: ChangeAuthor,
  documentId: DocumentId,
  generation = FIRST_GENERATION,
): string {
  const first = `skygate-actor-1/${author.node}/${author.epoch}/${documentId}`;
  return crypto.sha256Hex(generation === FIRST_GENERATION ? first : `${first}/${generation}`).slice(0, 32);
}

/** Reads the bytes of a change. @returns what is wrong with them, in words */
export function readChange(bytes: Uint8Array): Result<DocumentChange, string> {
  if (bytes.length > CHANGE_BYTES_MAX) {
    return err(`the change has ${bytes.length} bytes, ${CHANGE_BYTES_MAX} are allowed`);
  }
  const tooLarge = sizeProblem(bytes);
  if (tooLarge !== null) return err(tooLarge);
  const decoded = decode(bytes);
  if (!decoded.ok) return decoded;
  const { hash, actor, deps } = decoded.value;
  if (hash === null || hash === undefined) return err('the change has no hash');
  return ok({ bytes, hash, actor, deps });
}

/**
 * The change in a `DocumentChanged` event, checked against its author: another node's actor or another hash in the
 * event means the change is not what the log says it is.
 */
export function changeOfEvent(
  crypto: Crypto,
  body: DocumentChanged,
  author: ChangeAuthor,
): Result<DocumentChange, string> {
  const bytes = base64urlToBytes(body.change);
  if (!bytes) return err('the change is not base64url');
  const change = readChange(bytes);
  if (!change.ok) return change;
  if (change.value.hash !== body.changeHash) return err(`the change has hash ${change.value.hash}`);
  if (change.value.actor !== actorOf(crypto, author, body.documentId, body.generation)) {
    return err(`the change is by actor ${change.value.actor}, not by ${author.node} epoch ${author.epoch}`);
  }
  return change;
}

/** The event body that carries a change. */
export const bodyOfChange = (
  documentId: DocumentId,
  change: DocumentChange,
  about: string | null,
  generation = FIRST_GENERATION,
): DocumentChanged => ({
  documentId,
  changeHash: change.hash,
  change: bytesToBase64url(change.bytes),
  about,
  generation,
});

function decode(bytes: Uint8Array): Result<DecodedChange, string> {
  try {
    return ok(decodeChange(bytes));
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
