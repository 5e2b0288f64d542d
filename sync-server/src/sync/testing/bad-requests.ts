import { deflateRawSync } from 'node:zlib';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { chunk } from '@skygate/shared/testing/change-chunks';
import { plainBody, pushOf, streamOf } from '../../db/testing/test-server.ts';

// For tests: what an adversary sends who holds an enrolled kiosk's key.

const MB = 1024 * 1024;

/** Where another kiosk's stream is. */
export interface OthersStream {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
}

/**
 * Pushes by which it would write in another's stream (S1): events of its own under its own seal; those under the other's
 * seal; and the other's own, turned round or moved.
 * @param held a push of the other's, as anybody may pull it
 */
export function forgeries(key: NodeKey, other: OthersStream, held: PushRequest): readonly PushRequest[] {
  const invented = streamOf(other);
  invented.write(5, () => plainBody(7));
  const own = pushOf(key, invented.log);
  const count = held.events.length;
  return [
    own,
    { ...own, seal: held.seal, events: own.events.slice(0, count) },
    ...(count > 1 ? [{ ...held, events: held.events.toReversed() }] : []),
    { ...held, from: held.from + count, seal: { ...held.seal, to: held.seal.to + count } },
  ];
}

/** A vector of so many streams, as JSON. */
export function vectorText(node: string, streams: number): string {
  const entry = JSON.stringify({ node, epoch: 1, to: 1, headHash: '0'.repeat(64) });
  return `{"streams":[${Array(streams).fill(entry).join(',')}]}`;
}

/** The run at the end of the integers. */
export function atIntegersEnd(push: PushRequest): PushRequest {
  const last = Number.MAX_SAFE_INTEGER;
  return { ...push, from: last, seal: { ...push.seal, to: last } };
}

/** Packed once: it takes a while. */
let bomb: string | null = null;

/** A small change of a document that unpacks to sixty megabytes (D1). */
export function bombBody(): JsonObject {
  bomb ??= bytesToBase64url(chunk(2, deflateRawSync(Buffer.alloc(60 * MB))));
  const change = bomb;
  return { documentId: 'catalogue', changeHash: '0'.repeat(64), change, about: 'day-ticket', generation: 1 };
}
