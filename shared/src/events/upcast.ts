import type { JsonObject } from '../lib/json.ts';
import { CURRENT_VERSION, type EventType } from './catalogue.ts';
import type { Event } from './envelope.ts';

/** Brings a body of one version to the next. Pure; stored events are never rewritten (E4). */
export type Upcaster = (body: JsonObject) => JsonObject;

/** `DocumentChanged@1` leads from version 1 to 2. */
export const UPCASTERS: Readonly<Record<string, Upcaster>> = {
  'DocumentChanged@1': (body) => ({ ...body, generation: 1 }),
};

/** The event as if it had been written today. The version must be known (see read-event.ts). */
export function upcast(event: Event, upcasters: Readonly<Record<string, Upcaster>> = UPCASTERS): Event {
  const target = CURRENT_VERSION[event.type as EventType] ?? event.version;
  let { body } = event;
  for (let version = event.version; version < target; version += 1) {
    const step = upcasters[`${event.type}@${version}`];
    if (!step) throw new Error(`broken invariant: no upcaster for ${event.type} version ${version}`);
    body = step(body);
  }
  return target === event.version ? event : { ...event, version: target, body };
}
