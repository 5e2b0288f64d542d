import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Event, Seal } from '../events/envelope.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import {
  bodyHashOf,
  CHAIN_START,
  chainEvent,
  envelopeHashOf,
  nodeKeyFrom,
  sealHead,
  sealVerifies,
  type UnchainedEvent,
} from './chain.ts';

const crypto = cryptoFromNode(nodeCrypto);
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(3));
const publicKey = crypto.publicKeyOf(key.privateKey);
const node = 'k-0000000000000001' as NodeId;

const unchained: UnchainedEvent = {
  park: 'ala-too' as ParkId,
  node,
  epoch: 1,
  seq: 1,
  hlc: '01a200000000000a',
  wallMs: 1_795_262_400_000,
  trust: 'server',
  type: 'TicketVoided',
  version: 1,
  subject: 'ticket:0123456789ABCDEF',
  cause: null,
  actor: 'staff:a',
  body: { ticketId: '0123456789ABCDEF', reason: 'lost' },
};
const first = chainEvent(crypto, unchained, CHAIN_START);
const second = chainEvent(crypto, { ...unchained, seq: 2, body: { ticketId: '0', reason: '' } }, first.hash);

describe('E2: the chain', () => {
  it('binds each event to the one before it', () => {
    expect(first.prev).toBe(CHAIN_START);
    expect(second.prev).toBe(first.hash);
    expect(chainEvent(crypto, { ...unchained, seq: 2, body: second.body }, CHAIN_START).hash).not.toBe(second.hash);
  });

  it('covers the body by its hash alone, so that a body can be withheld', () => {
    expect(envelopeHashOf(crypto, { ...first, body: undefined } as unknown as Event)).toBe(first.hash);
    expect(bodyHashOf(crypto, first.body)).toBe(first.bodyHash);
  });

  const changes: { readonly [Field in keyof UnchainedEvent]: UnchainedEvent[Field] } = {
    park: 'karakol' as ParkId,
    node: 'k-0000000000000002' as NodeId,
    epoch: 2,
    seq: 2,
    hlc: '01a200000000000b',
    wallMs: unchained.wallMs + 1,
    trust: 'none',
    type: 'TicketBlocked',
    version: 2,
    subject: 'ticket:0000000000000000',
    cause: 'command',
    actor: 'staff:b',
    body: { ticketId: '0123456789ABCDEF', reason: 'found' },
  };
  it.each(Object.entries(changes))('breaks if %s is changed', (field, value) => {
    const tampered = chainEvent(crypto, { ...unchained, [field]: value }, CHAIN_START);
    expect(tampered.hash).not.toBe(first.hash);
  });

  it('does not care in which order a body was written down', () => {
    const body = Object.fromEntries(Object.entries(unchained.body).reverse());
    expect(chainEvent(crypto, { ...unchained, body }, CHAIN_START)).toEqual(first);
  });

  it('ignores what is not part of an event', () => {
    const padded = { ...unchained, position: 7 } as UnchainedEvent;
    expect(chainEvent(crypto, padded, CHAIN_START).hash).toBe(first.hash);
  });
});

describe('E3: the seal', () => {
  const seal = sealHead(crypto, key, second);
  const expected = { node, epoch: 1, publicKey };

  it('vouches for the head of its stream', () => {
    expect(seal).toMatchObject({ node, epoch: 1, to: 2, headHash: second.hash, hlc: second.hlc, kid: key.kid });
    expect(sealVerifies(crypto, seal, expected)).toBe(true);
  });

  const changes: Seal = {
    node: 'k-0000000000000002' as NodeId,
    epoch: 2,
    to: 3,
    headHash: first.hash,
    hlc: '01a200000000000c',
    kid: '0000000000000000',
    signature: `${seal.signature.slice(0, -2)}AA`,
  };
  it.each(Object.entries(changes))('is worth nothing if %s is changed', (field, value) => {
    expect(sealVerifies(crypto, { ...seal, [field]: value }, expected)).toBe(false);
  });

  it.each(['', 'AAAA', '!'.repeat(86), `${seal.signature}A`])('is worth nothing with the signature %j', (signature) => {
    expect(sealVerifies(crypto, { ...seal, signature }, expected)).toBe(false);
  });

  it('is of one stream and one key: no other node, epoch or key can use it', () => {
    const otherKey = crypto.publicKeyOf(new Uint8Array(32).fill(4));
    expect(sealVerifies(crypto, seal, { ...expected, publicKey: otherKey })).toBe(false);
    expect(sealVerifies(crypto, seal, { ...expected, epoch: 2 })).toBe(false);
    expect(sealVerifies(crypto, seal, { ...expected, node: 'k-0000000000000009' as NodeId })).toBe(false);
  });

  it('is worth nothing under another name of the right key', () => {
    expect(sealVerifies(crypto, sealHead(crypto, { ...key, kid: '0000000000000000' }, second), expected)).toBe(false);
  });

  it('cannot be passed off as made by another key of the same name', () => {
    const forged = sealHead(crypto, { ...nodeKeyFrom(crypto, new Uint8Array(32).fill(4)), kid: key.kid }, second);
    expect(sealVerifies(crypto, forged, expected)).toBe(false);
  });
});
