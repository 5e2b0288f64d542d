import Type from 'typebox';
import { generationField } from '../documents/events.ts';
import { countField, nodeField, wallMsField } from '../events/fields.ts';

/** An edit of a document that gates and tills do not go by, and why (D1). */
export const unpublishedEdit = Type.Object({
  changeHash: Type.String(),
  wallMs: wallMsField,
  actor: Type.String(),
  actorName: Type.Union([Type.String(), Type.Null()]),
  /** The kiosk it was made at; null for HQ. */
  kioskName: Type.Union([Type.String(), Type.Null()]),
  about: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Enum([
    'unsound',
    'refused',
    'builds_on_withheld',
    'makes_invalid',
    'too_many_heads',
    /** Made on a generation that was left behind. */
    'left_out',
  ] as const),
  /** In words, for support. */
  problem: Type.String(),
});
export type UnpublishedEdit = Type.Static<typeof unpublishedEdit>;

/** A kiosk that by its own newest word does not go by what HQ published last, or cannot (D1). */
export const kioskBehind = Type.Object({
  node: nodeField,
  name: Type.String(),
  /** Of its program; null where it has not said. */
  version: Type.Union([Type.String(), Type.Null()]),
  /** When the server last heard from it; null if never. */
  contactMs: Type.Union([wallMsField, Type.Null()]),
  /** Since when, at the least, it goes by an older catalogue; null where it does not or its program does not say. */
  catalogueSinceMs: Type.Union([wallMsField, Type.Null()]),
  /** Since when its program is known to be older than some event versions of this server; null where it is not. */
  programSinceMs: Type.Union([wallMsField, Type.Null()]),
});
export type KioskBehind = Type.Static<typeof kioskBehind>;

/** `GET /parks/:park/catalogue/publication` */
export const publicationAnswer = Type.Object({
  generation: generationField,
  changes: countField,
  /** Null before the first publication. */
  publishedMs: Type.Union([wallMsField, Type.Null()]),
  /** Newest first, at most a hundred. */
  unpublished: Type.Array(unpublishedEdit),
  unpublishedCount: countField,
  /**
   * False while an edit that was published is not here: the server lost it, and its kiosk has not brought it back (E8, E9).
   * Nothing is edited or published meanwhile.
   */
  isWhole: Type.Boolean(),
  /** Longest behind first. */
  behind: Type.Array(kioskBehind),
  /** Bounds that the document comes near: many edits, keys or bytes make it slow. */
  nearLimits: Type.Array(Type.Enum(['changes', 'keys', 'bytes'] as const)),
});
export type PublicationAnswer = Type.Static<typeof publicationAnswer>;

/** `POST /parks/:park/catalogue/start-anew`: a new generation from the last good state; names the one it replaces. */
export const startAnewBody = Type.Object({ generation: generationField }, { additionalProperties: false });
export type StartAnewBody = Type.Static<typeof startAnewBody>;
