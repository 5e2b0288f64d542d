import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { eventToWire, type WireEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent, type NodeKey, sealHead } from '@skygate/shared/sync/chain';
import { HLC_ZERO, hlcTick } from '@skygate/shared/sync/hlc';

export interface Stream {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
  readonly key: NodeKey;
}

/** A draft and the moment it was written down. */
export interface TimedDraft {
  readonly draft: KnownDraft;
  readonly wallMs: number;
}

/** A node that writes its stream as kiosks and HQ do: chained, sealed where a run ends. A run is a push too. */
export function createStreamWriter({ park, node, epoch, key }: Stream) {
  const crypto = createNodeCrypto();
  let head = { seq: 0, hash: CHAIN_START, hlc: HLC_ZERO };
  return (drafts: readonly TimedDraft[]): PullRun => {
    const from = head.seq + 1;
    const events: WireEvent[] = [];
    let last: ReturnType<typeof chainEvent> | null = null;
    for (const { draft, wallMs } of drafts) {
      const hlc = hlcTick(head.hlc, wallMs);
      const body = draft.body as unknown as JsonObject;
      const place = { park, node, epoch, seq: head.seq + 1, hlc, wallMs, trust: 'server' as const };
      last = chainEvent(crypto, { ...draft, body, ...place }, head.hash);
      head = last;
      events.push(eventToWire(last));
    }
    if (last === null) throw new Error('a run has events');
    return { node, epoch, from, events, seal: sealHead(crypto, key, last) };
  };
}
