import Type from 'typebox';
import { epochField, nodeField, seqField } from '../events/fields.ts';
import { PUSH_EVENTS_MAX } from './limits.ts';
import { sealField } from './seal.ts';
import { wireEventField } from './wire-event.ts';

/**
 * A push as it may come in (since 2): the frame is checked as a whole, each event by itself, so that one that breaks the
 * schema keeps its place as `Unreadable` (S2) and holds up nothing.
 */
export const pushFrame = Type.Object(
  {
    node: nodeField,
    epoch: epochField,
    from: seqField,
    events: Type.Array(Type.Unknown(), { minItems: 1, maxItems: PUSH_EVENTS_MAX }),
    seal: sealField,
  },
  { additionalProperties: false },
);
export type PushFrame = Type.Static<typeof pushFrame>;

/** `POST /sync/push` (S2): a run of one stream, ending at the seal. */
export const pushRequest = Type.Object(
  {
    node: nodeField,
    epoch: epochField,
    /** The seq of the first event. */
    from: seqField,
    events: Type.Array(wireEventField, { minItems: 1, maxItems: PUSH_EVENTS_MAX }),
    seal: sealField,
  },
  { additionalProperties: false },
);
export type PushRequest = Type.Static<typeof pushRequest>;

/** 200: everything up to `acknowledged` is stored. Only what is `durable` may ever be pruned (K4, E9). */
export const pushResponse = Type.Object({
  acknowledged: Type.Integer({ minimum: 0 }),
  durable: Type.Boolean(),
  /** Changes when the server was restored from a backup (E8): acknowledgements start anew. */
  logId: Type.String({ minLength: 1, maxLength: 64 }),
  /** How many events the server will gladly take in the next push (S5). */
  credits: Type.Integer({ minimum: 1, maximum: PUSH_EVENTS_MAX }),
});
export type PushResponse = Type.Static<typeof pushResponse>;
