import type { Trust } from '../events/envelope.ts';
import { schemaProblem } from '../events/read-event.ts';
import { UNREADABLE_BYTES_MAX, type Unreadable, unreadableV1 } from '../events/recovery.ts';
import { assert } from '../lib/assert.ts';
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, utf8ToBytes } from '../lib/bytes.ts';
import { canonicalJson, isTooDeep, JSON_DEPTH_MAX } from '../lib/canonical-json.ts';
import type { Json } from '../lib/json.ts';
import { trustOfWire, type WireEvent, wireEventField } from '../protocol/wire-event.ts';
import { HLC_PATTERN, type Hlc, hlcMs } from './hlc.ts';

// S2: an event that breaks the wire's schema, or is nested too deep, keeps its place. It is stored and forwarded as type `Unreadable`, its words
// in `bytes`, and is hashed by those words: the chain and its seals go on as their author made them.

/** The event type that stands in such a place; version 1 of it is never an author's own. */
export const UNREADABLE_TYPE = 'Unreadable';
const UNREADABLE_VERSION = 1;
const PROBLEM_MAX = 500;

/** The words of an event as its author hashed them. Of an unreadable one, all but the clocks may be any JSON. */
export interface SealedWords {
  readonly hlc: Hlc;
  readonly wallMs: number;
  readonly trust: Trust;
  readonly type: Json;
  readonly version: Json;
  readonly subject: Json;
  readonly cause: Json;
  readonly actor: Json;
  readonly body: Json;
}

/**
 * What came in an event's place, as the event that is stored there, whoever sent it: author, relay or server.
 * - A good event is itself.
 * - One that breaks the schema is its `Unreadable`, and so is one whose body has more than `JSON_DEPTH_MAX` levels: its
 *   words are flat there, and nobody who stores, folds, shows or passes it on has to climb down.
 * - An `Unreadable` that was forwarded is made anew from its bytes. Nothing beside them is believed, and what is in
 *   truth a good event is that event again: a relay can neither reword one nor hide a good one behind it.
 * - null for what nobody can have sealed: no nine words, clocks or trust that say nothing, no canonical form, or one
 *   beyond what an `Unreadable` holds.
 * A good event's canonical form is not looked at here: chaining it does that, and throws.
 */
export function readWireEvent(value: unknown): WireEvent | null {
  const problem = schemaProblem(wireEventField, value);
  if (problem !== null) return unreadableOf(value, problem);
  const wire = value as WireEvent;
  if (!isUnreadable(wire[3], wire[4])) return goodOrTooDeep(wire);
  const words = wordsInside(wire[8]);
  if (words === null) return null;
  const hidden = schemaProblem(wireEventField, words);
  if (hidden !== null) return unreadableOf(words, hidden);
  const within = words as unknown as WireEvent;
  return isUnreadable(within[3], within[4]) ? null : goodOrTooDeep(within);
}

const TOO_DEEP = `/8 has more than ${JSON_DEPTH_MAX} levels`;

/** What fits the schema, and is no `Unreadable`. */
function goodOrTooDeep(wire: WireEvent): WireEvent | null {
  if (isTooDeep(wire[8])) return unreadableOf(wire, TOO_DEEP);
  return Number.isSafeInteger(wallMsOf(wire[0], wire[1])) ? wire : null;
}

/** Whether it is nothing that an `Unreadable` stands for. */
const isGood = (words: unknown): boolean =>
  schemaProblem(wireEventField, words) === null && !isTooDeep((words as WireEvent)[8]);

/**
 * The words that an `Unreadable` is hashed by.
 * @throws if nobody can have sealed it, or if it hides a good event or says other clocks than its words do: then it
 *   did not come through `readWireEvent`
 */
export function wordsOfUnreadable(event: {
  readonly hlc: Hlc;
  readonly wallMs: number;
  readonly trust: Trust;
  readonly body: unknown;
}): SealedWords {
  const words = wordsInside(event.body);
  const sealed = words === null ? null : sealedWords(words);
  if (!sealed || isGood(words)) {
    throw new Error('the bytes of an Unreadable are not the words of a broken event');
  }
  if (sealed.hlc !== event.hlc || sealed.wallMs !== event.wallMs || sealed.trust !== event.trust) {
    throw new Error('an Unreadable has the clocks of its words');
  }
  return sealed;
}

export const isUnreadable = (type: string, version: number): boolean =>
  type === UNREADABLE_TYPE && version === UNREADABLE_VERSION;

/**
 * A good event as an `Unreadable` would carry it: `readWireEvent` makes it itself again. For what wraps an event, so that
 * no body gets deeper by being recorded again (E6).
 */
export function flattened(wire: WireEvent): WireEvent {
  const flat = unreadableOf(wire, 'it is only carried flat');
  assert(flat, 'a stored event has a canonical form that an Unreadable holds');
  return flat;
}

function unreadableOf(words: unknown, problem: string): WireEvent | null {
  const sealed = sealedWords(words);
  const bytes = sealed && canonicalBytes(words as Json);
  if (!sealed || bytes === null) return null;
  const body = { bytes, problem: problem.slice(0, PROBLEM_MAX).toWellFormed() } satisfies Unreadable;
  const [hlc, wallOffset, trust] = words as WireEvent;
  return [hlc, wallOffset, trust, UNREADABLE_TYPE, UNREADABLE_VERSION, 'unreadable', null, 'system', body];
}

const WORDS = 9;
const isHlc = (value: unknown): value is Hlc => typeof value === 'string' && new RegExp(HLC_PATTERN).test(value);
const wallMsOf = (hlc: Hlc, offset: unknown): number =>
  Number.isSafeInteger(offset) ? hlcMs(hlc) + Number(offset) : Number.NaN;

/** Read as an envelope; null where there is none to be read, so that no author's program can have hashed it. */
function sealedWords(words: unknown): SealedWords | null {
  if (!Array.isArray(words) || words.length !== WORDS) return null;
  const [hlc, offset, trustIndex, type, version, subject, cause, actor, body] = words as Json[];
  if (!isHlc(hlc)) return null;
  const trust = trustOfWire(trustIndex);
  const wallMs = wallMsOf(hlc, offset);
  if (trust === null || !Number.isSafeInteger(wallMs)) return null;
  return { hlc, wallMs, trust, type, version, subject, cause, actor, body } as SealedWords;
}

function canonicalBytes(words: Json): string | null {
  try {
    const bytes = bytesToBase64url(utf8ToBytes(canonicalJson(words)));
    return bytes.length <= UNREADABLE_BYTES_MAX ? bytes : null;
  } catch {
    return null;
  }
}

/** The words in an Unreadable's bytes; null if they are not the canonical form of anything. */
function wordsInside(body: unknown): Json | null {
  if (schemaProblem(unreadableV1, body) !== null) return null;
  const bytes = base64urlToBytes((body as Unreadable).bytes);
  if (bytes === null) return null;
  try {
    const text = bytesToUtf8(bytes);
    const words: Json = JSON.parse(text);
    return canonicalJson(words) === text ? words : null;
  } catch {
    return null;
  }
}
