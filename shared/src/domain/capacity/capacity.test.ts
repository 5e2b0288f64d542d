import { describe, expect, it } from 'vitest';
import { idFromBytes, type LeaseId, type NodeId } from '../../lib/ids.ts';
import { type Hlc, hlcOf } from '../../sync/hlc.ts';
import { type CapacityState, committedPlaces, decideGrant, placesLeft } from './decide.ts';
import { decideGive, decideReturn, isLentPastCapacity, type KnownOfSlot } from './hand-back.ts';
import { LENT_BY_HQ, type LeaseRow, type LeaseRows, type LeaseUseRow } from './lease-rows.ts';
import { leaseFindings, oversoldPlaces } from './oversell.ts';
import { placesToLend, wishOf } from './refill.ts';
import { drawPlaces, drawWhatIsThere, sharesOf } from './shares.ts';

const DATE = '2026-11-21';
const at = (ms: number): Hlc => hlcOf(ms, 0);
const nodeOf = (index: number): NodeId => `k-${idFromBytes(new Uint8Array(10).fill(index + 1))}` as NodeId;
const TILL = nodeOf(0);

const lease = (leaseId: string, over: Partial<LeaseRow> = {}): LeaseRow => ({
  lease_id: leaseId,
  node: TILL,
  epoch: 1,
  date: DATE,
  slot: 'day',
  places: 10,
  ends_hlc: at(1000),
  ...LENT_BY_HQ,
  ...over,
});

const use = (leaseId: string, word: Partial<LeaseUseRow> = {}): LeaseUseRow => ({
  lease_id: leaseId,
  node: TILL,
  epoch: 1,
  used: 0,
  returned: 0,
  given: 0,
  ...word,
});

const rows = (leases: readonly LeaseRow[], uses: readonly LeaseUseRow[] = [], takenBack: string[] = []): LeaseRows => ({
  leases,
  uses,
  takenBack: new Set(takenBack),
});

const PEER = nodeOf(1);
/** Whether a till that knows so much gives its unsold rest back. */
const isPast = (held: LeaseRows, known: Partial<KnownOfSlot>): boolean =>
  isLentPastCapacity(held, { capacity: 30, soldByHq: 0, overridden: 0, returnedByVoid: 0, hlc: at(500), ...known });
/** What TILL gave of a lease to PEER. */
const transfer = (leaseId: string, from: string, over: Partial<LeaseRow> = {}): LeaseRow =>
  lease(leaseId, { node: PEER, from_lease: from, from_node: TILL, from_epoch: 1, ...over });

const state = (over: Partial<CapacityState> = {}): CapacityState => ({
  capacity: 30,
  leases: [],
  uses: [],
  takenBack: new Set(),
  soldElsewhere: 0,
  overridden: 0,
  returnedByVoid: 0,
  heldUntil: () => null,
  fenceLimit: at(1_000_000),
  ...over,
});

const grant = (places: number, from: CapacityState) =>
  decideGrant({
    command: { node: TILL, epoch: 1, date: DATE, slot: 'day', places, endsHlc: at(1000) },
    state: from,
    leaseId: idFromBytes(new Uint8Array(10).fill(9)) as LeaseId,
    actor: 'hq:amina',
  });

describe('the share of a node', () => {
  const holder = { node: TILL, epoch: 1, hlc: at(500) };

  it('C1: is what its open leases have left, by date and slot', () => {
    const leases = [lease('B'), lease('A', { places: 5 }), lease('C', { slot: 'sky@14:00' })];
    expect(sharesOf(rows(leases, [use('B', { used: 4 })]), holder)).toEqual([
      {
        date: DATE,
        slot: 'day',
        places: 15,
        left: 11,
        leases: [
          { leaseId: 'A', left: 5, endsHlc: at(1000) },
          { leaseId: 'B', left: 6, endsHlc: at(1000) },
        ],
      },
      { date: DATE, slot: 'sky@14:00', places: 10, left: 10, leases: [{ leaseId: 'C', left: 10, endsHlc: at(1000) }] },
    ]);
  });

  it('C2: leaves out what is lent to another node or epoch', () => {
    const others = [lease('A', { epoch: 2 }), lease('B', { node: nodeOf(1) })];
    expect(sharesOf(rows(others), holder)).toEqual([]);
  });

  it('C2: ends when the clock of the node reaches the end of the lease', () => {
    expect(sharesOf(rows([lease('A')]), { ...holder, hlc: at(999) })).toHaveLength(1);
    expect(sharesOf(rows([lease('A')]), { ...holder, hlc: at(1000) })).toEqual([]);
  });

  it('C2: uses up first what ends first', () => {
    const leases = [lease('A', { ends_hlc: at(2000) }), lease('B')];
    expect(drawPlaces(sharesOf(rows(leases), holder), [{ date: DATE, slot: 'day', places: 12 }])).toEqual({
      ok: true,
      value: [
        { leaseId: 'B', date: DATE, slot: 'day', places: 10 },
        { leaseId: 'A', date: DATE, slot: 'day', places: 2 },
      ],
    });
  });

  it('has nothing left, not less, of a lease that a clone spent twice', () => {
    expect(sharesOf(rows([lease('A')], [use('A', { used: 14 })]), holder)).toMatchObject([{ left: 0, leases: [] }]);
  });
});

describe('lending places', () => {
  it('C1: lends what is free and no place more', () => {
    const from = state({ leases: [lease('A')], soldElsewhere: 5 });
    expect(grant(15, from)).toMatchObject({ ok: true, value: { type: 'LeaseGranted', body: { places: 15 } } });
    expect(grant(16, from)).toEqual({
      ok: false,
      error: { code: 'capacity_exceeded', data: { date: DATE, slot: 'day', asked: 16, left: 15 } },
    });
  });

  it('C1: lends nothing where no capacity was ever set, and no fraction of a place', () => {
    expect(grant(1, state({ capacity: null })).ok).toBe(false);
    for (const places of [0, -1, 1.5]) expect(grant(places, state()).ok).toBe(false);
  });

  it('C1: a lowered capacity cancels nothing and stops lending', () => {
    const from = state({ capacity: 6, leases: [lease('A')], uses: [use('A', { used: 8 })] });
    expect(committedPlaces(from)).toBe(10);
    expect(placesLeft(from)).toBe(0);
    expect(sharesOf(from, { node: TILL, epoch: 1, hlc: at(1) })).toMatchObject([{ left: 2 }]);
    expect(grant(1, from).ok).toBe(false);
  });

  it('C2: takes the rest of an ended lease back only behind the fence of a later seal', () => {
    const uses = [use('A', { used: 3 })];
    const heldUntil = (hlc: Hlc) => () => hlc;
    const before = state({ leases: [lease('A')], uses, heldUntil: heldUntil(at(999)) });
    const behind = state({ leases: [lease('A')], uses, heldUntil: heldUntil(at(1000)) });
    expect([committedPlaces(before), committedPlaces(behind)]).toEqual([10, 3]);
  });

  it('C2: does not lend what the holder could no longer sell', () => {
    expect(grant(1, state({ heldUntil: () => at(1000) }))).toMatchObject({ ok: false, error: { code: 'lease_ended' } });
  });
});

describe('a share that changes hands', () => {
  const taker = { node: PEER, epoch: 1, hlc: at(500) };
  const giver = { node: TILL, epoch: 1, hlc: at(500) };
  const given = [lease('A'), transfer('T', 'A', { places: 4 })];

  it('C4: is the receiver’s and no more the giver’s, and HQ counts it once', () => {
    const uses = [use('A', { used: 5, given: 4 }), use('T', { node: PEER, used: 1 })];
    expect(sharesOf(rows(given, uses), giver)).toMatchObject([{ left: 1, places: 6 }]);
    expect(sharesOf(rows(given, uses), taker)).toMatchObject([{ left: 3, places: 4 }]);
    expect(committedPlaces(state({ leases: given, uses }))).toBe(10);
  });

  it('C1: only the holder’s own word counts: nobody spends, returns or gives another’s lease', () => {
    const words = [use('A', { node: PEER, used: 10 }), use('A', { epoch: 2, returned: 10 })];
    expect(sharesOf(rows([lease('A')], words), giver)).toMatchObject([{ left: 10 }]);
    const seen = state({ leases: [lease('A')], uses: words });
    expect(committedPlaces(seen)).toBe(10);
    expect(leaseFindings(seen).map(({ kind, epoch }) => [kind, epoch])).toEqual([
      ['not_the_holder', 1],
      ['not_the_holder', 2],
    ]);
  });

  it('C4: a transfer carries nothing unless its giver held that very lease', () => {
    const wrong = [
      transfer('T', 'A', { from_epoch: 2 }),
      transfer('T', 'A', { from_node: nodeOf(2) }),
      transfer('T', 'B'),
      transfer('T', 'T', { from_node: PEER }),
      transfer('T', 'A', { slot: 'sky@14:00' }),
      transfer('T', 'A', { ends_hlc: at(9000) }),
    ];
    for (const row of wrong) {
      const held = rows([lease('A'), row], [use('A', { given: 4 })]);
      expect(sharesOf(held, taker).reduce((sum, share) => sum + share.left, 0)).toBe(0);
      const seen = state(held);
      expect(leaseFindings(seen)).toMatchObject([{ kind: 'worthless_transfer', leaseId: 'T' }]);
      expect(committedPlaces(seen)).toBe(10);
    }
  });

  it('C4: of a giver that gave more than it had no transfer carries anything, and HQ’s total does not grow', () => {
    const much = [lease('A'), transfer('T', 'A', { places: 4 }), transfer('U', 'A', { places: 1_000_000 })];
    const uses = [use('A', { given: 1_000_004 })];
    expect(sharesOf(rows(much, uses), taker)).toMatchObject([{ left: 0 }]);
    expect(committedPlaces(state({ leases: much, uses }))).toBe(10);
    const heldUntil = (node: string) => (node === TILL ? at(1000) : null);
    expect(committedPlaces(state({ leases: much, uses, heldUntil }))).toBe(10);
    expect(oversoldPlaces(state({ leases: much, uses }))).toBe(0);
    expect(leaseFindings(state({ leases: much, uses })).map(({ kind }) => kind)).toEqual([
      'overdrawn',
      'worthless_transfer',
      'worthless_transfer',
    ]);
  });

  it('C4: a chain of transfers is bounded', () => {
    const ids = Array.from({ length: 12 }, (_, index) => `L${index}`);
    const chain = ids.map((id, index) =>
      index === 0 ? lease(id) : transfer(id, ids[index - 1] ?? '', { node: TILL, places: 10 }),
    );
    const uses = ids.map((id) => use(id, { given: 10 })).slice(0, -1);
    expect(sharesOf(rows(chain, uses), giver)).toMatchObject([{ left: 0 }]);
    expect(committedPlaces(state({ leases: chain, uses }))).toBe(10);
  });

  it('C4: who names a lease that is there cannot take its place', () => {
    const claimed = transfer('A', 'X', { node: PEER, places: 500 });
    for (const leases of [
      [lease('A'), claimed],
      [claimed, lease('A')],
    ]) {
      expect(sharesOf(rows(leases), giver)).toMatchObject([{ left: 10 }]);
      expect(sharesOf(rows(leases), taker)).toEqual([]);
      expect(leaseFindings(state({ leases }))).toMatchObject([{ kind: 'worthless_transfer', node: PEER }]);
    }
  });

  it('C4: is given out of what is left, one transfer a lease', () => {
    const [share] = sharesOf(rows([lease('A'), lease('B', { ends_hlc: at(2000) })], [use('A', { used: 7 })]), giver);
    let ids = 0;
    const give = (places: number) =>
      decideGive({
        share,
        date: DATE,
        slot: 'day',
        places,
        to: { node: PEER, epoch: 1 },
        newLeaseId: () => `N${++ids}`,
        actor: 'staff:s1',
        cause: 'command-1',
      });
    expect(give(12)).toMatchObject({
      ok: true,
      value: [
        { type: 'LeaseTransferred', body: { leaseId: 'B', newLeaseId: 'N1', places: 10, endsHlc: at(2000) } },
        { type: 'LeaseTransferred', body: { leaseId: 'A', newLeaseId: 'N2', places: 2, to: PEER, toEpoch: 1 } },
      ],
    });
    for (const places of [14, 0, -1, 1.5]) expect(give(places)).toMatchObject({ ok: false, error: { left: 13 } });
  });
});

describe('places that come back', () => {
  const giver = { node: TILL, epoch: 1, hlc: at(500) };

  it('C4: what a holder returned is HQ’s again at once, and never more than there was', () => {
    const leases = [lease('A')];
    expect(committedPlaces(state({ leases, uses: [use('A', { used: 3, returned: 4 })] }))).toBe(6);
    expect(committedPlaces(state({ leases, uses: [use('A', { used: 3, returned: 400 })] }))).toBe(3);
    const [share] = sharesOf(rows(leases, [use('A', { used: 3, returned: 4 })]), giver);
    expect(share).toMatchObject({ left: 3, places: 6 });
    expect(share && decideReturn(share, { reason: 'not_needed', actor: 'system' })).toMatchObject([
      { type: 'LeaseReturned', body: { leaseId: 'A', places: 3, reason: 'not_needed' } },
    ]);
    expect(share && decideReturn(share, { reason: 'not_needed', actor: 'system', keep: 3 })).toEqual([]);
  });

  it('C4: nobody frees more of HQ’s total by returning than it was given', () => {
    const leases = [lease('A'), transfer('T', 'A', { places: 4 })];
    const uses = [use('A', { given: 4 }), use('T', { node: PEER, returned: 1_000 })];
    expect(committedPlaces(state({ leases, uses }))).toBe(6);
  });

  it('C3: of a lease taken back by name only what was sold counts, and its holder sells no more of it', () => {
    const taken = rows([lease('A')], [use('A', { used: 3 })], ['A']);
    expect(committedPlaces(state(taken))).toBe(3);
    expect(sharesOf(taken, giver)).toEqual([]);
    expect(committedPlaces(state(rows([lease('A')], [use('A', { used: 12 })], ['A'])))).toBe(12);
  });

  it('C2: the fence of a giver is not that of a receiver', () => {
    const leases = [lease('A'), transfer('T', 'A', { places: 4 })];
    const uses = [use('A', { used: 2, given: 4 })];
    const heldUntil = (node: string) => (node === TILL ? at(1000) : at(10));
    expect(committedPlaces(state({ leases, uses, heldUntil }))).toBe(6);
    expect(committedPlaces(state({ leases, uses, heldUntil: () => at(1000) }))).toBe(2);
  });

  it('C2: what a receiver can sell no more of is HQ’s again while its giver still sells', () => {
    const leases = [lease('A'), transfer('T', 'A', { places: 4 })];
    const uses = [use('A', { used: 2, given: 4 }), use('T', { node: PEER, used: 1 })];
    const heldUntil = (node: string) => (node === PEER ? at(1000) : at(10));
    expect(committedPlaces(state({ leases, uses, heldUntil }))).toBe(7);
  });

  it('C3: a given share that is taken back by name is HQ’s again while its giver still sells, and no till holds it for lent', () => {
    const leases = [lease('A'), transfer('T', 'A', { places: 6 }), transfer('U', 'T', { places: 2, from_node: PEER })];
    const uses = [use('A', { used: 1, given: 6 }), use('T', { node: PEER, used: 1, given: 2 })];
    const taken = rows(leases, uses, ['T']);
    // The giver's 4, the one that was sold, and 2 that were given on before.
    expect(committedPlaces(state(taken))).toBe(7);
    expect(isPast(taken, { capacity: 7 })).toBe(false);
    expect(isPast(taken, { capacity: 6 })).toBe(true);
    const both = rows(leases, uses, ['A', 'T']);
    expect(committedPlaces(state(both))).toBe(4);
    expect(isPast(both, { capacity: 4 })).toBe(false);
    expect(isPast(both, { capacity: 3 })).toBe(true);
  });

  it('C2: a holder’s clock far ahead of the server’s fences nothing', () => {
    const ahead = { leases: [lease('A')], uses: [use('A', { used: 3 })], heldUntil: () => at(900_000) };
    expect(committedPlaces(state({ ...ahead, fenceLimit: at(999) }))).toBe(10);
    expect(committedPlaces(state({ ...ahead, fenceLimit: at(1000) }))).toBe(3);
  });

  it('C3: overrides count on top; C5: places of voided tickets are taken off', () => {
    const sold = { leases: [lease('A')], uses: [use('A', { used: 10 })] };
    expect(committedPlaces(state({ ...sold, overridden: 4 }))).toBe(14);
    expect(committedPlaces(state({ ...sold, returnedByVoid: 2 }))).toBe(8);
    expect(oversoldPlaces(state({ ...sold, capacity: 10, overridden: 4 }))).toBe(0);
  });

  it('C1: what a clone sold twice is found, named and counted', () => {
    const cloned = state({ capacity: 10, leases: [lease('A')], uses: [use('A', { used: 14 })] });
    expect(committedPlaces(cloned)).toBe(14);
    expect(oversoldPlaces(cloned)).toBe(4);
    expect(leaseFindings(cloned)).toEqual([
      { kind: 'overdrawn', leaseId: 'A', node: TILL, epoch: 1, places: 10, out: 14 },
    ]);
  });

  it('C1: a till knows from its own tables that a lowered capacity asks its share back', () => {
    const held = rows([lease('A'), lease('B', { node: PEER })], [use('B', { node: PEER, returned: 5 })]);
    expect(isPast(held, { capacity: 15 })).toBe(false);
    expect(isPast(held, { capacity: 14 })).toBe(true);
    expect(isPast(held, { capacity: 16, soldByHq: 2 })).toBe(true);
    expect(isPast(held, { capacity: null, soldByHq: 2 })).toBe(false);
  });

  it('C2, C5: what HQ had again and lent anew asks nobody’s share back', () => {
    const ended = [lease('A', { node: PEER, ends_hlc: at(400) }), lease('B')];
    const held = rows(ended, [use('A', { node: PEER, used: 3 })]);
    expect([13, 12].map((capacity) => isPast(held, { capacity }))).toEqual([false, true]);
    expect([20, 19].map((capacity) => isPast(held, { capacity, hlc: at(399) }))).toEqual([false, true]);
    expect([9, 8].map((capacity) => isPast(held, { capacity, returnedByVoid: 4 }))).toEqual([false, true]);
    // Voids of what was sold past a share free nothing that HQ could lend (C3).
    expect([12, 11].map((capacity) => isPast(held, { capacity, returnedByVoid: 4, overridden: 3 }))).toEqual([
      false,
      true,
    ]);
    expect([13, 12].map((capacity) => isPast(held, { capacity, returnedByVoid: 4, overridden: 9 }))).toEqual([
      false,
      true,
    ]);
  });
});

describe('refilling a till', () => {
  const stock = (left: number, soldLastHour: number) => wishOf({ date: DATE, slot: 'day', left, soldLastHour });

  it('C4: asks at its low-water mark, for what it sells in two hours', () => {
    expect(stock(11, 0)).toBeNull();
    expect(stock(10, 0)).toMatchObject({ places: 40 });
    expect(stock(51, 100)).toBeNull();
    expect(stock(50, 100)).toMatchObject({ places: 200 });
    expect(stock(0, 100_000)).toMatchObject({ places: 2_000 });
  });

  it('C4: a wish says how much a till wants to have, so a repeated one brings nothing twice', () => {
    const wish = { date: DATE, slot: 'day', places: 40 };
    const lend = (leases: readonly LeaseRow[], over: Partial<Parameters<typeof placesToLend>[0]> = {}) =>
      placesToLend({ rows: rows(leases), node: TILL, epoch: 1, wish, left: 100, reserve: 0, tills: 1, ...over });
    expect(lend([])).toBe(40);
    expect(lend([lease('A', { places: 40 })])).toBe(0);
    expect(lend([lease('A', { places: 30, epoch: 2 })])).toBe(40);
    expect(lend([], { tills: 4 })).toBe(25);
    expect(lend([], { reserve: 90, tills: 4 })).toBe(3);
    expect(lend([], { reserve: 100 })).toBe(0);
    expect(lend([], { left: 1, tills: 4 })).toBe(1);
  });
});

describe('a sale past the share', () => {
  it('C3: takes what is there and says what only an override may sell', () => {
    const shares = sharesOf(rows([lease('A')]), { node: TILL, epoch: 1, hlc: at(1) });
    const drawn = drawWhatIsThere(shares, [{ date: DATE, slot: 'day', places: 13 }]);
    expect(drawn).toEqual({
      uses: [{ leaseId: 'A', date: DATE, slot: 'day', places: 10 }],
      missing: [{ date: DATE, slot: 'day', asked: 13, left: 10 }],
    });
  });
});
