import Type from 'typebox';
import { dateField, slotField } from '../events/fields.ts';

/**
 * `POST /sync/leases` (since 2, C4): a till is at its low-water mark and asks HQ for places. What HQ lends comes as
 * `LeaseGranted` by the next pull; nothing may be sold on the answer alone. `places` is how many unsold places the till
 * wants to have in all, not how many more: asking again after a lost answer brings nothing twice.
 */
export const leasesRequest = Type.Object(
  {
    wants: Type.Array(
      Type.Object(
        { date: dateField, slot: slotField, places: Type.Integer({ minimum: 1, maximum: 10_000 }) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 50 },
    ),
  },
  { additionalProperties: false },
);
export type LeasesRequest = Type.Static<typeof leasesRequest>;

export const leasesResponse = Type.Object({
  /** In the order of the question; `places` may be less than asked, or 0, and `left` is what HQ still has. */
  granted: Type.Array(
    Type.Object({
      date: dateField,
      slot: slotField,
      places: Type.Integer({ minimum: 0 }),
      left: Type.Integer({ minimum: 0 }),
    }),
  ),
});
export type LeasesResponse = Type.Static<typeof leasesResponse>;
