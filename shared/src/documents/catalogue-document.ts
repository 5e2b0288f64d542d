import Type from 'typebox';
import { nameField } from '../events/fields.ts';
import { wordsField } from './words.ts';

const priceField = Type.Integer({ minimum: 0, maximum: 100_000_000 });
/** A key that does not fit its pattern is refused: left open, the schema would not look at its value at all. */
const closed = { additionalProperties: false };
const timeField = Type.String({ pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$' });
const dateKey = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });

/** A price band of a product: adult, child over 3, child under 3, family ... */
export const unitField = Type.Object({
  name: wordsField,
  /** The small line under the name: "from 14 years". */
  hint: wordsField,
  order: Type.Integer({ minimum: 0, maximum: 1000 }),
  /** Who comes in on one of these: unit id to people, `{ adult: 2, child: 3 }` for a family. */
  party: Type.Record(nameField, Type.Integer({ minimum: 1, maximum: 100 }), closed),
  /** Places of the capacity that one takes. */
  placesEach: Type.Integer({ minimum: 0, maximum: 100 }),
  /** What gate staff must look at; `none` for nothing. */
  note: Type.Enum(['none', 'accompanied_child', 'check_age', 'senior', 'reduced_price']),
  /** Minor units, on every date that `prices` does not name. */
  priceMinor: priceField,
  /** Date to price in minor units. */
  prices: Type.Record(dateKey, priceField, closed),
});
export type CatalogueUnit = Type.Static<typeof unitField>;

export const productField = Type.Object({
  name: wordsField,
  /** `day`: any time of the visit date; `timed`: from a starting time. */
  kind: Type.Enum(['day', 'timed']),
  active: Type.Boolean(),
  order: Type.Integer({ minimum: 0, maximum: 1000 }),
  /** Entries in all; more than one lets people come back. */
  entriesAllowed: Type.Integer({ minimum: 1, maximum: 1000 }),
  /** Gates that take it; empty for all. */
  gates: Type.Record(nameField, Type.Boolean(), closed),
  /** Starting times of a timed product. */
  startTimes: Type.Record(timeField, Type.Boolean(), closed),
  /** How long before and after its starting time a timed ticket admits. */
  earlyMinutes: Type.Integer({ minimum: 0, maximum: 1440 }),
  lateMinutes: Type.Integer({ minimum: 0, maximum: 1440 }),
  /** What a gate does when it cannot know another gate's admissions. */
  whenGateSilent: Type.Enum(['provisional', 'refuse']),
  units: Type.Record(nameField, unitField, closed),
});
export type CatalogueProduct = Type.Static<typeof productField>;

/** The document `catalogue` of a park: what is sold. Maps, not lists, so that concurrent edits of two fields merge. */
export const catalogueDocument = Type.Object({ products: Type.Record(nameField, productField, closed) });
export type CatalogueDocument = Type.Static<typeof catalogueDocument>;
