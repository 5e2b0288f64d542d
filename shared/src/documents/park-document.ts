import Type from 'typebox';
import { currencyField, nameField } from '../events/fields.ts';
import { wordsField } from './words.ts';

/** A key that does not fit its pattern is refused: left open, the schema would not look at its value at all. */
const closed = { additionalProperties: false };
const timeField = Type.String({ pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$' });

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The document `park`: what a park is and when it is open. Not its capacity per day, which HQ sets by event (C1). */
export const parkDocument = Type.Object({
  name: wordsField,
  /** IANA name: `Asia/Bishkek`. */
  timeZone: Type.String({ minLength: 1, maxLength: 60 }),
  currency: currencyField,
  /** A business day ends at this hour of the next calendar day (H2). */
  cutOffHour: Type.Integer({ minimum: 0, maximum: 12 }),
  /** People the park is meant to hold at once, for the bars on the screens; 0 if not stated. */
  insideMax: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
  /** Whether exits are scanned at all (T4). */
  exitsScanned: Type.Boolean(),
  hours: Type.Record(Type.Enum(WEEKDAYS), Type.Object({ opens: timeField, closes: timeField })),
  gates: Type.Record(nameField, Type.Object({ name: wordsField }), closed),
});
export type ParkDocument = Type.Static<typeof parkDocument>;
