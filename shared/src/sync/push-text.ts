import type { Unreadable } from '../events/recovery.ts';
import { assert } from '../lib/assert.ts';
import { base64urlToBytes, bytesToUtf8 } from '../lib/bytes.ts';
import type { PushRequest } from '../protocol/push.ts';
import type { WireEvent } from '../protocol/wire-event.ts';
import { isUnreadable } from './unreadable.ts';

/**
 * A push as it travels. An `Unreadable` goes as its own words, whoever hands it on (S2): so it is no larger than when its
 * author sent it, and a server that reads more than this program hashes it as its author did.
 */
export function pushText(push: PushRequest): string {
  const { events, ...frame } = push;
  return `${JSON.stringify(frame).slice(0, -1)},"events":[${events.map((wire) => wireText(wire as WireEvent)).join(',')}]}`;
}

/** An event as it travels. */
export function wireText(wire: WireEvent): string {
  if (!isUnreadable(wire[3], wire[4])) return JSON.stringify(wire);
  const bytes = base64urlToBytes((wire[8] as unknown as Unreadable).bytes);
  assert(bytes, 'what is stored as Unreadable has bytes');
  return bytesToUtf8(bytes);
}
