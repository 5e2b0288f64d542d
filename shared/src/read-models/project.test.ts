import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CurrentBodies, EVENT_CATALOGUE, type EventType, type KnownEvent } from '../events/catalogue.ts';
import { schemaProblem } from '../events/read-event.ts';
import { idFromBytes, type NodeId, type ParkId } from '../lib/ids.ts';
import { hlcOf } from '../sync/hlc.ts';
import { projectEvent } from './project.ts';
import { cellsOfChange } from './refold/refolder.ts';
import type { Row, RowChange } from './row-change.ts';
import { isSmallerRow } from './row-order.ts';
import { TABLES, type TableName } from './tables.ts';

const PARK = 'ala-archa' as ParkId;
const TODAY = '2026-11-21';
const YESTERDAY = '2026-11-20';
const id = (fill: number): string => idFromBytes(new Uint8Array(10).fill(fill));
const node = (fill: number): NodeId => `k-${id(fill)}` as NodeId;
const HASH = 'a'.repeat(64);
const PUBLIC_KEY = 'A'.repeat(43);
const KID = 'b'.repeat(16);

let written = 0;
/** An event of the log; the hashes do not matter to a fold. */
function event<T extends EventType>(type: T, body: CurrentBodies[T], over: Partial<KnownEvent> = {}): KnownEvent {
  written += 1;
  const problem = schemaProblem(EVENT_CATALOGUE[type][1], body);
  if (problem !== null) throw new Error(`${type}: ${problem}`);
  const place = { park: PARK, node: node(1), epoch: 1, seq: written, hlc: hlcOf(1000 + written, 0), wallMs: 1_000_000 };
  const rest = { trust: 'server', version: 1, subject: 'x', cause: null, actor: 'staff:aida' };
  return { ...place, ...rest, type, body, bodyHash: HASH, prev: HASH, hash: HASH, ...over } as KnownEvent;
}

const admitted = (ticket: number, people: number, businessDate = TODAY) =>
  event('TicketAdmitted', {
    ticketId: id(ticket),
    gateId: 'main',
    people,
    businessDate,
    verdict: 'admit',
    silentGates: [],
  });
const annulled = (of: KnownEvent) => {
  if (of.type !== 'TicketAdmitted') throw new Error('only an admission is annulled');
  const { ticketId, gateId, people, businessDate } = of.body;
  const original = { node: of.node, epoch: of.epoch, seq: of.seq };
  return event('AdmissionAnnulled', { original, ticketId, gateId, people, businessDate, reason: 'undo' });
};
const exited = (ticket: number | null, people: number, unmatched = 0) =>
  event('TicketExited', {
    ticketId: ticket === null ? null : id(ticket),
    gateId: 'main',
    people,
    businessDate: TODAY,
    unmatched,
  });
const sale = (fill: number, quantity: number) =>
  event('SaleCompleted', {
    saleId: id(fill),
    number: `2-${fill}`,
    shiftId: id(200),
    businessDate: TODAY,
    currency: 'KGS',
    lines: [
      {
        productId: 'day',
        unitId: 'adult',
        quantity,
        unitPriceMinor: 400,
        totalMinor: 400 * quantity,
        date: TODAY,
        slot: 'day',
        placesEach: 1,
      },
    ],
    totalMinor: 400 * quantity,
    payments: [{ method: 'cash', amountMinor: 400 * quantity, tenderedMinor: 400 * quantity, changeMinor: 0 }],
    leaseUses: [{ leaseId: id(201), date: TODAY, slot: 'day', places: quantity }],
  });
const capacitySet = (places: number, hlcMs: number) =>
  event('CapacitySet', { date: TODAY, slot: 'day', places, reason: '' }, { hlc: hlcOf(hlcMs, 0) });

/** Types that no test here says more of, as they were recorded for the golden files. */
const AS_RECORDED = [
  'AdmissionOverridden',
  'BookingHeld',
  'BookingConfirmed',
  'BookingCancelled',
  'BookingExpired',
  'CapacityOverridden',
  'CaseClosed',
  'ClockConfirmed',
  'DocumentPublished',
  'EpochClosed',
  'EventRecovered',
  'FactDecided',
  'LeaseReturned',
  'LeaseTransferred',
  'LogRooted',
  'Unreadable',
] as const satisfies readonly KnownEvent['type'][];

function asRecorded(type: (typeof AS_RECORDED)[number]): KnownEvent {
  const file = new URL(`../events/golden/${type}.1.json`, import.meta.url);
  return event(type, JSON.parse(readFileSync(file, 'utf8')).event.body) as KnownEvent;
}

/** At least one of every type. */
function everything(): readonly KnownEvent[] {
  const admission = admitted(1, 5);
  const keyed = { kid: KID, publicKey: PUBLIC_KEY, holder: node(1), holderEpoch: 1, parks: [PARK] };
  return [
    event('KioskEnrolled', {
      kiosk: node(1),
      kioskEpoch: 1,
      name: 'Main gate',
      role: 'gate',
      gateId: 'main',
      publicKey: PUBLIC_KEY,
      keyId: KID,
    }),
    event('KioskRevoked', { kiosk: node(1), kioskEpoch: 1, reason: 'lost' }),
    event('SigningKeyPublished', { ...keyed, notBeforeMs: 1, notAfterMs: 2 }),
    event('SigningKeyRevoked', { kid: KID, epoch: 1, lastSeq: 0, reason: 'lost' }),
    event('StaffChanged', { staffId: 'aida', revision: 1, removed: false }),
    event('TextErased', { text: 'A'.repeat(43), why: 'personal_data' }),
    event('DocumentChanged', { documentId: 'park', changeHash: HASH, change: 'AA', about: null, generation: 1 }),
    capacitySet(100, 10),
    capacitySet(80, 30),
    capacitySet(90, 20),
    event('LeaseGranted', {
      leaseId: id(201),
      node: node(1),
      epoch: 1,
      date: TODAY,
      slot: 'day',
      places: 50,
      endsHlc: hlcOf(1, 0),
    }),
    sale(10, 2),
    sale(11, 3),
    event('TicketIssued', {
      ticketId: id(1),
      saleId: id(10),
      productId: 'day',
      party: [{ unitId: 'adult', count: 5 }],
      parks: [PARK],
      date: TODAY,
      slot: 'day',
      issuedMs: 1,
      notBeforeMs: 2,
      expiresMs: 3,
      kid: KID,
      flags: 0,
      code: `SG1:${'A'.repeat(40)}`,
    }),
    event('TicketVoided', { ticketId: id(1), reason: '' }),
    event('TicketBlocked', { ticketId: id(1), reason: '', people: 0 }),
    admission,
    admitted(2, 2, YESTERDAY),
    annulled(admission),
    event('AdmissionRefused', {
      ticketId: id(1),
      gateId: 'main',
      businessDate: TODAY,
      reasons: ['voided', 'expired'],
      codeHash: HASH,
    }),
    event('AdmissionRefused', {
      ticketId: null,
      gateId: 'main',
      businessDate: TODAY,
      reasons: ['unreadable'],
      codeHash: HASH,
    }),
    exited(2, 1),
    exited(null, 9, 9),
    event('ShiftOpened', {
      shiftId: id(200),
      number: 1,
      staffId: 'aida',
      businessDate: TODAY,
      currency: 'KGS',
      floatMinor: 500,
      denominations: [],
    }),
    event('CashMoved', { shiftId: id(200), amountMinor: -300, reason: 'bank' }),
    event('ShiftClosed', {
      shiftId: id(200),
      currency: 'KGS',
      countedMinor: 2200,
      expectedMinor: 2200,
      differenceMinor: 0,
      salesCount: 2,
      denominations: [{ valueMinor: 100, count: 22 }],
      reason: '',
    }),
    ...AS_RECORDED.map(asRecorded),
  ];
}

/** The least that applies row changes: a fake of the two databases, for the fold alone. */
class FakeTables {
  readonly rows = new Map<string, Record<string, unknown>>();

  apply(change: RowChange): void {
    const key = this.keyOf(change.table, change.op === 'insert' ? change.row : change.key);
    const row = this.rows.get(key);
    if (change.op === 'insert' && (!row || isSmallerRow(change.table, change.row, row as Row))) {
      this.rows.set(key, { ...change.row });
    }
    if (change.op === 'add') {
      const sums = { ...(row ?? change.key) };
      for (const [column, delta] of Object.entries(change.deltas)) sums[column] = Number(sums[column] ?? 0) + delta;
      this.rows.set(key, sums);
    }
    if (change.op === 'latest' && String(row?.['change_order'] ?? '') < change.order) {
      this.rows.set(key, { ...change.key, ...change.values, change_order: change.order });
    }
  }

  one(table: TableName, key: Row): Record<string, unknown> | undefined {
    return this.rows.get(this.keyOf(table, { park: PARK, ...key }));
  }

  sorted(): unknown {
    return [...this.rows].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  private keyOf(table: TableName, row: Row): string {
    return [table, ...TABLES[table].key.map((column) => row[column])].join(' ');
  }
}

function tablesOf(events: readonly KnownEvent[]): FakeTables {
  const tables = new FakeTables();
  for (const one of events) for (const change of projectEvent(one)) tables.apply(change);
  return tables;
}

/** What is touched may be many rows of a table: they are named by a part of the key. */
const namedIn = (change: RowChange, key: readonly string[]): readonly string[] =>
  key.filter((column) => change.op !== 'touch' || column in cellsOfChange(change)).toSorted();

function othersOf(change: RowChange): object {
  if (change.op === 'add') return change.deltas;
  return change.op === 'latest' ? change.values : {};
}

describe('row changes', () => {
  it('cover every type of event and name just the columns of their tables', () => {
    const events = everything();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(EVENT_CATALOGUE)));
    for (const change of events.flatMap(projectEvent)) {
      const { kind, key, columns }: { kind: string; key: readonly string[]; columns: readonly string[] } =
        TABLES[change.table];
      expect(change.op).toBe(kind === 'folded' ? 'touch' : kind);
      if (change.op === 'insert') {
        expect(Object.keys(change.row).sort()).toEqual([...new Set([...key, ...columns])].sort());
      } else {
        // What is only touched names the fact by its place as well.
        const named = Object.keys(change.key).filter((column) => change.op !== 'touch' || column !== 'seq');
        expect(named.sort()).toEqual(namedIn(change, key));
        for (const column of Object.keys(othersOf(change))) expect(columns).toContain(column);
      }
    }
  });

  it('S7: give the same tables in any order of arrival', () => {
    const events = everything();
    const inOrder = tablesOf(events).sorted();
    fc.assert(
      fc.property(fc.shuffledSubarray([...events], { minLength: events.length }), (shuffled) => {
        expect(tablesOf(shuffled).sorted()).toEqual(inOrder);
      }),
    );
  });

  it('S7: keep the same of two rows of one key, whichever came first', () => {
    const [one, two] = [sale(10, 2), sale(10, 3)];
    expect(tablesOf([one, two]).one('sales', { sale_id: id(10) })).toEqual(
      tablesOf([two, one]).one('sales', { sale_id: id(10) }),
    );
  });

  it('S7: sum up any list of admissions, annulments and exits to the same in any order', () => {
    const passage = fc.tuple(fc.constantFrom('in', 'undo', 'out'), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(fc.array(passage, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (passages, random) => {
        const events = passages.flatMap(([what, people], index) => {
          const admission = admitted(index, people);
          if (what === 'out') return [exited(index, people)];
          return what === 'in' ? [admission] : [admission, annulled(admission)];
        });
        const net = passages.reduce((sum, [what, people]) => sum + { in: people, undo: 0, out: -people }[what], 0);
        const shuffled = events
          .map((one) => ({ one, at: random.next().value ?? 0 }))
          .sort((left, right) => left.at - right.at)
          .map(({ one }) => one);
        const totals = tablesOf(shuffled).one('gate_totals', { business_date: TODAY, gate_id: 'main' });
        expect(Number(totals?.['admitted'] ?? 0) - Number(totals?.['exited'] ?? 0)).toBe(net);
        expect(tablesOf(shuffled).sorted()).toEqual(tablesOf(events).sorted());
      }),
    );
  });
});

describe('the sums', () => {
  it('take an annulled admission off the business day it was made on', () => {
    const late = admitted(1, 5, YESTERDAY);
    const tables = tablesOf([annulled(late), admitted(2, 3), late]);
    expect(tables.one('gate_totals', { business_date: YESTERDAY, gate_id: 'main' })).toMatchObject({ admitted: 0 });
    expect(tables.one('gate_totals', { business_date: TODAY, gate_id: 'main' })).toMatchObject({ admitted: 3 });
  });

  it('T4: subtract exits without a floor', () => {
    const totals = tablesOf([exited(null, 4, 4), admitted(1, 1)]).one('gate_totals', {
      business_date: TODAY,
      gate_id: 'main',
    });
    expect(totals).toMatchObject({ admitted: 1, exited: 4, unmatched: 4 });
  });

  it('M1: of lines, payments, the shift and the lease tie out', () => {
    const tables = tablesOf(everything());
    const day = { business_date: TODAY, currency: 'KGS' };
    expect(tables.one('sales_totals', { ...day, product_id: 'day', unit_id: 'adult' })).toMatchObject({
      quantity: 5,
      amount_minor: 2000,
    });
    expect(tables.one('payment_totals', { ...day, method: 'cash' })).toMatchObject({ count: 2, amount_minor: 2000 });
    expect(tables.one('shift_totals', { shift_id: id(200) })).toMatchObject({
      sales_count: 2,
      sales_minor: 2000,
      cash_minor: 2000,
      moved_minor: -300,
    });
    expect(tables.one('lease_use', { lease_id: id(201), node: node(1), epoch: 1 })).toMatchObject({ used: 5 });
  });

  it('T2: count a refused scan under the reason that was shown', () => {
    const tables = tablesOf(everything());
    const day = { business_date: TODAY, gate_id: 'main' };
    expect(tables.one('refusals', { ...day, reason: 'voided' })).toMatchObject({ count: 1 });
    expect(tables.one('refusals', { ...day, reason: 'expired' })).toBeUndefined();
    expect(tables.one('gate_totals', day)).toMatchObject({ refused: 2 });
  });

  it('C1: hold the newest capacity by clock, whatever came last', () => {
    const tables = tablesOf([capacitySet(80, 30), capacitySet(100, 10)]);
    expect(tables.one('capacity', { date: TODAY, slot: 'day' })).toMatchObject({ places: 80 });
  });

  it('order two changes of one clock by node, epoch and seq as numbers', () => {
    const at = (seq: number, places: number) =>
      event('CapacitySet', { date: TODAY, slot: 'day', places, reason: '' }, { seq, hlc: hlcOf(5, 0) });
    const tables = tablesOf([at(10, 1), at(9, 2)]);
    expect(tables.one('capacity', { date: TODAY, slot: 'day' })).toMatchObject({ places: 1 });
  });
});
