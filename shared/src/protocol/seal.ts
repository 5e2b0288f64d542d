import Type from 'typebox';
import { epochField, hashField, hlcField, keyIdField, nodeField, seqField, signatureField } from '../events/fields.ts';

/** A seal on the wire (E3). */
export const sealField = Type.Object(
  {
    node: nodeField,
    epoch: epochField,
    to: seqField,
    headHash: hashField,
    hlc: hlcField,
    kid: keyIdField,
    signature: signatureField,
  },
  { additionalProperties: false },
);
