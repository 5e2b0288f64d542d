import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nodeKeyFrom } from '../../sync/chain.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import type { TicketClaims } from '../ticket/ticket-claims.ts';
import { type ParsedTicketCode, parseTicketCode, signTicketCode } from '../ticket/ticket-code.ts';
import { decideTicketKey, type KnownSigningKey, type KnownTicket } from './ticket-key.ts';

const crypto = cryptoFromNode(nodeCrypto);
const TILL = 'k-0000000000000002';
const claims: TicketClaims = {
  ticketId: '0123456789ABCDEF',
  productId: 'day',
  party: [{ unitId: 'adult', count: 1 }],
  parks: ['ala-too'],
  date: '2026-11-21',
  slot: 'day',
  issuedMs: 1_795_262_400_123,
  notBeforeMs: 1_795_212_000_000,
  expiresMs: 1_795_298_400_000,
  flags: 0,
};

function keyOf(seed: number, revoked: KnownSigningKey['revoked'] = null) {
  const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(seed));
  const publicKey = crypto.publicKeyOf(key.privateKey);
  const signingKey: KnownSigningKey = {
    kid: key.kid,
    publicKey,
    holder: TILL,
    holderEpoch: 1,
    parks: ['ala-too'],
    revoked,
  };
  const sign = (changed: Partial<TicketClaims> = {}): ParsedTicketCode => {
    const parsed = parseTicketCode(signTicketCode(crypto, { ...claims, ...changed }, key));
    if (!parsed.ok) throw new Error('the code must be readable');
    return parsed.value;
  };
  return { signingKey, sign };
}

describe('T1: the key of a ticket', () => {
  it('may be any of two that live at once: rotation', () => {
    const keys = [keyOf(1), keyOf(2)];
    for (const { signingKey, sign } of keys) {
      expect(decideTicketKey(crypto, sign(), { signingKey, ticket: undefined })).toBe('good');
    }
  });

  it('is unknown where this kiosk does not have it, or has only another', () => {
    const { sign } = keyOf(1);
    expect(decideTicketKey(crypto, sign(), { signingKey: undefined, ticket: undefined })).toBe('unknown_key');
    const other = keyOf(2).signingKey;
    expect(decideTicketKey(crypto, sign(), { signingKey: other, ticket: undefined })).toBe('unknown_key');
  });

  it('is not proven by its name', () => {
    const forged = { ...keyOf(2).sign(), kid: keyOf(1).signingKey.kid };
    const { signingKey } = keyOf(1);
    expect(decideTicketKey(crypto, forged, { signingKey, ticket: undefined })).toBe('bad_signature');
  });
});

describe('T1: a revoked key', () => {
  const { signingKey, sign } = keyOf(1, { epoch: 2, lastSeq: 40 });
  const known = (change: Partial<KnownTicket> = {}): KnownTicket => ({
    claims,
    kid: signingKey.kid,
    node: TILL,
    epoch: 2,
    seq: 40,
    isForked: false,
    ...change,
  });
  const verdict = (ticket: KnownTicket | undefined, parsed = sign()) =>
    decideTicketKey(crypto, parsed, { signingKey, ticket });

  it('still counts for tickets known to be issued up to the last good event', () => {
    expect(verdict(known())).toBe('good');
    expect(verdict(known({ seq: 1 }))).toBe('good');
    expect(verdict(known({ epoch: 1, seq: 5000 }))).toBe('good');
  });

  it.each<[string, KnownTicket | undefined]>([
    ['not known here', undefined],
    ['issued after it', known({ seq: 41 })],
    ['issued in a later epoch', known({ epoch: 3, seq: 1 })],
    ['issued in another past of the stream', known({ seq: 7, isForked: true })],
    ['issued in another past of an earlier epoch', known({ epoch: 1, isForked: true })],
    ['issued by another node', known({ node: 'k-0000000000000009' })],
    ['issued under another key', known({ kid: '0000000000000000' })],
  ])('does not count for a ticket %s', (_, ticket) => {
    expect(verdict(ticket)).toBe('revoked_key');
  });

  it('does not count for a ticket in the stream of an incarnation that never had it: who has the disk can go on there', () => {
    const later = { ...signingKey, holderEpoch: 2 };
    const decide = (ticket: KnownTicket) => decideTicketKey(crypto, sign(), { signingKey: later, ticket });
    expect(decide(known())).toBe('good');
    expect(decide(known({ epoch: 1, seq: 3 }))).toBe('revoked_key');
  });

  it('does not count for a better ticket under a good number', () => {
    expect(verdict(known(), sign({ expiresMs: claims.expiresMs + 86_400_000 }))).toBe('revoked_key');
  });
});
