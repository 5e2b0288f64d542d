import type { KnownDraft, KnownEvent } from '../events/catalogue.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import { hlcOf } from '../sync/hlc.ts';

/** A draft as an event in its place, for folds: no chain, and a hash that only names it. */
export const placedEvent = (node: string, seq: number, atMs: number, made: KnownDraft): KnownEvent =>
  ({
    ...made,
    park: 'ala-too' as ParkId,
    node: node as NodeId,
    epoch: 1,
    seq,
    hlc: hlcOf(atMs, 0),
    wallMs: atMs,
    trust: 'server',
    bodyHash: '',
    prev: '',
    hash: `${node}/${seq}`,
  }) as unknown as KnownEvent;
