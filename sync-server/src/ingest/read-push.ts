import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PushFrame } from '@skygate/shared/protocol/push';
import { type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import type { UnchainedEvent } from '@skygate/shared/sync/chain';
import { readWireEvent } from '@skygate/shared/sync/unreadable';

/** A push whose every event is read, those that break the schema as `Unreadable` (S2). */
export interface ReadPush {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly events: readonly UnchainedEvent[];
  readonly frame: PushFrame;
}

/** @returns why it is no push at all, in words */
export function readPush(park: ParkId, frame: PushFrame): Result<ReadPush, string> {
  const { node, epoch, from, seal } = frame;
  const to = from + frame.events.length - 1;
  if (seal.node !== node || seal.epoch !== epoch) return err('the seal is of another stream');
  if (seal.to !== to) return err('the seal is not over the last event');
  const place = { park, node: node as NodeId, epoch, from };
  const events: UnchainedEvent[] = [];
  for (const [index, words] of frame.events.entries()) {
    const wire: WireEvent | null = readWireEvent(words);
    if (wire === null) return err(`event ${from + index} has no canonical form that anybody can have sealed`);
    events.push(wireToEvent(wire, place, index));
  }
  return ok({ ...place, to, events, frame });
}
