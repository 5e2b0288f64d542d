import Type from 'typebox';
import { epochField, hashField, nodeField, seqField, wallMsField } from '../events/fields.ts';

/** What was sent of a stream when its epoch was closed for it (S2, E6). */
export const quarantinedRun = Type.Object({
  runHash: hashField,
  node: nodeField,
  /** What HQ calls the kiosk. */
  name: Type.String(),
  epoch: epochField,
  fromSeq: seqField,
  toSeq: seqField,
  /** The first seq that does not fit. */
  atSeq: seqField,
  reason: Type.Enum(['equivocation', 'chain_broken']),
  /** Who delivered it; the kiosk itself or another. */
  byNode: nodeField,
  byName: Type.String(),
  receivedMs: wallMsField,
});
export type QuarantinedRun = Type.Static<typeof quarantinedRun>;

/** An event that a read model put aside (S7). */
export const quarantinedEvent = Type.Object({
  readModel: Type.String(),
  key: Type.String(),
  node: nodeField,
  name: Type.String(),
  epoch: epochField,
  seq: seqField,
  type: Type.String(),
  error: Type.String(),
  wallMs: Type.Integer(),
});
export type QuarantinedEvent = Type.Static<typeof quarantinedEvent>;

/** `GET /parks/:park/quarantine`: the newest of both. */
export const quarantineAnswer = Type.Object({
  runs: Type.Array(quarantinedRun),
  /** Runs that were not kept, because a kiosk's share or the park's was full. */
  runsDropped: Type.Integer({ minimum: 0 }),
  events: Type.Array(quarantinedEvent),
  /** All events that are put aside; more than are shown. */
  eventsTotal: Type.Integer({ minimum: 0 }),
});
export type QuarantineAnswer = Type.Static<typeof quarantineAnswer>;

/** `GET /parks/:park/quarantine/runs/:runHash`: the run as it was sent, JSON. */
export const quarantinedRunAnswer = Type.Object({ run: Type.String() });
export type QuarantinedRunAnswer = Type.Static<typeof quarantinedRunAnswer>;
