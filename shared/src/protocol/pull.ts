import Type from 'typebox';
import { epochField, nameField, nodeField, seqField } from '../events/fields.ts';
import { PULL_WAIT_MS_MAX, PUSH_EVENTS_MAX } from './limits.ts';
import { sealField } from './seal.ts';
import { wireEventField } from './wire-event.ts';

/** `GET /sync/pull?after=&limit=&waitMs=` (S4). */
export const pullQuery = Type.Object(
  {
    /** The last park position this node has scanned; 0 at first. */
    after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 * PUSH_EVENTS_MAX })),
    /** Wait this long for something new before answering an empty page. */
    waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: PULL_WAIT_MS_MAX })),
  },
  { additionalProperties: false },
);
export type PullQuery = Type.Static<typeof pullQuery>;

/** Consecutive events of one stream and the seal that closes them. */
export const pullRun = Type.Object({
  node: nodeField,
  epoch: epochField,
  from: seqField,
  events: Type.Array(wireEventField, { minItems: 1 }),
  seal: sealField,
});
export type PullRun = Type.Static<typeof pullRun>;

/** What the server knows of a gate of this park: the basis of coverage until kiosks meet on the LAN. */
export const gateContact = Type.Object({
  node: nodeField,
  gateId: nameField,
  name: Type.String({ maxLength: 60 }),
  /** How long ago the server last heard from it, in milliseconds; null if never. */
  contactAgeMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
});
export type GateContact = Type.Static<typeof gateContact>;

const stampField = Type.String({ maxLength: 100 });

/** One page of what other nodes of the park did, in park order. */
export const pullResponse = Type.Object({
  runs: Type.Array(pullRun),
  /** The new cursor: the last position scanned, one's own events included. Applied in one transaction with the page. */
  next: Type.Integer({ minimum: 0 }),
  /** The park's newest position: `next < head` means there is more. */
  head: Type.Integer({ minimum: 0 }),
  logId: Type.String({ minLength: 1, maxLength: 64 }),
  gates: Type.Array(gateContact, { maxItems: 500 }),
  peopleRevision: Type.Integer({ minimum: 0 }),
  serverMs: Type.Integer({ minimum: 0 }),
  /** How long the server held the question before it read this page: the page is at least this much newer than it. */
  heldMs: Type.Integer({ minimum: 0 }),
  /**
   * Since 2: up to where the server has the asker's own stream now, so that an idle kiosk notices within one page that
   * something of it was lost (K3).
   */
  acknowledged: Type.Optional(Type.Integer({ minimum: 0 })),
  /**
   * Since 2: what stands at `after` and at `next`, as a name that no other event and no other taking in has; empty where
   * nothing stands. A kiosk whose cursor had another one pulled from a part of the log that is gone (E8).
   */
  afterStamp: Type.Optional(stampField),
  nextStamp: Type.Optional(stampField),
  /**
   * Since 2: a name of the park's whole list of people, as no other list has it (P1): two lists may have one revision where
   * the server was put back (E8). Left out where the list is too long for one answer.
   */
  peopleStamp: Type.Optional(stampField),
  /** Since 2: whether what the server has would survive a power cut: only then may a kiosk prune (K4). */
  durable: Type.Optional(Type.Boolean()),
});
export type PullResponse = Type.Static<typeof pullResponse>;
