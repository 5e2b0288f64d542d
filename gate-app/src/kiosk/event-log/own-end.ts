import { assert } from '@skygate/shared/lib/assert';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { chainEvent, type NodeKey, sealVerifies } from '@skygate/shared/sync/chain';
import type { Hlc } from '@skygate/shared/sync/hlc';
import type { OwnEnd } from './append-own.ts';
import type { KioskIdentity } from './event-log.ts';
import type { StoredEvents } from './stored-event.ts';

/** The end of the own stream as the disk has it. The durable clock is the later of it and what was received (H1). */
export function readOwnEnd(events: StoredEvents, identity: KioskIdentity, received: Hlc): OwnEnd {
  const stream = events.findStream(identity);
  assert(stream !== null, 'enrolment started the own stream');
  const head = events.headOf(stream);
  const last = head.seq === 0 ? null : events.read(identity, head.seq);
  return { stream, head, hlc: last !== null && last.hlc > received ? last.hlc : received };
}

/** The log's own end is not what this kiosk sealed: the file was damaged, or is of another kiosk. */
export class DamagedLogError extends Error {
  override readonly name = 'DamagedLogError';
}

/**
 * Boot check: the last own event hashes to what is stored, and its seal is this node's. A transaction holds its events
 * and their seal, so a head without a seal is no power cut but a damaged or foreign file.
 * @throws DamagedLogError
 */
export function assertEndVerifies(
  end: OwnEnd,
  { crypto, key, events, identity }: { crypto: Crypto; key: NodeKey; events: StoredEvents; identity: KioskIdentity },
): void {
  const { seq } = end.head;
  if (seq === 0) return;
  const last = events.read(identity, seq);
  const signature = events.signatureAt(end.stream, seq);
  if (!last || !signature) throw new DamagedLogError('the own stream does not end with a seal');
  const { bodyHash: _body, prev, hash, ...unchained } = last;
  if (chainEvent(crypto, unchained, prev).hash !== hash) {
    throw new DamagedLogError('the last own event has another hash than is stored');
  }
  const { node, epoch, hlc } = last;
  const seal = { node, epoch, to: seq, headHash: last.hash, hlc, kid: key.kid, signature: bytesToBase64url(signature) };
  const publicKey = crypto.publicKeyOf(key.privateKey);
  if (!sealVerifies(crypto, seal, { node, epoch, publicKey })) {
    throw new DamagedLogError("the own stream's seal is not of this kiosk's key");
  }
}
