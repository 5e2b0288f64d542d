import type Type from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { isTooDeep, JSON_DEPTH_MAX } from '../lib/canonical-json.ts';
import { hqNodeOf } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { bodySchema, isSaidByHqAlone, type KnownEvent } from './catalogue.ts';
import type { Event } from './envelope.ts';
import { upcast } from './upcast.ts';

/** Why an event cannot be folded here. It is stored and forwarded all the same (E4); the reason goes to quarantine. */
export type UnreadableEvent =
  | { readonly kind: 'unknown_type'; readonly type: string; readonly version: number }
  | { readonly kind: 'bad_body'; readonly type: string; readonly version: number; readonly problem: string }
  /** It says what only HQ may say: a kiosk cannot let in kiosks, publish keys or lend itself places. */
  | { readonly kind: 'not_by_hq'; readonly type: string; readonly version: number; readonly problem: string };

const validators = new Map<Type.TSchema, Validator>();

function validatorOf(schema: Type.TSchema): Validator {
  const known = validators.get(schema);
  if (known) return known;
  const validator = Compile(schema) as Validator;
  validators.set(schema, validator);
  return validator;
}

/** Checks a value against a schema. @returns the first problem in words, or null */
export function schemaProblem(schema: Type.TSchema, value: unknown): string | null {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return null;
  const [first] = validator.Errors(value);
  return first ? `${first.instancePath || '/'} ${first.message}` : 'does not fit its schema';
}

/** A stored event, brought to today's version and checked: the only door from the log to the folds (E4). */
export function readEvent(event: Event): Result<KnownEvent, UnreadableEvent> {
  const schema = bodySchema(event.type, event.version);
  if (!schema) return err({ kind: 'unknown_type', type: event.type, version: event.version });
  if (isSaidByHqAlone(event.type) && event.node !== hqNodeOf(event.park)) {
    const problem = `${event.node} is not HQ of ${event.park}`;
    return err({ kind: 'not_by_hq', type: event.type, version: event.version, problem });
  }
  const problem = schemaProblem(schema, event.body) ?? depthProblem(event);
  if (problem !== null) return err({ kind: 'bad_body', type: event.type, version: event.version, problem });
  return ok(upcast(event) as KnownEvent);
}

/** Version 1 stored such bodies as they came; whoever receives one today has an `Unreadable` in its place (S2). */
const depthProblem = ({ body }: Event): string | null =>
  isTooDeep(body) ? `has more than ${JSON_DEPTH_MAX} levels` : null;
