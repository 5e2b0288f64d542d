import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../events/envelope.ts';
import { readEvent } from '../events/read-event.ts';
import type { EventRecovered } from '../events/recovery.ts';
import { isTooDeep } from '../lib/canonical-json.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import type { JsonObject } from '../lib/json.ts';
import { eventToWire, wireToEvent } from '../protocol/wire-event.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { CHAIN_START, chainEvent, nodeKeyFrom, sealHead } from './chain.ts';
import { forkName, type RecoveryProblem, recoveredRun, recoveryDrafts } from './recovery.ts';
import { readWireEvent } from './unreadable.ts';

const crypto = cryptoFromNode(nodeCrypto);
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(3));
const otherKey = nodeKeyFrom(crypto, new Uint8Array(32).fill(4));
const publicKey = crypto.publicKeyOf(key.privateKey);
const park = 'ala-too' as ParkId;
const node = 'k-0000000000000001' as NodeId;
const hq = 'hq:ala-too' as NodeId;

const keyOf = (asked: NodeId, epoch: number): Uint8Array | null =>
  (asked === node || asked === hq) && epoch === 1 ? publicKey : null;

/** A sealed transaction whose first event has `from` as its seq. */
function transaction(
  types: readonly string[],
  { from = 1, prev = CHAIN_START, by = node, sealedBy = key, body: said = null as JsonObject | null } = {},
) {
  const events: Event[] = [];
  for (const [index, type] of types.entries()) {
    const body = said ?? { ticketId: '0123456789ABCDEF', reason: `seq ${from + index}` };
    const place = { park, node: by, epoch: 1, seq: from + index };
    const clocks = { hlc: '01a200000000000a', wallMs: 1_795_262_400_000, trust: 'server' as const };
    const words = { type, version: 1, subject: 'ticket:0123456789ABCDEF', cause: null, actor: 'staff:a', body };
    events.push(chainEvent(crypto, { ...place, ...clocks, ...words }, events.at(-1)?.hash ?? prev));
  }
  const last = events.at(-1) as Event;
  return { events, seal: sealHead(crypto, sealedBy, last) };
}

const voided = (count: number): string[] => Array.from({ length: count }, () => 'TicketVoided');
const forkAt = (events: readonly Event[]) => ({ from: events[0]?.seq ?? 1, hash: events[0]?.hash ?? '' });

function bodyOf(sealed: ReturnType<typeof transaction>, fork = forkAt(sealed.events)): EventRecovered {
  const [only, ...more] = recoveryDrafts(sealed, fork);
  expect(more).toEqual([]);
  // As it comes out of a database or off the wire.
  return JSON.parse(JSON.stringify(only?.body));
}

const read = (body: unknown) => recoveredRun(crypto, { park, body }, keyOf);

function problemOf(body: unknown): RecoveryProblem {
  const found = read(body);
  if (found.ok) throw new Error('it was believed');
  return found.error;
}

describe('E6: what was recorded again', () => {
  it('comes back in its original place with its own chain, whatever stands before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 ** 40 }), (count, from) => {
        const prev = from === 1 ? CHAIN_START : 'ab'.repeat(32);
        const sealed = transaction(voided(count), { from, prev });
        expect(read(bodyOf(sealed))).toEqual({
          ok: true,
          value: { events: sealed.events, fork: forkName(forkAt(sealed.events)) },
        });
      }),
      { numRuns: 30 },
    );
  });

  it('fits its own schema as an event', () => {
    const [draft] = recoveryDrafts(transaction(voided(2)), { from: 1, hash: 'ab'.repeat(32) });
    const event = { ...transaction(voided(1)).events[0], ...draft } as Event;
    expect(readEvent(event).ok).toBe(true);
  });

  it('names its fork by the first event of that past, also where a later transaction brings it', () => {
    const first = transaction(voided(2), { from: 4, prev: 'ab'.repeat(32) });
    const second = transaction(voided(1), { from: 6, prev: first.seal.headHash });
    expect(read(bodyOf(second, forkAt(first.events)))).toMatchObject({
      ok: true,
      value: { events: second.events, fork: first.events[0]?.hash.slice(0, 16) },
    });
  });

  it('is not wrapped a second time when the past that recorded it is lost too', () => {
    const inner = transaction(voided(2));
    const [draft] = recoveryDrafts(inner, forkAt(inner.events));
    const carrier = { ...(transaction(voided(1)).events[0] as Event), ...draft } as unknown as Event;
    const carried = chainEvent(crypto, carrier, CHAIN_START);
    const again = recoveryDrafts(
      { events: [carried], seal: sealHead(crypto, key, carried) },
      { from: 9, hash: 'cd'.repeat(32) },
    );
    expect(again).toEqual([draft]);
  });

  it('E8: where it stands among other events, the run is believed without it and it is taken over by itself', () => {
    const inner = transaction(voided(2));
    const [draft] = recoveryDrafts(inner, forkAt(inner.events));
    const [first, second] = transaction(voided(2)).events as [Event, Event];
    const carried = chainEvent(crypto, { ...second, ...draft } as unknown as Event, first.hash);
    const mixed = { events: [first, carried], seal: sealHead(crypto, key, carried) };
    const drafts = recoveryDrafts(mixed, forkAt(mixed.events));
    expect(drafts).toHaveLength(2);
    expect(drafts[1]).toEqual(draft);
    expect(read(drafts[0]?.body)).toMatchObject({ ok: true, value: { events: [first] } });
    expect(read(drafts[1]?.body)).toMatchObject({ ok: true, value: { events: inner.events } });
  });

  it('S2: is no deeper than others take, however deep what it brings back; its words and their hash are the same', () => {
    for (const levels of [1, 28, 29, 30, 32]) {
      const body = JSON.parse(`${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`) as JsonObject;
      const sealed = transaction(voided(1), { body });
      const recovered = bodyOf(sealed);
      expect(isTooDeep(recovered), `${levels} levels`).toBe(false);
      expect(read(recovered)).toMatchObject({ ok: true, value: { events: sealed.events } });
    }
  });

  it('S7: has all of its events, whichever of them nobody can use', () => {
    const odd = { a: 0.5, b: 2 ** 60 } as unknown as JsonObject;
    for (const sealed of [
      transaction(['TicketVoided', 'LeaseGranted', 'TicketVoided']),
      transaction(voided(2), { body: odd }),
      transaction(['TicketVoided', 'OfTomorrow']),
    ]) {
      expect(read(bodyOf(sealed))).toMatchObject({ ok: true, value: { events: sealed.events } });
    }
  });

  it('S2, S7: has what breaks the schema in its place, as what everybody stores there', () => {
    const [first, , third] = transaction(voided(3)).events as [Event, Event, Event];
    const broken = readWireEvent(eventToWire(first).with(3, ''));
    if (broken === null) throw new Error('somebody can have sealed it');
    const place = { park, node, epoch: 1, from: 2 };
    const second = chainEvent(crypto, wireToEvent(broken, place, 0), first.hash);
    const last = chainEvent(crypto, third, second.hash);
    const sealed = { events: [first, second, last], seal: sealHead(crypto, key, last) };
    const recovered = bodyOf(sealed);
    expect(second.type).toBe('Unreadable');
    expect(read(recovered)).toMatchObject({ ok: true, value: { events: sealed.events } });
    // Its author's words as they travelled, too.
    const asSaid = recovered.events.with(1, eventToWire(first).with(3, ''));
    expect(read({ ...recovered, events: asSaid })).toMatchObject({ ok: true, value: { events: sealed.events } });
  });

  it("is HQ's word where HQ wrote it (E7)", () => {
    expect(read(bodyOf(transaction(['CapacitySet'], { by: hq }))).ok).toBe(true);
  });

  it('waits for a key that is not known yet', () => {
    const body = bodyOf(transaction(voided(1)));
    expect(recoveredRun(crypto, { park, body }, () => null)).toMatchObject({ error: { kind: 'unknown_key' } });
  });
});

describe('E6: what is forged, cut or swapped is refused with its reason', () => {
  const sealed = transaction(voided(3), { from: 4, prev: 'ab'.repeat(32) });
  const good = bodyOf(sealed);
  const wire = (index: number) => good.events[index] as unknown[];

  it('whatever single word of it is changed', () => {
    const changes = fc.constantFrom<[number, unknown]>(
      [0, '01a200000000000b'],
      [1, 1],
      [2, 1],
      [3, 'TicketBlocked'],
      [4, 2],
      [5, 'ticket:1'],
      [6, 'c'],
      [7, 'staff:b'],
      [8, {}],
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), changes, (index, [field, value]) => {
        const events = good.events.with(index, wire(index).with(field, value));
        expect(problemOf({ ...good, events })).toMatchObject({
          kind: 'not_believed',
          problem: expect.stringContaining('sealed'),
        });
      }),
    );
  });

  it.each([
    ['a missing event', { events: good.events.slice(1) }, 'closes'],
    ['a run cut at its end', { events: good.events.slice(0, -1) }, 'closes'],
    ['two events in each other’s place', { events: good.events.toReversed() }, 'sealed'],
    ['another place', { original: { ...good.original, seq: 5 }, fork: { ...good.fork, from: 5 } }, 'closes'],
    ['another stream', { original: { ...good.original, epoch: 2 } }, 'another stream'],
    ['another event before it', { prev: 'cd'.repeat(32) }, 'sealed'],
    ['a seal whose words were changed', { seal: { ...good.seal, headHash: 'cd'.repeat(32) } }, 'sealed'],
    ['a fork that begins later', { fork: { ...good.fork, from: 5 } }, 'fork'],
    ['a fork by another name', { fork: { from: 4, hash: 'cd'.repeat(32) } }, 'fork'],
    ['no events', { events: [] }, 'events'],
    ['an event that is none', { events: good.events.with(1, 'x') }, '/events/1'],
    ['a seq at the end of the integers', { original: { ...good.original, seq: Number.MAX_SAFE_INTEGER } }, 'too large'],
    ['more events than a push has', { events: Array.from({ length: 501 }, () => wire(0)) }, 'events'],
    [
      'more text than a push has',
      { events: good.events.with(1, wire(1).with(8, { a: 'x'.repeat(300_000) })) },
      'more than',
    ],
  ])('%s', (_, change, reason) => {
    expect(problemOf({ ...good, ...change })).toMatchObject({
      kind: 'not_believed',
      problem: expect.stringContaining(reason),
    });
  });

  it('a first event with something before it', () => {
    const first = bodyOf(transaction(voided(1)));
    expect(problemOf({ ...first, prev: 'ab'.repeat(32) }).problem).toContain('first event');
  });

  it("a seal by another key than the original stream's", () => {
    const body = bodyOf(transaction(voided(1), { sealedBy: otherKey }));
    expect(problemOf(body)).toMatchObject({ kind: 'not_believed', problem: expect.stringContaining('seal') });
    expect(problemOf({ ...body, seal: { ...body.seal, kid: key.kid } }).kind).toBe('not_believed');
  });

  it('a recovery within a recovery', () => {
    const nothingElse = { ...bodyOf(transaction(['TicketVoided'])) };
    expect(
      problemOf({ ...nothingElse, events: [(nothingElse.events[0] as unknown[]).with(3, 'EventRecovered')] }),
    ).toMatchObject({ problem: expect.stringContaining('themselves EventRecovered') });
    const unreadable = bodyOf(transaction(['TicketVoided']));
    (unreadable.events[0] as unknown[])[3] = 'Unreadable';
    expect(problemOf(unreadable).problem).toContain('anybody can have sealed');
  });

  it.each([null, 7, 'x', [], {}, { original: null }])('what is no recovery at all: %j', (body) => {
    expect(problemOf(body).kind).toBe('not_believed');
  });
});
