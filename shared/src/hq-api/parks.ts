import Type from 'typebox';
import { parkDocument } from '../documents/park-document.ts';
import { parkField } from '../events/fields.ts';

/** A park: its id and the state of its document. Body of `POST /parks` and item of `GET /parks`. */
export const parkBody = Type.Object({ park: parkField, document: parkDocument }, { additionalProperties: false });
export type ParkBody = Type.Static<typeof parkBody>;

export const parksAnswer = Type.Object({ parks: Type.Array(parkBody) });
export type ParksAnswer = Type.Static<typeof parksAnswer>;
