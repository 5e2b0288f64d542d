import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draft, type KnownEvent } from '../../events/catalogue.ts';
import type { NodeId } from '../../lib/ids.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import { type MemoryTables, memoryTables } from '../../testing/memory-tables.ts';
import { placedEvent } from '../../testing/placed-event.ts';

const crypto = cryptoFromNode(nodeCrypto);
const TILL = 'k-0000000000000002';
const HQ = 'hq:ala-too';
const SHIFT = '0000000000000001';
const idOf = (seq: number): string => seq.toString().padStart(16, '0');

const by = { actor: 'staff:aigul' };
const sale = (seq: number, atMs: number): KnownEvent =>
  placedEvent(
    TILL,
    seq,
    atMs,
    draft(
      'SaleCompleted',
      `sale:${idOf(seq)}`,
      {
        saleId: idOf(seq),
        number: `2-${seq}`,
        shiftId: SHIFT,
        businessDate: '2026-11-21',
        currency: 'KGS',
        lines: [
          {
            productId: 'day',
            unitId: 'adult',
            quantity: 1,
            unitPriceMinor: 100 * seq,
            totalMinor: 100 * seq,
            date: '2026-11-21',
            slot: 'day',
            placesEach: 1,
          },
        ],
        totalMinor: 100 * seq,
        payments: [{ method: 'cash', amountMinor: 100 * seq, tenderedMinor: 100 * seq, changeMinor: 0 }],
        leaseUses: [{ leaseId: idOf(99), date: '2026-11-21', slot: 'day', places: 1 }],
      },
      by,
    ),
  );
/** Each payment is as much as one may be; together they are more than one event may add. */
function asideInPart(seq: number, atMs: number): KnownEvent {
  const payment = { method: 'cash', amountMinor: 1e12, tenderedMinor: 1e12, changeMinor: 0 } as const;
  const huge = sale(seq, atMs) as Extract<KnownEvent, { type: 'SaleCompleted' }>;
  return { ...huge, body: { ...huge.body, payments: [payment, payment] } };
}
const cash = (seq: number, atMs: number): KnownEvent =>
  placedEvent(
    TILL,
    seq,
    atMs,
    draft('CashMoved', `shift:${SHIFT}`, { shiftId: SHIFT, amountMinor: 7, reason: 'x' }, by),
  );
const revoked = (atMs: number, { seq = 1, reason = 'stolen' } = {}): KnownEvent =>
  placedEvent(HQ, seq, atMs, draft('KioskRevoked', `kiosk:${TILL}`, { kiosk: TILL, kioskEpoch: 1, reason }, by));
const decided = (seq: number, original: number, accepted: boolean): KnownEvent =>
  placedEvent(
    HQ,
    seq,
    9000 + seq,
    draft(
      'FactDecided',
      `kiosk:${TILL}`,
      {
        original: { node: TILL as NodeId, epoch: 1, seq: original, hash: `${TILL}/${original}` },
        accepted,
        reason: 'counted the drawer',
      },
      by,
    ),
  );

/** @param stored what is in the log before the first of them is folded */
function folded(events: readonly KnownEvent[], stored: readonly KnownEvent[] = []) {
  const tables = memoryTables(crypto);
  tables.store(stored);
  for (const event of events) tables.take(event);
  return stateOf(tables);
}
function stateOf({ rows }: MemoryTables) {
  return {
    sales: rows('sales').map((row) => row['number']),
    amount: rows('sales_totals').map((row) => row['amount_minor']),
    paid: rows('payment_totals').map((row) => row['amount_minor']),
    shift: rows('shift_totals').map((row) => [row['sales_count'], row['sales_minor'], row['moved_minor']]),
    cash: rows('shift_totals').map((row) => row['cash_minor']),
    places: rows('lease_use').map((row) => row['used']),
    withheld: rows('withheld_facts').map((row) => row['seq']),
  };
}

describe('X4: money of a kiosk dated after its revocation', () => {
  const events = [sale(1, 1000), sale(2, 3000), cash(3, 4000), revoked(2000)];

  it('stays out of money until a person accepts it; the places it took count at once', () => {
    expect(folded(events)).toEqual({
      cash: [100],
      sales: ['2-1'],
      amount: [100],
      paid: [100],
      shift: [[1, 100, 0]],
      places: [2],
      withheld: [2, 3],
    });
  });

  it('counts once it is accepted, and not if it is rejected; the newest word holds', () => {
    expect(folded([...events, decided(2, 2, true), decided(3, 3, false)])).toMatchObject({
      sales: ['2-1', '2-2'],
      amount: [300],
      shift: [[2, 300, 0]],
      withheld: [3],
    });
    const changedMind = [...events, decided(2, 2, true), decided(3, 2, false)];
    expect(folded(changedMind)).toEqual(folded(events));
  });

  it('is the same whatever is heard of first', () => {
    const all = [
      ...events,
      sale(4, 5000),
      cash(5, 1500),
      decided(2, 2, true),
      decided(3, 3, true),
      decided(4, 4, false),
    ];
    const expected = folded(all);
    expect(expected).toMatchObject({ withheld: [4], amount: [300], shift: [[2, 300, 14]] });
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => {
        expect(folded(arrived)).toEqual(expected);
        expect(folded(arrived, all)).toEqual(expected);
      }),
    );
  });

  it('S7: is the same looked at fact by fact, whatever comes between two of them', () => {
    const all = [
      sale(1, 1000),
      ...[2, 3, 4, 5, 6].map((seq) => sale(seq, 2500 + seq)),
      cash(7, 4000),
      revoked(3000, { seq: 1 }),
      revoked(2000, { seq: 2 }),
      decided(3, 3, true),
      decided(4, 4, false),
      decided(5, 7, true),
      decided(6, 3, false),
      decided(7, 5, true),
    ];
    const expected = folded(all);
    expect(expected).toMatchObject({ sales: ['2-1', '2-5'], withheld: [2, 3, 4, 6], shift: [[2, 600, 7]] });
    const pauses = fc.array(fc.nat(3), { minLength: all.length, maxLength: all.length });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(all, { minLength: all.length }),
        pauses,
        fc.boolean(),
        fc.integer({ min: 1, max: 3 }),
        (arrived, looks, anew, places) => {
          const tables = memoryTables(crypto, { facts: 1, places });
          if (anew) tables.store(all);
          for (const [at, event] of arrived.entries()) {
            tables.take(event);
            for (let look = 0; look < (looks[at] ?? 0); look += 1) tables.takeSome();
          }
          while (tables.takeSome());
          expect(stateOf(tables)).toEqual(expected);
        },
      ),
    );
  });
  it('S7: stays out where a log is folded anew, and the revocation before what was sold after it', () => {
    const [before, after, ...others] = events;
    const anew = [...others, before, after].filter((event) => event !== undefined);
    expect(folded(anew, events)).toEqual(folded(events));
  });

  it('E8, X4: revoked again by HQ that had lost that it was, it is revoked since the first time, whatever was typed', () => {
    const earlier = revoked(2000, { seq: 1, reason: 'stolen' });
    const later = revoked(3500, { seq: 2, reason: 'lost' });
    const sold = [sale(1, 1000), sale(2, 3000), sale(3, 4000)];
    const expected = folded([...sold, later, earlier]);
    expect(expected).toMatchObject({ sales: ['2-1'], amount: [100], withheld: [2, 3] });
    expect(folded([...sold, earlier, later])).toEqual(expected);
    expect(folded([earlier, ...sold, later])).toEqual(expected);
  });

  it('S7: what was put aside of a fact is in no sum, and is not taken out of one', () => {
    const cashAfter = (events: readonly KnownEvent[]) => folded(events).cash;
    expect(cashAfter([sale(1, 1000), asideInPart(2, 3000), revoked(2000)])).toEqual(cashAfter([sale(1, 1000)]));
  });

  it('S7: waits whatever of it is put aside, and whatever is heard of first', () => {
    const nul = { ...sale(2, 3000), actor: 'staff:\u0000' } as KnownEvent;
    const moreThanASum = { ...asideInPart(3, 4000), actor: 'staff:\u0000' } as KnownEvent;
    const all = [sale(1, 1000), nul, moreThanASum, revoked(2000), decided(2, 3, false)];
    const expected = folded(all);
    expect(expected).toMatchObject({ sales: ['2-1'], amount: [100], paid: [100], cash: [100], withheld: [2, 3] });
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => {
        expect(folded(arrived)).toEqual(expected);
      }),
    );
  });

  it('S7: a person sees it whatever its author wrote into it', () => {
    const sold = { ...sale(2, 3000), actor: 'staff:\u0000', subject: 'sale:\u0000' } as KnownEvent;
    const tables = memoryTables(crypto);
    for (const event of [sold, revoked(2000)]) tables.take(event);
    expect(tables.rows('withheld_facts')).toMatchObject([{ actor: 'staff:\uFFFD', subject: 'sale:\uFFFD' }]);
  });

  it("holds back nothing of another kiosk, nor of the revoked one's other incarnations", () => {
    const other = { ...sale(2, 3000), epoch: 2 } as KnownEvent;
    expect(folded([revoked(2000), other]).withheld).toEqual([]);
  });
});
