import Type from 'typebox';
import { epochField, nodeField, seqField, textNameField } from '../events/fields.ts';

/** So many texts travel at once (`POST /sync/texts`). */
export const TEXTS_MAX = 200;
/** No words are longer; nor is any member of a body that they were taken out of. */
export const TEXT_CHARS_MAX = 500;

/** Words as people type them: no NUL, which PostgreSQL cannot keep, and no half of a character, which has no hash (E2). */
const WORDS_PATTERN = '^[^\\u0000\\ud800-\\udfff]*$';

/**
 * `POST /sync/texts` (since 2, E5): what people typed, which stands beside the log. Events hold only its name, a hash of
 * salt and words, and an author brings the words themselves once the server has the event. Safe to repeat.
 */
export const textsRequest = Type.Object(
  {
    texts: Type.Array(
      Type.Object(
        {
          /** The event that names it: of this kiosk, as any of its incarnations, or an `EventRecovered` that holds one. */
          node: nodeField,
          epoch: epochField,
          seq: seqField,
          name: textNameField,
          /** 16 bytes in base64url. */
          salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
          text: Type.String({ minLength: 1, maxLength: TEXT_CHARS_MAX, pattern: WORDS_PATTERN }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: TEXTS_MAX },
    ),
  },
  { additionalProperties: false },
);
export type TextsRequest = Type.Static<typeof textsRequest>;

/** What became of one text: the first two are final, the others leave it where it was. */
export const TEXT_VERDICTS = [
  /** The server has it, for good. */
  'kept',
  /** HQ erased it before: it is not taken. */
  'erased',
  /** The server does not have that event (yet). */
  'no_event',
  /** That event is there and names no such text. */
  'not_named',
  /** Salt and words are not what the name stands for. */
  'wrong_words',
] as const;
export type TextVerdict = (typeof TEXT_VERDICTS)[number];

export const textsResponse = Type.Object({
  /** In the order of the question: one text that is not taken stops none of the others. */
  verdicts: Type.Array(Type.String({ maxLength: 64 }), { maxItems: TEXTS_MAX }),
  /** What the server keeps is of this log: with another, everything is brought anew (E8). */
  logId: Type.String({ minLength: 1, maxLength: 64 }),
  /** So many texts of the asking node are here now; it only ever grows, so a state that names fewer shows a loss (E8). */
  held: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type TextsResponse = Type.Static<typeof textsResponse>;
