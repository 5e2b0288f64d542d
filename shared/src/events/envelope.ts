import type { NodeId, ParkId } from '../lib/ids.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Hlc } from '../sync/hlc.ts';

/** How far a node trusted its clock when it wrote an event (H2), best first. */
export const TRUST_LEVELS = ['server', 'peer', 'rtc', 'supervisor', 'none'] as const;
export type Trust = (typeof TRUST_LEVELS)[number];

/** What an author says; place in the log, clocks and hashes are added when it is appended. */
export interface EventDraft<Type extends string = string, Body = JsonObject> {
  readonly type: Type;
  readonly version: number;
  /** What the event is about: `ticket:<id>`, `sale:<id>`, `shift:<id>`, `document:<id>`, `kiosk:<node>` ... */
  readonly subject: string;
  /** The id of the command that led to it, or the event it answers; null if neither. */
  readonly cause: string | null;
  /** `staff:<id>`, `hq:<user>` or `system`. */
  readonly actor: string;
  readonly body: Body;
}

/** One fact of the log (E1, E2). Never edited, never refused by sync, never deleted. */
export interface Event<Type extends string = string, Body = JsonObject> extends EventDraft<Type, Body> {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
  /** Gap-free from 1 within (node, epoch). */
  readonly seq: number;
  readonly hlc: Hlc;
  /** The author's time as far as it knew it, milliseconds since 1970 (H2). For people: nothing is ordered by it. */
  readonly wallMs: number;
  readonly trust: Trust;
  /** SHA-256 of the body's canonical JSON, in hexadecimal. */
  readonly bodyHash: string;
  /** The `hash` of the event before it in this stream; 64 zeros for the first. */
  readonly prev: string;
  /** SHA-256 of the canonical JSON of the envelope without `body` and `hash`. */
  readonly hash: string;
}

/** The author's signature over the head of its stream (E3): it vouches for every event up to `to`. */
export interface Seal {
  readonly node: NodeId;
  readonly epoch: number;
  readonly to: number;
  readonly headHash: string;
  readonly hlc: Hlc;
  /** The key that signed: `keyIdOf` its public key. */
  readonly kid: string;
  /** Ed25519 over `sealBytes`, base64url. */
  readonly signature: string;
}

/** `node/epoch/seq`: an event's name in causes and logs (E1). */
export const eventId = (event: { readonly node: string; readonly epoch: number; readonly seq: number }): string =>
  `${event.node}/${event.epoch}/${event.seq}`;
