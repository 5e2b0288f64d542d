import Type from 'typebox';
import { productField } from '../documents/catalogue-document.ts';
import { wordsField } from '../documents/words.ts';
import { countField, dateField, nameField, wallMsField } from '../events/fields.ts';

const priceMinorField = Type.Integer({ minimum: 0, maximum: 100_000_000 });

/** Fields of a product to change; what is not named stays, so two people's edits of two fields both hold. */
export const productPatchBody = Type.Object(
  {
    name: Type.Optional(wordsField),
    active: Type.Optional(Type.Boolean()),
    /** Usual prices, by unit. */
    unitPrices: Type.Optional(Type.Record(nameField, priceMinorField)),
    /** Prices of single dates; null takes one back to the usual price. */
    datePrices: Type.Optional(
      Type.Array(
        Type.Object(
          { unitId: nameField, date: dateField, priceMinor: Type.Union([priceMinorField, Type.Null()]) },
          { additionalProperties: false },
        ),
        { maxItems: 400 },
      ),
    ),
  },
  { additionalProperties: false },
);
export type ProductPatchBody = Type.Static<typeof productPatchBody>;

/** One product and the ETag its edits must name in `If-Match`. */
export const productAnswer = Type.Object({ productId: nameField, etag: Type.String(), product: productField });
export type ProductAnswer = Type.Static<typeof productAnswer>;

export const catalogueAnswer = Type.Object({
  currency: Type.String(),
  products: Type.Array(productAnswer),
  /** Products in the document that do not fit their schema: they are not sold, and this says why. */
  unusable: Type.Array(Type.Object({ productId: Type.String(), problem: Type.String() })),
});
export type CatalogueAnswer = Type.Static<typeof catalogueAnswer>;

/** One field, from what to what: the values as JSON text, null where there was or is none. */
export const fieldChange = Type.Object({
  path: Type.Array(Type.String()),
  from: Type.Union([Type.String(), Type.Null()]),
  to: Type.Union([Type.String(), Type.Null()]),
  /** False if a later or a concurrent edit decides this field now. */
  holds: Type.Boolean(),
});
export type FieldChange = Type.Static<typeof fieldChange>;

/** One edit of the catalogue: who, when, where. */
export const historyEntry = Type.Object({
  changeHash: Type.String(),
  wallMs: wallMsField,
  /** `hq:<e-mail>` or `staff:<id>`. */
  actor: Type.String(),
  actorName: Type.Union([Type.String(), Type.Null()]),
  node: Type.String(),
  /** The kiosk it was made at; null for HQ. */
  kioskName: Type.Union([Type.String(), Type.Null()]),
  about: Type.Union([Type.String(), Type.Null()]),
  changes: Type.Array(fieldChange),
  /** More fields than are listed. */
  changesLeftOut: countField,
  /** Edits made without knowing of this one, nor this one of them: offline at the same time. */
  concurrentWith: Type.Array(Type.String()),
});
export type HistoryEntry = Type.Static<typeof historyEntry>;

export const historyQuery = Type.Object(
  { productId: Type.Optional(nameField), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) },
  { additionalProperties: false },
);
export const historyAnswer = Type.Object({
  entries: Type.Array(historyEntry),
  /** Changes that are stored and cannot be used yet: what they build on has not arrived. */
  waiting: countField,
});
export type HistoryAnswer = Type.Static<typeof historyAnswer>;
