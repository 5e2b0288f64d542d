import Type from 'typebox';
import { TEXT_ERASURE_REASONS } from '../domain/text/events.ts';
import { countField, nodeField, textNameField, wallMsField } from '../events/fields.ts';

/** What becomes of words that somebody typed (E5). `plain`: they stand in the event itself, for good. */
export const TEXT_STATES = ['plain', 'here', 'erased', 'not_here'] as const;
export type TextState = (typeof TEXT_STATES)[number];

/** A reason as HQ can show it. */
export const shownText = Type.Object({
  state: Type.Enum(TEXT_STATES),
  /** Empty where it is erased or not here. */
  text: Type.String(),
  /** By which it is erased; null for `plain`. */
  name: Type.Union([textNameField, Type.Null()]),
});
export type ShownText = Type.Static<typeof shownText>;

export const TEXTS_PER_PAGE = 50;

/** `GET /parks/:park/texts`: what people typed, newest first; `after` is `next` of the page before. */
export const textsQuery = Type.Object(
  { after: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })) },
  { additionalProperties: false },
);

export const textItem = Type.Object({
  name: textNameField,
  text: Type.String(),
  /** The event that names it: its type, who wrote it, and where. */
  type: Type.String(),
  actor: Type.String(),
  /** Null for programs, and for whom nobody knows any more. */
  actorName: Type.Union([Type.String(), Type.Null()]),
  /** Null for HQ. */
  kioskName: Type.Union([Type.String(), Type.Null()]),
  atMs: wallMsField,
});
export type TextItem = Type.Static<typeof textItem>;

/** What HQ erased, and which kiosks have not pulled past that yet: they may still hold the words. */
export const textErasureItem = Type.Object({
  name: textNameField,
  why: Type.Enum(TEXT_ERASURE_REASONS),
  actorName: Type.Union([Type.String(), Type.Null()]),
  erasedMs: wallMsField,
  /** Kiosks that have confirmed or need not. */
  confirmed: countField,
  waitingFor: Type.Array(
    Type.Object({ node: nodeField, name: Type.String(), contactMs: Type.Union([wallMsField, Type.Null()]) }),
  ),
});
export type TextErasureItem = Type.Static<typeof textErasureItem>;

export const textsAnswer = Type.Object({
  texts: Type.Array(textItem),
  /** The newest, newest first; with the first page only. */
  erasures: Type.Array(textErasureItem),
  next: Type.Union([Type.Integer(), Type.Null()]),
  serverMs: wallMsField,
});
export type TextsAnswer = Type.Static<typeof textsAnswer>;

/** `POST /parks/:park/texts/:name/erase`: 204, also if it was erased before. There is no way back. */
export const eraseTextBody = Type.Object({ why: Type.Enum(TEXT_ERASURE_REASONS) }, { additionalProperties: false });
export type EraseTextBody = Type.Static<typeof eraseTextBody>;
