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

export const leaseItem = Type.Object({
  leaseId: idField,
  node: nodeField,
  epoch: epochField,
  kioskName: Type.String(),
  slot: slotField,
  places: placesField,
  /** Places sold from it, as far as the server knows. */
  used: Type.Integer(),
  endsMs: wallMsField,
});
export type LeaseItem = Type.Static<typeof leaseItem>;

export const slotItem = Type.Object({
  slot: slotField,
  /** Null if HQ has set none: nothing may be lent or sold. */
  capacity: Type.Union([placesField, Type.Null()]),
  /** Places lent to tills, used or not. */
  leased: Type.Integer(),
  /** Places sold: from leases, and by HQ itself. */
  sold: Type.Integer(),
  /** What HQ may still lend; 0 also where a lowered capacity is below what is out already. */
  left: Type.Integer(),
});
export type SlotItem = Type.Static<typeof slotItem>;

export const capacityQuery = Type.Object({ date: dateField }, { additionalProperties: false });
export const capacityAnswer = Type.Object({
  date: dateField,
  slots: Type.Array(slotItem),
  leases: Type.Array(leaseItem),
});
export type CapacityAnswer = Type.Static<typeof capacityAnswer>;
