import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { KnownDraft } from '../../events/catalogue.ts';
import { idFromBytes, type LeaseId, type NodeId } from '../../lib/ids.ts';
import { type Hlc, hlcOf, hlcTick } from '../../sync/hlc.ts';
import { type CapacityState, committedPlaces, decideGrant, isFenced } from './decide.ts';
import { decideGive, decideReturn } from './hand-back.ts';
import { LENT_BY_HQ, type LeaseRow, type LeaseRows, type LeaseUseRow } from './lease-rows.ts';
import { drawPlaces, type Share, sharesOf } from './shares.ts';

const DATE = '2026-11-21';
const TILLS = 3;
const nodeOf = (index: number): NodeId => `k-${idFromBytes(new Uint8Array(10).fill(index + 1))}` as NodeId;

it('C1-C4: whatever interleaving of lending, sales, transfers, returns, ends, leading clocks and late news, no more is sold than there is', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 120, size: 'max' }), (steps) => {
      const park = new ModelPark();
      for (const step of steps) {
        step(park);
        // The oracle only counts places: sold at tills against the most there ever was, and what HQ took back by name.
        expect(park.soldInAll()).toBeLessThanOrEqual(park.capacityMax + park.takenByName);
      }
    }),
    { numRuns: 1000 },
  );
});

it('C4: transfers that anybody makes up never move HQ’s total', () => {
  const anyTransfer = fc.record({
    lease_id: fc.constantFrom('T', 'U', 'V', 'A'),
    node: anyNode.map(nodeOf),
    epoch: fc.constantFrom(1, 2),
    places: fc.integer({ min: 1, max: 1_000_000 }),
    from_lease: fc.constantFrom('A', 'B', 'T', 'U', 'V', 'X'),
    from_node: anyNode.map(nodeOf),
    from_epoch: fc.constantFrom(1, 2),
  });
  fc.assert(
    fc.property(fc.array(anyTransfer, { maxLength: 12 }), fc.nat(3), (made, fenced) => {
      const granted = ['A', 'B'].map((lease_id, index) => ({ ...leaseOf(lease_id, nodeOf(index)), ...LENT_BY_HQ }));
      const leases = [...granted, ...made.map((row) => ({ ...leaseOf(row.lease_id, row.node), ...row }))];
      const given = Map.groupBy(made, (row) => `${row.from_lease} ${row.from_node} ${row.from_epoch}`);
      const uses = [...given.values()].map((rows) => ({
        lease_id: rows[0]?.from_lease ?? '',
        node: rows[0]?.from_node ?? '',
        epoch: rows[0]?.from_epoch ?? 1,
        used: 0,
        returned: 0,
        given: rows.reduce((sum, row) => sum + row.places, 0),
      }));
      const heldUntil = (node: string) => (node === nodeOf(fenced) ? hlcOf(9_000, 0) : null);
      const state = { ...stateOf({ leases, uses, takenBack: new Set() }), heldUntil };
      expect(committedPlaces(state)).toBeLessThanOrEqual(20);
      for (let index = 0; index < TILLS; index += 1) {
        const shares = sharesOf(state, { node: nodeOf(index), epoch: 1, hlc: hlcOf(1, 0) });
        expect(shares.reduce((sum, share) => sum + share.left, 0)).toBeLessThanOrEqual(20);
      }
    }),
    { numRuns: 2000 },
  );
});

const anyNode = fc.nat(TILLS - 1);
const somePlaces = fc.integer({ min: 1, max: 15 });
type Step = (park: ModelPark) => void;
const step = <Args extends unknown[]>(
  weight: number,
  args: { [Index in keyof Args]: fc.Arbitrary<Args[Index]> },
  act: (park: ModelPark, ...args: Args) => void,
): { weight: number; arbitrary: fc.Arbitrary<Step> } => ({
  weight,
  arbitrary: fc.tuple(...args).map(
    (given) =>
      (park: ModelPark): void =>
        act(park, ...(given as unknown as Args)),
  ),
});

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  step(4, [anyNode, fc.integer({ min: 1, max: 25 }), fc.integer({ min: 1, max: 30 })], (park, ...args) =>
    park.grant(...args),
  ),
  step(7, [anyNode, somePlaces], (park, ...args) => park.sell(...args)),
  step(3, [anyNode, anyNode, somePlaces], (park, ...args) => park.give(...args)),
  step(2, [anyNode], (park, node) => park.giveBack(node)),
  step(3, [anyNode], (park, node) => park.push(node)),
  step(4, [anyNode], (park, node) => park.pull(node)),
  step(2, [anyNode, anyNode], (park, ...args) => park.meet(...args)),
  step(3, [fc.integer({ min: 1, max: 20 })], (park, ms) => park.pass(ms)),
  step(1, [anyNode, fc.integer({ min: -50, max: 200 })], (park, ...args) => park.setClock(...args)),
  step(1, [fc.nat(9)], (park, index) => park.takeBack(index)),
  step(1, [fc.integer({ min: -15, max: 30 })], (park, places) => park.setCapacity(places)),
);

/** What a till wrote, with the clock it carries. */
interface Entry {
  readonly hlc: Hlc;
  readonly lease?: LeaseRow;
  readonly use?: LeaseUseRow;
  readonly sold: number;
}

interface Till {
  readonly log: Entry[];
  /** Ahead of true time, or behind. */
  lead: number;
  hlc: Hlc;
  /** How much of each stream this till holds; HQ's is the last. */
  known: number[];
}

/** HQ and three tills that hear of each other only when told to: what each knows may be as old as it likes. */
class ModelPark {
  nowMs = 100;
  capacity = 20;
  capacityMax = 20;
  takenByName = 0;
  readonly hq: { lease?: LeaseRow; takenBack?: string }[] = [];
  readonly tills: readonly Till[] = Array.from({ length: TILLS }, () => ({
    log: [],
    lead: 0,
    hlc: hlcOf(0, 0),
    known: Array.from({ length: TILLS + 1 }, () => 0),
  }));
  /** What HQ holds of each till's stream, up to a seal. */
  readonly pushed: number[] = Array.from({ length: TILLS }, () => 0);

  grant(index: number, places: number, lasts: number): void {
    const endsHlc = hlcOf(this.nowMs + lasts, 0);
    const decided = decideGrant({
      command: { node: nodeOf(index), epoch: 1, date: DATE, slot: 'day', places, endsHlc },
      state: this.stateAtHq(),
      leaseId: this.newId() as LeaseId,
      actor: 'hq:model',
    });
    if (!decided.ok || decided.value.type !== 'LeaseGranted') return;
    const { leaseId, places: lent } = decided.value.body;
    const row = { ...leaseOf(leaseId, nodeOf(index)), places: lent, ends_hlc: endsHlc, ...LENT_BY_HQ };
    this.hq.push({ lease: row });
  }

  sell(index: number, places: number): void {
    const till = this.till(index);
    const drawn = drawPlaces(this.sharesOf(index), [{ date: DATE, slot: 'day', places }]);
    if (!drawn.ok) return;
    till.hlc = this.tick(till);
    for (const { leaseId, places: used } of drawn.value) {
      till.log.push({ hlc: till.hlc, use: { ...useOf(leaseId, index), used }, sold: used });
    }
  }

  give(from: number, to: number, places: number): void {
    if (from === to) return;
    const decided = decideGive({
      share: this.sharesOf(from)[0],
      date: DATE,
      slot: 'day',
      places,
      to: { node: nodeOf(to), epoch: 1 },
      newLeaseId: () => this.newId(),
      actor: 'staff:model',
      cause: 'model',
    });
    if (decided.ok) this.write(from, decided.value);
  }

  giveBack(index: number): void {
    for (const share of this.sharesOf(index)) {
      this.write(index, decideReturn(share, { reason: 'not_needed', actor: 'system' }));
    }
  }

  /** HQ gets the whole stream up to a sealed head. */
  push(index: number): void {
    const till = this.till(index);
    till.hlc = this.tick(till);
    till.log.push({ hlc: till.hlc, sold: 0 });
    this.pushed[index] = till.log.length;
  }

  pull(index: number): void {
    const { known } = this.till(index);
    known[TILLS] = this.hq.length;
    for (const [other, count] of this.pushed.entries()) known[other] = Math.max(known[other] ?? 0, count);
  }

  /** Two tills on the LAN: each takes what the other has. */
  meet(one: number, other: number): void {
    const [left, right] = [this.till(one), this.till(other)];
    left.known[one] = left.log.length;
    right.known[other] = right.log.length;
    const both = left.known.map((count, stream) => Math.max(count, right.known[stream] ?? 0));
    left.known = [...both];
    right.known = [...both];
  }

  pass(ms: number): void {
    this.nowMs += ms;
  }

  setClock(index: number, lead: number): void {
    this.till(index).lead = lead;
  }

  takeBack(index: number): void {
    // Of those that HQ knows of: what it lent, and what was given on.
    const lease = this.rowsOf([...this.pushed, this.hq.length]).leases[index];
    if (!lease || this.hq.some(({ takenBack }) => takenBack === lease.lease_id)) return;
    // C3: what its holder may still sell before it hears of this is past the capacity by somebody's name.
    if (!isFenced(lease, this.stateAtHq())) this.takenByName += lease.places;
    this.hq.push({ takenBack: lease.lease_id });
  }

  setCapacity(change: number): void {
    this.capacity = Math.max(0, this.capacity + change);
    this.capacityMax = Math.max(this.capacityMax, this.capacity);
  }

  soldInAll(): number {
    return this.tills.flatMap(({ log }) => log).reduce((sum, entry) => sum + entry.sold, 0);
  }

  private stateAtHq(): CapacityState {
    const rows = this.rowsOf([...this.pushed, this.hq.length]);
    return {
      ...stateOf(rows),
      capacity: this.capacity,
      fenceLimit: hlcOf(this.nowMs + 5, 0),
      heldUntil: (node) => {
        const index = this.tills.findIndex((_, other) => nodeOf(other) === node);
        return this.tills[index]?.log[(this.pushed[index] ?? 0) - 1]?.hlc ?? null;
      },
    };
  }

  private sharesOf(index: number): readonly Share[] {
    const till = this.till(index);
    const known = till.known.map((count, stream) => (stream === index ? till.log.length : count));
    return sharesOf(this.rowsOf(known), { node: nodeOf(index), epoch: 1, hlc: this.tick(till) });
  }

  private rowsOf(known: readonly number[]): LeaseRows {
    const said = this.hq.slice(0, known[TILLS]);
    const entries = this.tills.flatMap(({ log }, stream) => log.slice(0, known[stream]));
    return {
      leases: [...said, ...entries].flatMap(({ lease }) => (lease ? [lease] : [])),
      uses: summed(entries.flatMap(({ use }) => (use ? [use] : []))),
      takenBack: new Set(said.flatMap(({ takenBack }) => (takenBack ? [takenBack] : []))),
    };
  }

  private write(index: number, drafts: readonly KnownDraft[]): void {
    const till = this.till(index);
    till.hlc = this.tick(till);
    for (const { type, body } of drafts) {
      if (type === 'LeaseReturned') {
        till.log.push({ hlc: till.hlc, use: { ...useOf(body.leaseId, index), returned: body.places }, sold: 0 });
      } else if (type === 'LeaseTransferred') {
        const lease = {
          ...leaseOf(body.newLeaseId, body.to as NodeId),
          places: body.places,
          ends_hlc: body.endsHlc,
          from_lease: body.leaseId,
          from_node: nodeOf(index),
          from_epoch: 1,
        };
        const use = { ...useOf(body.leaseId, index), given: body.places };
        till.log.push({ hlc: till.hlc, lease, use, sold: 0 });
      }
    }
  }

  private readonly tick = (till: Till): Hlc => hlcTick(till.hlc, this.nowMs + till.lead);
  private ids = 0;
  private newId(): string {
    this.ids += 1;
    return idFromBytes(Uint8Array.from({ length: 10 }, (_, byte) => (byte < 2 ? (this.ids >> (8 * byte)) & 255 : 7)));
  }

  private till(index: number): Till {
    const till = this.tills[index];
    if (!till) throw new Error(`there is no till ${index}`);
    return till;
  }
}

function leaseOf(lease_id: string, node: NodeId) {
  return { lease_id, node, epoch: 1, date: DATE, slot: 'day', places: 10, ends_hlc: hlcOf(1_000, 0) };
}

const useOf = (lease_id: string, index: number): LeaseUseRow => ({
  lease_id,
  node: nodeOf(index),
  epoch: 1,
  used: 0,
  returned: 0,
  given: 0,
});

function stateOf(rows: LeaseRows): CapacityState {
  const none = { soldElsewhere: 0, overridden: 0, returnedByVoid: 0, heldUntil: () => null };
  return { ...rows, ...none, capacity: 20, fenceLimit: hlcOf(10_000, 0) };
}

function summed(uses: readonly LeaseUseRow[]): readonly LeaseUseRow[] {
  const sums = new Map<string, LeaseUseRow>();
  for (const use of uses) {
    const key = `${use.lease_id} ${use.node}`;
    const known = sums.get(key) ?? { ...use, used: 0, returned: 0, given: 0 };
    sums.set(key, {
      ...known,
      used: known.used + use.used,
      returned: known.returned + use.returned,
      given: known.given + use.given,
    });
  }
  return [...sums.values()];
}
