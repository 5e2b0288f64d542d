import Type from 'typebox';
import { dateField, epochField, idField, nodeField, slotField, wallMsField } from '../events/fields.ts';

const placesField = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** `POST /parks/:park/capacity` (C1). */
export const capacityBody = Type.Object(
  { date: dateField, slot: slotField, places: placesField, reason: Type.String({ maxLength: 500 }) },
  { additionalProperties: false },
);
export type CapacityBody = Type.Static<typeof capacityBody>;

/** `POST /parks/:park/leases` (C1, C2): lends places to the present incarnation of a till. */
export const leaseBody = Type.Object(
  { node: nodeField, date: dateField, slot: slotField, places: Type.Integer({ minimum: 1, maximum: 1_000_000 }) },
  { additionalProperties: false },
);
export type LeaseBody = Type.Static<typeof leaseBody>;

/** `POST /parks/:park/leases/:lease/take-back` (C3): whoever is logged in answers for it. */
export const takeBackBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type TakeBackBody = Type.Static<typeof takeBackBody>;

/** `PUT /parks/:park/capacity/reserve` (C4): places of each slot that tills are not lent when they ask by themselves. */
export const reserveBody = Type.Object({ places: placesField }, { additionalProperties: false });
export type ReserveBody = Type.Static<typeof reserveBody>;

export const leaseItem = Type.Object({
  leaseId: idField,
  node: nodeField,
  epoch: epochField,
  kioskName: Type.String(),
  /** The till that gave it on (C4); null if HQ lent it. */
  fromName: Type.Union([Type.String(), Type.Null()]),
  slot: slotField,
  /** What it carries: 0 where its giver did not have it. */
  places: placesField,
  /** Places sold from it, returned to HQ and given on, as far as the server knows. */
  used: Type.Integer(),
  returned: Type.Integer(),
  given: Type.Integer(),
  endsMs: wallMsField,
  /** `ended`: HQ holds its holder's seal past the end (C2). */
  state: Type.Enum(['open', 'ended', 'taken_back']),
});
export type LeaseItem = Type.Static<typeof leaseItem>;

export const slotItem = Type.Object({
  slot: slotField,
  /** Null if HQ has set none: nothing may be lent or sold. */
  capacity: Type.Union([placesField, Type.Null()]),
  /** Places HQ lent to tills, used or not. */
  leased: Type.Integer(),
  /** Of them: what tills gave back to HQ, and gave to one another. */
  returned: Type.Integer(),
  given: Type.Integer(),
  /** Places sold: at tills, and by HQ itself. */
  sold: Type.Integer(),
  /** Bookings: waiting for their buyer, and confirmed. */
  held: Type.Integer(),
  confirmed: Type.Integer(),
  /** Places of voided tickets that not every gate knows of yet (C5). */
  idle: Type.Integer(),
  /** Places tills sold past their share in somebody's name (C3). */
  overridden: Type.Integer(),
  /** Places sold and lent past the capacity though nobody overrode it. */
  oversold: Type.Integer(),
  /** What HQ may still lend or sell; 0 also where a lowered capacity is below what is out already. */
  left: Type.Integer(),
});
export type SlotItem = Type.Static<typeof slotItem>;

/** What no honest kiosk can bring about by itself: a clone, a restored disk or a lie (C1). */
export const findingItem = Type.Object({
  kind: Type.Enum(['overdrawn', 'not_the_holder', 'worthless_transfer']),
  slot: slotField,
  leaseId: idField,
  node: nodeField,
  epoch: epochField,
  kioskName: Type.String(),
  places: Type.Integer(),
  out: Type.Integer(),
});
export type FindingItem = Type.Static<typeof findingItem>;

export const capacityQuery = Type.Object({ date: dateField }, { additionalProperties: false });
export const capacityAnswer = Type.Object({
  date: dateField,
  slots: Type.Array(slotItem),
  leases: Type.Array(leaseItem),
  findings: Type.Array(findingItem),
  /** Places of each slot that tills are not lent when they ask by themselves. */
  reserve: placesField,
});
export type CapacityAnswer = Type.Static<typeof capacityAnswer>;
