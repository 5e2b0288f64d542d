import Type from 'typebox';
import { sealField } from '../protocol/seal.ts';
import { epochField, hashField, nodeField, seqField } from './fields.ts';

/**
 * One old transaction that can never enter its own stream, because another past stands there (a restored disk, a clone):
 * recorded again in the stream of whoever still has it, word for word and under its author's own seal (E6).
 */
export const eventRecoveredV1 = Type.Object({
  /** The first event's place. */
  original: Type.Object({ node: nodeField, epoch: epochField, seq: seqField }),
  /** The hash before the first event. */
  prev: hashField,
  /** The events as they would have travelled (`WireEvent`), consecutive, up to the seal. */
  events: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 500 }),
  seal: sealField,
  /** Where this past parted from the stream that stands: the seq and the hash of its first event. Names the fork. */
  fork: Type.Object({ from: seqField, hash: hashField }),
});
export type EventRecovered = Type.Static<typeof eventRecoveredV1>;

/** Of base64url: an event of a push's full size and some. */
export const UNREADABLE_BYTES_MAX = 400_000;

/**
 * In the place of an event that breaks the wire's schema (S2): its words as they came, so that its hash can still be
 * computed and the chain goes on. Nobody writes one; whoever receives such an event stores it as this
 * (`readWireEvent`), and its `hash` and `bodyHash` are those of the words in `bytes`.
 */
export const unreadableV1 = Type.Object({
  /** The event's wire form as canonical JSON in base64url. */
  bytes: Type.String({ minLength: 1, maxLength: UNREADABLE_BYTES_MAX, pattern: '^[A-Za-z0-9_-]+$' }),
  /** What is wrong with it. */
  problem: Type.String({ maxLength: 500 }),
});
export type Unreadable = Type.Static<typeof unreadableV1>;
