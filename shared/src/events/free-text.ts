import { EPOCH_ENDS } from '../domain/kiosk/events.ts';
import { assert } from '../lib/assert.ts';
import { bytesToBase64url, hexToBytes } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Crypto } from '../lib/crypto.ts';
import type { Json } from '../lib/json.ts';
import type { EventType, KnownDraft } from './catalogue.ts';

/**
 * The member of a body in which somebody's own words are meant (E5). A body never holds them: it names them by a salted
 * hash, and the words stand beside the log, where they can be erased without breaking chain or seals (E2).
 */
export const FREE_TEXT: { readonly [T in EventType]?: 'reason' } = {
  AdmissionOverridden: 'reason',
  BookingCancelled: 'reason',
  CapacityOverridden: 'reason',
  CapacitySet: 'reason',
  CaseClosed: 'reason',
  CashMoved: 'reason',
  FactDecided: 'reason',
  KioskRevoked: 'reason',
  ShiftClosed: 'reason',
  SigningKeyRevoked: 'reason',
  TicketBlocked: 'reason',
  TicketVoided: 'reason',
};

/** Codes that programs write where else a person types: they are nobody's words, and stay. */
const CODES: ReadonlySet<string> = new Set(EPOCH_ENDS);

/** Of random bytes: enough that nobody can try words against a name (E2). */
export const TEXT_SALT_BYTES = 16;

const PREFIX = 'text:';
const NAME = /^text:[A-Za-z0-9_-]{43}$/;

/** Somebody's words, with what makes their name. */
export interface FreeText {
  /** `h`: SHA-256 of canonical JSON `[salt, text]` in base64url. A body holds `text:<h>`. */
  readonly name: string;
  /** 16 random bytes in base64url. */
  readonly salt: string;
  readonly text: string;
}

/** The name that these words have with this salt. @param salt in base64url. @throws if the text has no canonical form */
export function nameOfText(crypto: Crypto, salt: string, text: string): string {
  const hash = hexToBytes(crypto.sha256Hex(canonicalJson([salt, text])));
  assert(hash, 'a hash is hexadecimal');
  return bytesToBase64url(hash);
}

/** Whether words and salt are what a body's `text:<name>` stands for. Never throws. */
export const isTextOf = (crypto: Crypto, { name, salt, text }: FreeText): boolean =>
  text.isWellFormed() && nameOfText(crypto, salt, text) === name;

/** The name in a body's member; null where the words themselves stand there (written by an older program), or a code. */
export const textNameIn = (member: string): string | null => (NAME.test(member) ? member.slice(PREFIX.length) : null);

/** What a body holds instead of the words. */
export const textNamed = (name: string): string => `${PREFIX}${name}`;

export interface NamedDrafts {
  readonly drafts: readonly KnownDraft[];
  /** What was taken out of them, and the index of the first draft that names it. */
  readonly texts: readonly (FreeText & { readonly draft: number })[];
}

/**
 * Takes what people typed out of the drafts of one transaction, and puts names in its place. The same words twice in one
 * transaction are one text: one deed, which is erased at once. In two transactions they are two, and nothing shows that
 * they are alike.
 * @param salt gives `TEXT_SALT_BYTES` random bytes
 */
export function nameTexts(crypto: Crypto, drafts: readonly KnownDraft[], salt: () => Uint8Array): NamedDrafts {
  const texts = new Map<string, FreeText & { readonly draft: number }>();
  const named = drafts.map((draft, index) => {
    const words = typedIn(draft);
    if (words === null) return draft;
    const known = texts.get(words.text) ?? { ...newText(crypto, salt(), words.text), draft: index };
    texts.set(words.text, known);
    return { ...draft, body: { ...draft.body, [words.member]: textNamed(known.name) } } as KnownDraft;
  });
  return { drafts: named, texts: [...texts.values()] };
}

function newText(crypto: Crypto, bytes: Uint8Array, text: string): FreeText {
  const salt = bytesToBase64url(bytes);
  return { name: nameOfText(crypto, salt, text), salt, text };
}

function typedIn(draft: KnownDraft): { readonly member: string; readonly text: string } | null {
  const member = FREE_TEXT[draft.type];
  const text = member === undefined ? '' : (draft.body as unknown as Readonly<Record<string, unknown>>)[member];
  if (member === undefined || typeof text !== 'string' || text === '' || CODES.has(text)) return null;
  return { member, text };
}

/**
 * The names of all texts that an event holds; of an `EventRecovered`, those of the events within it (E6). What was itself
 * recorded again in there is recorded by itself, too.
 */
export function textsNamedBy(event: { readonly type: string; readonly body: Json }): readonly string[] {
  if (event.type !== 'EventRecovered') return namesIn(event.type, event.body);
  const events = memberOf(event.body, 'events');
  if (!Array.isArray(events)) return [];
  return events.flatMap((wire: Json) =>
    Array.isArray(wire) && typeof wire[TYPE_OF_WIRE] === 'string'
      ? namesIn(wire[TYPE_OF_WIRE], wire[BODY_OF_WIRE] ?? null)
      : [],
  );
}

/** Where they stand in a `WireEvent`. */
const TYPE_OF_WIRE = 3;
const BODY_OF_WIRE = 8;

function namesIn(type: string, body: Json): readonly string[] {
  const member = Object.hasOwn(FREE_TEXT, type) ? FREE_TEXT[type as EventType] : undefined;
  const value = member === undefined ? undefined : memberOf(body, member);
  const name = typeof value === 'string' ? textNameIn(value) : null;
  return name === null ? [] : [name];
}

const memberOf = (body: Json, member: string): Json | undefined =>
  typeof body === 'object' && body !== null && !Array.isArray(body) && Object.hasOwn(body, member)
    ? (body as Readonly<Record<string, Json>>)[member]
    : undefined;
