import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idFromBytes, type LeaseId, type NodeId } from '../../lib/ids.ts';
import { type Hlc, hlcOf } from '../../sync/hlc.ts';
import { type CapacityState, committedPlaces, decideGrant, placesLeft } from './decide.ts';
import type { LeaseGranted } from './events.ts';
import { drawPlaces, type LeaseRow, type LeaseUseRow, sharesOf } from './shares.ts';

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
  ...over,
});

const state = (over: Partial<CapacityState> = {}): CapacityState => ({
  capacity: 30,
  leases: [],
  uses: [],
  soldElsewhere: 0,
  heldUntil: () => null,
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
    expect(sharesOf(leases, [{ lease_id: 'B', used: 4 }], holder)).toEqual([
      {
        date: DATE,
        slot: 'day',
        places: 15,
        left: 11,
        leases: [
          { leaseId: 'A', left: 5 },
          { leaseId: 'B', left: 6 },
        ],
      },
      { date: DATE, slot: 'sky@14:00', places: 10, left: 10, leases: [{ leaseId: 'C', left: 10 }] },
    ]);
  });

  it('C2: leaves out what is lent to another node or epoch', () => {
    const others = [lease('A', { epoch: 2 }), lease('B', { node: nodeOf(1) })];
    expect(sharesOf(others, [], holder)).toEqual([]);
  });

  it('C2: ends when the clock of the node reaches the end of the lease', () => {
    expect(sharesOf([lease('A')], [], { ...holder, hlc: at(999) })).toHaveLength(1);
    expect(sharesOf([lease('A')], [], { ...holder, hlc: at(1000) })).toEqual([]);
  });

  it('C2: uses up first what ends first', () => {
    const leases = [lease('A', { ends_hlc: at(2000) }), lease('B')];
    expect(drawPlaces(sharesOf(leases, [], holder), [{ date: DATE, slot: 'day', places: 12 }])).toEqual({
      ok: true,
      value: [
        { leaseId: 'B', date: DATE, slot: 'day', places: 10 },
        { leaseId: 'A', date: DATE, slot: 'day', places: 2 },
      ],
    });
  });

  it('has nothing left, not less, of a lease that a clone spent twice', () => {
    expect(sharesOf([lease('A')], [{ lease_id: 'A', used: 14 }], holder)).toMatchObject([{ left: 0, leases: [] }]);
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
    const from = state({ capacity: 6, leases: [lease('A')], uses: [{ lease_id: 'A', used: 8 }] });
    expect(committedPlaces(from)).toBe(10);
    expect(placesLeft(from)).toBe(0);
    expect(sharesOf(from.leases, from.uses, { node: TILL, epoch: 1, hlc: at(1) })).toMatchObject([{ left: 2 }]);
    expect(grant(1, from).ok).toBe(false);
  });

  it('C2: takes the rest of an ended lease back only behind the fence of a later seal', () => {
    const uses = [{ lease_id: 'A', used: 3 }];
    const heldUntil = (hlc: Hlc) => () => hlc;
    const before = state({ leases: [lease('A')], uses, heldUntil: heldUntil(at(999)) });
    const behind = state({ leases: [lease('A')], uses, heldUntil: heldUntil(at(1000)) });
    expect([committedPlaces(before), committedPlaces(behind)]).toEqual([10, 3]);
  });

  it('C2: does not lend what the holder could no longer sell', () => {
    expect(grant(1, state({ heldUntil: () => at(1000) }))).toMatchObject({ ok: false, error: { code: 'lease_ended' } });
  });

  it('C1: any interleaving of grants, sales, late news, ends and capacity changes sells no more than the capacity', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 120, size: 'max' }), (steps) => {
        const park = new ModelPark();
        for (const step of steps) {
          step(park);
          expect(park.soldInAll()).toBeLessThanOrEqual(park.capacity);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const anyNode = fc.nat(2);
const anyStep: fc.Arbitrary<(park: ModelPark) => void> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(anyNode, fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 30 })).map(
      ([node, places, lasts]) =>
        (park: ModelPark) =>
          park.grant(node, places, lasts),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(anyNode, fc.integer({ min: 1, max: 15 })).map(([node, places]) => (park: ModelPark) => {
      park.sell(node, places);
    }),
  },
  { weight: 2, arbitrary: anyNode.map((node) => (park: ModelPark) => park.push(node)) },
  { weight: 3, arbitrary: anyNode.map((node) => (park: ModelPark) => park.pull(node)) },
  {
    weight: 2,
    arbitrary: fc.tuple(anyNode, fc.integer({ min: 1, max: 20 })).map(
      ([node, ms]) =>
        (park: ModelPark) =>
          park.tick(node, ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat(40).map((places) => (park: ModelPark) => {
      park.capacity += places;
    }),
  },
);

interface ModelKiosk {
  clock: number;
  sales: { leaseId: string; places: number; ms: number }[];
  pushed: number;
  pushedUntil: Hlc | null;
  leases: readonly LeaseRow[];
}

/** HQ and three tills that hear of each other only when told to: what each knows may be as old as it likes. */
class ModelPark {
  capacity = 20;
  readonly granted: LeaseRow[] = [];
  readonly kiosks: readonly ModelKiosk[] = Array.from({ length: 3 }, () => ({
    clock: 1,
    sales: [],
    pushed: 0,
    pushedUntil: null,
    leases: [],
  }));

  grant(index: number, places: number, lasts: number): void {
    const kiosk = this.kiosk(index);
    const decided = decideGrant({
      command: { node: nodeOf(index), epoch: 1, date: DATE, slot: 'day', places, endsHlc: at(kiosk.clock + lasts) },
      state: {
        capacity: this.capacity,
        leases: this.granted,
        uses: this.kiosks.flatMap(({ sales, pushed }) => usesOf(sales.slice(0, pushed))),
        soldElsewhere: 0,
        heldUntil: (node) => this.kiosks.find((_, other) => nodeOf(other) === node)?.pushedUntil ?? null,
      },
      leaseId: idFromBytes(Uint8Array.from({ length: 10 }, () => this.granted.length)) as LeaseId,
      actor: 'hq:model',
    });
    if (!decided.ok) return;
    const { leaseId, node, epoch, date, slot, places: lent, endsHlc } = decided.value.body as LeaseGranted;
    this.granted.push({ lease_id: leaseId, node, epoch, date, slot, places: lent, ends_hlc: endsHlc });
  }

  sell(index: number, places: number): void {
    const kiosk = this.kiosk(index);
    kiosk.clock += 1;
    const holder = { node: nodeOf(index), epoch: 1, hlc: at(kiosk.clock) };
    const drawn = drawPlaces(sharesOf(kiosk.leases, usesOf(kiosk.sales), holder), [
      { date: DATE, slot: 'day', places },
    ]);
    if (!drawn.ok) return;
    for (const use of drawn.value) kiosk.sales.push({ leaseId: use.leaseId, places: use.places, ms: kiosk.clock });
  }

  /** HQ gets the whole stream up to a sealed head. */
  push(index: number): void {
    const kiosk = this.kiosk(index);
    kiosk.clock += 1;
    kiosk.pushed = kiosk.sales.length;
    kiosk.pushedUntil = at(kiosk.clock);
  }

  pull(index: number): void {
    this.kiosk(index).leases = [...this.granted];
  }

  tick(index: number, ms: number): void {
    this.kiosk(index).clock += ms;
  }

  soldInAll(): number {
    return this.kiosks.flatMap(({ sales }) => sales).reduce((sum, sale) => sum + sale.places, 0);
  }

  private kiosk(index: number): ModelKiosk {
    const kiosk = this.kiosks[index];
    if (!kiosk) throw new Error(`there is no kiosk ${index}`);
    return kiosk;
  }
}

function usesOf(sales: readonly { leaseId: string; places: number }[]): readonly LeaseUseRow[] {
  const used = new Map<string, number>();
  for (const { leaseId, places } of sales) used.set(leaseId, (used.get(leaseId) ?? 0) + places);
  return [...used].map(([lease_id, sum]) => ({ lease_id, used: sum }));
}
