import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { schemaProblem } from '../events/read-event.ts';
import { unreadableV1 } from '../events/recovery.ts';
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, utf8ToBytes } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import type { Json } from '../lib/json.ts';
import { type WireEvent, wireEventField, wireToEvent } from '../protocol/wire-event.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { bodyHashOf, CHAIN_START, chainEvent, envelopeHashOf } from './chain.ts';
import { flattened, isUnreadable, readWireEvent, wordsOfUnreadable } from './unreadable.ts';

const crypto = cryptoFromNode(nodeCrypto);
const place = { park: 'ala-too' as ParkId, node: 'k-0123456789ABCDEF' as NodeId, epoch: 1, from: 1 };
const body = { shiftId: '0123456789ABCDEF', amountMinor: 100, reason: 'change' };
const good: WireEvent = ['01a1fdfa4600001f', 5, 0, 'CashMoved', 1, 'shift:0123456789ABCDEF', null, 'staff:a', body];

/** So many levels within a body. */
const nested = (levels: number): Json => JSON.parse(`${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`);

/** The good event with one of its words replaced. */
const withWord = (index: number, word: unknown): Json => good.with(index, word as never) as unknown as Json;
const inBytes = (words: Json): string => bytesToBase64url(utf8ToBytes(canonicalJson(words)));
const forwarded = (words: Json, more: Partial<{ hlc: string; problem: string }> = {}): unknown => {
  const said = { bytes: inBytes(words), problem: more.problem ?? 'x' };
  return [more.hlc ?? good[0], good[1], good[2], 'Unreadable', 1, 'unreadable', null, 'system', said];
};
const hashOf = (wire: WireEvent): string => chainEvent(crypto, wireToEvent(wire, place, 0), CHAIN_START).hash;

const BROKEN: readonly (readonly [string, Json])[] = [
  ['a subject too long', withWord(5, 'x'.repeat(121))],
  ['no type', withWord(3, '')],
  ['a version of 0', withWord(4, 0)],
  ['an actor that is no text', withWord(7, { staff: 1 })],
  ['a body that is a list', withWord(8, [1, 2])],
  ['a body that is nothing', withWord(8, null)],
  ['a body of one level too many', withWord(8, nested(33))],
  ['a body of forty thousand levels', withWord(8, nested(40_000))],
];

describe('S2: what came in the place of an event', () => {
  it('is itself if it is a good event, of an unknown type too', () => {
    expect(readWireEvent(good)).toBe(good);
    const deep = withWord(8, nested(32));
    expect(readWireEvent(deep)).toBe(deep);
    const unknown = withWord(3, 'SomethingOfTomorrow');
    expect(readWireEvent(unknown)).toBe(unknown);
  });

  it.each(BROKEN)('keeps its place as an Unreadable with %s', (_what, words) => {
    const wire = readWireEvent(words);
    expect(schemaProblem(wireEventField, wire)).toBeNull();
    expect(wire?.slice(0, 5)).toEqual([...good.slice(0, 3), 'Unreadable', 1]);
    const { bytes, problem } = (wire as WireEvent)[8] as { bytes: string; problem: string };
    expect(schemaProblem(unreadableV1, wire?.[8])).toBeNull();
    expect(bytesToUtf8(base64urlToBytes(bytes) ?? new Uint8Array())).toBe(canonicalJson(words));
    expect(problem).not.toBe('');
  });

  it.each(BROKEN)('is hashed as its author hashed it, with %s', (_what, words) => {
    const wire = readWireEvent(words) as WireEvent;
    const [hlc, offset, , type, version, subject, cause, actor, said] = words as unknown as WireEvent;
    const { from: seq, ...where } = place;
    const event = { ...where, seq, hlc, type, version, subject, cause, actor, trust: 'server' as const };
    const wallMs = wireToEvent(good, place, 0).wallMs;
    expect(offset).toBe(good[1]);
    const hash = envelopeHashOf(crypto, { ...event, wallMs, bodyHash: bodyHashOf(crypto, said), prev: CHAIN_START });
    expect(hashOf(wire)).toBe(hash);
    expect(chainEvent(crypto, wireToEvent(wire, place, 0), CHAIN_START).bodyHash).toBe(bodyHashOf(crypto, said));
  });

  it.each<[string, unknown]>([
    ['no list', { hlc: good[0] }],
    ['nothing', null],
    ['eight words', good.slice(0, 8)],
    ['ten words', [...good, 1]],
    ['a clock that says nothing', withWord(0, 'yesterday')],
    ['a wall clock beyond safe integers', withWord(1, Number.MAX_SAFE_INTEGER)],
    ['a wall clock in halves', withWord(1, 0.5)],
    ['a trust nobody knows', withWord(2, 9)],
    ['half a character in a text', withWord(4, '\ud800')],
    ['a number beyond numbers', withWord(4, Number.POSITIVE_INFINITY)],
    ['more than an Unreadable holds', withWord(5, 'x'.repeat(300_001))],
  ])('is nothing that anybody can have sealed: %s', (_what, words) => {
    expect(readWireEvent(words)).toBeNull();
  });
});

describe('S2: an Unreadable that is forwarded', () => {
  const words = withWord(5, '');

  it('is the same wherever it is read, and however often it was passed on', () => {
    const first = readWireEvent(words) as WireEvent;
    expect(readWireEvent(first)).toEqual(first);
    expect(hashOf(readWireEvent(forwarded(words)) as WireEvent)).toBe(hashOf(first));
  });

  it('is believed in its bytes alone: a relay changes neither its clocks nor what is wrong with it', () => {
    const tampered = forwarded(words, { hlc: 'ffffffffffffffff', problem: 'nothing is wrong' });
    expect(readWireEvent(tampered)).toEqual(readWireEvent(words));
    expect(() => chainEvent(crypto, wireToEvent(tampered as WireEvent, place, 0), CHAIN_START)).toThrow();
  });

  it('hides no good event: it is that event again', () => {
    const hidden = forwarded(good as unknown as Json);
    expect(readWireEvent(hidden)).toEqual(good);
    expect(() => wordsOfUnreadable(wireToEvent(hidden as WireEvent, place, 0))).toThrow();
    expect(() => hashOf(hidden as WireEvent)).toThrow();
  });

  it('hides no good event that was only carried flat', () => {
    expect(readWireEvent(flattened(good))).toEqual(good);
    const deep = withWord(8, nested(40)) as unknown as WireEvent;
    expect(readWireEvent(flattened(deep))).toEqual(readWireEvent(deep));
  });

  it.each<[string, unknown]>([
    ['another Unreadable inside', forwarded(forwarded(words) as Json)],
    ['no base64', good.with(3, 'Unreadable').with(8, { bytes: '!', problem: '' })],
    ['no JSON', good.with(3, 'Unreadable').with(8, { bytes: 'AAAA', problem: '' })],
    ['no bytes', good.with(3, 'Unreadable').with(8, {})],
    [
      'JSON that is not canonical',
      good.with(3, 'Unreadable').with(8, { bytes: bytesToBase64url(utf8ToBytes(' 1')), problem: '' }),
    ],
    ['words that are no event', forwarded([1, 2, 3])],
  ])('is nothing with %s', (_what, wire) => {
    expect(readWireEvent(wire)).toBeNull();
  });

  it('is so by version 1 alone: what a later version says is an event of a type unknown here', () => {
    const later = withWord(3, 'Unreadable') as unknown as WireEvent;
    later[4] = 2;
    expect(isUnreadable(later[3], later[4])).toBe(false);
    expect(readWireEvent(later)).toBe(later);
  });

  it('of five thousand levels is read without harm', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    const wire = readWireEvent(withWord(8, deep));
    expect(wire?.[3]).toBe('Unreadable');
    expect(readWireEvent(wire)).toEqual(wire);
  });
});
