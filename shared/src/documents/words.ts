import Type from 'typebox';

const wordField = Type.String({ maxLength: 120 });

/** A text in the three languages. */
export const wordsField = Type.Object({ ru: wordField, ky: wordField, en: wordField });
export type Words = Type.Static<typeof wordsField>;
