import Type from 'typebox';
import { epochField, hashField, nodeField, publicKeyField, seqField } from '../events/fields.ts';
import { sealField } from './seal.ts';

/** A vector names at most this many streams; a longer one is refused (X2). */
export const VECTOR_STREAMS_MAX = 200;

/**
 * How far a node holds a stream. With HQ's streams comes the seal over that head: what HQ signed and the server no longer
 * has proves that the server was restored; without the seal it is anybody's word, and changes nothing (E8).
 */
export const streamHead = Type.Object(
  { node: nodeField, epoch: epochField, to: seqField, headHash: hashField, seal: Type.Optional(sealField) },
  { additionalProperties: false },
);
export type StreamHeadOnWire = Type.Static<typeof streamHead>;

/**
 * `POST /sync/state` (since 2): as GET, and tells the server what the kiosk holds: every stream of HQ, and the newest
 * others. A server that holds less of one asks for it in `wants` (E8).
 */
export const stateRequest = Type.Object(
  { streams: Type.Array(streamHead, { maxItems: VECTOR_STREAMS_MAX }) },
  { additionalProperties: false },
);
export type StateRequest = Type.Static<typeof stateRequest>;

/** Events of a stream, from a seq on, that the server lacks and the kiosk has: any kiosk may deliver them (S1). */
export const wantedStream = Type.Object({ node: nodeField, epoch: epochField, from: seqField });
export type WantedStream = Type.Static<typeof wantedStream>;

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
  /** Since 2: so many texts of this node are here (E5). Fewer than before: an older backup was put back. */
  texts: Type.Optional(Type.Integer({ minimum: 0 })),
  serverMs: Type.Integer({ minimum: 0 }),
  /** Since 2, only in answer to a POST. */
  wants: Type.Optional(Type.Array(wantedStream, { maxItems: VECTOR_STREAMS_MAX })),
  /** Since 2: keys of HQ's earlier epochs in this park, oldest first: its stream may have been taken back from kiosks. */
  earlierHq: Type.Optional(
    Type.Array(Type.Object({ node: nodeField, epoch: epochField, publicKey: publicKeyField }), { maxItems: 100 }),
  ),
});
export type StateResponse = Type.Static<typeof stateResponse>;
