import type { Unreadable } from '../events/recovery.ts';
import { assert } from '../lib/assert.ts';
import { base64urlToBytes, bytesToUtf8, utf8ToBytes } from '../lib/bytes.ts';
import { PUSH_BYTES_MAX } from '../protocol/limits.ts';
import type { PushRequest } from '../protocol/push.ts';
import { eventToWire, type WireEvent, type WireWords } from '../protocol/wire-event.ts';
import { isUnreadable } from './unreadable.ts';

/**
 * A push as it travels. An `Unreadable` goes as its own words, whoever hands it on (S2): so it is no larger than when its
 * author sent it, and a server that reads more than this program hashes it as its author did.
 */
export function pushText(push: PushRequest): string {
  const { events, ...frame } = push;
  return `${JSON.stringify(frame).slice(0, -1)},"events":[${events.map((wire) => wireText(wire as WireEvent)).join(',')}]}`;
}

/**
 * The events of one sealed group take no more than this on the wire (M1): a group goes whole, so a larger one could never
 * be pushed. The rest of a push is for what is put around it: the frame, and each time that it is recorded again (E6).
 */
export const GROUP_BYTES_MAX = PUSH_BYTES_MAX - 16 * 1024;

/** What events take of a push, in bytes. */
export const bytesOfEvents = (events: readonly WireWords[]): number =>
  events.reduce((sum, event) => sum + utf8ToBytes(wireText(eventToWire(event))).length + 1, 0);

/** An event as it travels. */
export function wireText(wire: WireEvent): string {
  if (!isUnreadable(wire[3], wire[4])) return JSON.stringify(wire);
  const bytes = base64urlToBytes((wire[8] as unknown as Unreadable).bytes);
  assert(bytes, 'what is stored as Unreadable has bytes');
  return bytesToUtf8(bytes);
}
