import Type from 'typebox';
import type { Event, Trust } from '../events/envelope.ts';
import { TRUST_LEVELS } from '../events/envelope.ts';
import { hlcField } from '../events/fields.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import type { JsonObject } from '../lib/json.ts';
import type { UnchainedEvent } from '../sync/chain.ts';
import { hlcMs } from '../sync/hlc.ts';

/**
 * An event on the wire (S2): what the receiver cannot compute. Park, node, epoch and seq stand once per run;
 * `bodyHash`, `prev` and `hash` are recomputed, and the run's seal vouches for the result.
 * `[hlc, wall clock minus hlc's milliseconds, trust index, type, version, subject, cause, actor, body]`
 */
export const wireEventField = Type.Tuple([
  hlcField,
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
  Type.Integer({ minimum: 0, maximum: TRUST_LEVELS.length - 1 }),
  Type.String({ minLength: 1, maxLength: 64 }),
  Type.Integer({ minimum: 1, maximum: 10_000 }),
  Type.String({ minLength: 1, maxLength: 120 }),
  Type.Union([Type.String({ maxLength: 120 }), Type.Null()]),
  Type.String({ minLength: 1, maxLength: 120 }),
  Type.Record(Type.String(), Type.Unknown()),
]);
export type WireEvent = [string, number, number, string, number, string, string | null, string, JsonObject];

/** Of an event, what travels. */
export type WireWords = Pick<
  Event,
  'hlc' | 'wallMs' | 'trust' | 'type' | 'version' | 'subject' | 'cause' | 'actor' | 'body'
>;

export function eventToWire(event: WireWords): WireEvent {
  const { hlc, wallMs, trust, type, version, subject, cause, actor, body } = event;
  return [hlc, wallMs - hlcMs(hlc), TRUST_LEVELS.indexOf(trust), type, version, subject, cause, actor, body];
}

/** The trust level of a wire event's third word; null if there is none of that number. */
export const trustOfWire = (index: unknown): Trust | null =>
  Number.isInteger(index) ? (TRUST_LEVELS[Number(index)] ?? null) : null;

/** Where a run of wire events stands in the log. */
export interface RunPlace {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
  /** The seq of the run's first event. */
  readonly from: number;
}

export function wireToEvent(wire: WireEvent, place: RunPlace, index: number): UnchainedEvent {
  const [hlc, wallOffsetMs, trust, type, version, subject, cause, actor, body] = wire;
  const { park, node, epoch, from } = place;
  const wallMs = hlcMs(hlc) + wallOffsetMs;
  return {
    park,
    node,
    epoch,
    seq: from + index,
    hlc,
    wallMs,
    trust: trustOfWire(trust) ?? 'none',
    type,
    version,
    subject,
    cause,
    actor,
    body,
  };
}
