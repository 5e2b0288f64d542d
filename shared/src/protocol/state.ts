import Type from 'typebox';
import { epochField, hashField, nodeField, publicKeyField } from '../events/fields.ts';

/** `GET /sync/state` (K3): what the server has of this node. Every session starts here; the server's word wins. */
export const stateResponse = Type.Object({
  protocolVersion: Type.Integer({ minimum: 1 }),
  node: nodeField,
  epoch: epochField,
  acknowledged: Type.Integer({ minimum: 0 }),
  /** The hash of the event at `acknowledged`, so that a node sees whether the server holds its own past. */
  acknowledgedHash: hashField,
  durable: Type.Boolean(),
  logId: Type.String({ minLength: 1, maxLength: 64 }),
  /** The park's newest position. */
  head: Type.Integer({ minimum: 0 }),
  /** HQ's node in this park and the key that seals its present epoch (E7). */
  hq: Type.Object({ node: nodeField, epoch: epochField, publicKey: publicKeyField }),
  peopleRevision: Type.Integer({ minimum: 0 }),
  serverMs: Type.Integer({ minimum: 0 }),
});
export type StateResponse = Type.Static<typeof stateResponse>;
