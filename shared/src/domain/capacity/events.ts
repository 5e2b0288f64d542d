import Type from 'typebox';
import { dateField, epochField, hlcField, idField, nodeField, slotField, textField } from '../../events/fields.ts';

const placesField = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** HQ set how many places (park, date, slot) has (C1). The newest by clock holds. */
export const capacitySetV1 = Type.Object({ date: dateField, slot: slotField, places: placesField, reason: textField });
export type CapacitySet = Type.Static<typeof capacitySetV1>;

/** HQ lent places to one incarnation of a node (C1, C2). */
export const leaseGrantedV1 = Type.Object({
  leaseId: idField,
  node: nodeField,
  epoch: epochField,
  date: dateField,
  slot: slotField,
  places: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** The lease ends when the holder's durable clock reaches this (C2). */
  endsHlc: hlcField,
});
export type LeaseGranted = Type.Static<typeof leaseGrantedV1>;

/** The holder gives places of its lease back to HQ (C4), which may lend them anew once it holds this event. */
export const leaseReturnedV1 = Type.Object({
  leaseId: idField,
  date: dateField,
  slot: slotField,
  places: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  reason: Type.Enum(['capacity_lowered', 'not_needed', 'revoked']),
});
export type LeaseReturned = Type.Static<typeof leaseReturnedV1>;

/**
 * The holder gives places of its lease to a peer (C4): durable and sealed at the giver first; the peer sells once it
 * holds it. The new lease ends when the old one does, by the receiver's own clock (C2).
 */
export const leaseTransferredV1 = Type.Object({
  leaseId: idField,
  /** The lease that the receiver has from it. */
  newLeaseId: idField,
  to: nodeField,
  toEpoch: epochField,
  date: dateField,
  slot: slotField,
  places: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  endsHlc: hlcField,
});
export type LeaseTransferred = Type.Static<typeof leaseTransferredV1>;

export const CAPACITY_OVERRIDES = [
  /** A supervisor sold past the till's share. */
  'sold_past_share',
  /** HQ took a lease back before its holder's seal passed its end (C2). */
  'lease_taken_back',
  /** HQ sells online after a restore though not every kiosk has reported (E8). */
  'sell_before_reports',
] as const;
export type CapacityOverride = (typeof CAPACITY_OVERRIDES)[number];

/** Somebody by name went past what C1 allows, and why (C3): the only way there is. */
export const capacityOverriddenV1 = Type.Object({
  kind: Type.Enum(CAPACITY_OVERRIDES),
  /** Null where it is about the whole park (`sell_before_reports`). */
  date: Type.Union([dateField, Type.Null()]),
  slot: Type.Union([slotField, Type.Null()]),
  places: placesField,
  /** The lease that was taken back. */
  leaseId: Type.Union([idField, Type.Null()]),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
});
export type CapacityOverridden = Type.Static<typeof capacityOverriddenV1>;
