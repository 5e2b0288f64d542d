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
