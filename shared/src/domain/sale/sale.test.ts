import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogueDocument, CatalogueProduct, CatalogueUnit } from '../../documents/catalogue-document.ts';
import { documentProblem } from '../../documents/document-problem.ts';
import type { ParkDocument } from '../../documents/park-document.ts';
import { EVENT_CATALOGUE } from '../../events/catalogue.ts';
import type { Trust } from '../../events/envelope.ts';
import { schemaProblem } from '../../events/read-event.ts';
import { idFromBytes, type ParkId, type SaleId, type TicketId } from '../../lib/ids.ts';
import { businessDateOf, msOfLocal } from '../../lib/local-time.ts';
import { nodeKeyFrom } from '../../sync/chain.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import type { Share } from '../capacity/shares.ts';
import { QUANTITY_MAX, SALE_TICKETS_MAX } from '../pricing/quote.ts';
import { parseTicketCode, signTicketCode } from '../ticket/ticket-code.ts';
import { decideSale, type SaleInput } from './decide.ts';
import type { SaleCompleted } from './events.ts';

const crypto = cryptoFromNode(nodeCrypto);
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(7));
const words = (text: string) => ({ ru: text, ky: text, en: text });
const TODAY = '2026-11-21';
const NEW_YEAR = '2026-12-31';
const ZONE = 'Asia/Bishkek';
const NOON = msOfLocal(TODAY, '12:00', ZONE);

const unit = (priceMinor: number, party: Record<string, number>, placesEach: number): CatalogueUnit => ({
  name: words('unit'),
  hint: words(''),
  order: 1,
  party,
  placesEach,
  note: 'none',
  priceMinor,
  prices: { [NEW_YEAR]: priceMinor * 2 },
});
const product = (kind: 'day' | 'timed', units: CatalogueProduct['units']): CatalogueProduct => ({
  name: words('product'),
  kind,
  active: true,
  order: 1,
  entriesAllowed: 1,
  gates: {},
  startTimes: kind === 'timed' ? { '11:00': true, '14:00': true, '16:00': false } : {},
  earlyMinutes: 15,
  lateMinutes: 30,
  whenGateSilent: 'provisional',
  units,
});
const catalogue: CatalogueDocument = {
  products: {
    day: product('day', {
      adult: unit(40_000, { adult: 1 }, 1),
      toddler: unit(0, { toddler: 1 }, 0),
      family: unit(110_000, { child: 3, adult: 2 }, 5),
    }),
    sky: product('timed', { adult: unit(60_000, { adult: 1 }, 1) }),
    closed: { ...product('day', { adult: unit(1, { adult: 1 }, 1) }), active: false },
  },
};
const park: ParkDocument = {
  name: words('park'),
  timeZone: ZONE,
  currency: 'KGS',
  cutOffHour: 4,
  insideMax: 0,
  exitsScanned: true,
  hours: {} as ParkDocument['hours'],
  gates: {},
};

const leaseIdOf = (slot: string, index: number) => `${slot.slice(0, 3).toUpperCase()}${index}`.padStart(16, '0');
const share = (slot: string, ...leases: readonly number[]): Share => ({
  date: TODAY,
  slot,
  places: 100,
  left: leases.reduce((sum, left) => sum + left, 0),
  leases: leases.map((left, index) => ({ leaseId: leaseIdOf(slot, index), left, endsHlc: 'ffffffffffffffff' })),
});

interface Wanted {
  readonly lines?: readonly (readonly [string, string, number, { date?: string; slot?: string }?])[];
  readonly tendered?: number;
  readonly expected?: number;
  readonly shares?: readonly Share[];
  readonly shift?: null;
  readonly nowMs?: number;
  readonly trust?: Trust;
}

/** Cash that just fits, unless told otherwise. */
function sell(wanted: Wanted) {
  const lines = (wanted.lines ?? [['day', 'adult', 1]]).map(([productId, unitId, quantity, at]) => ({
    productId,
    unitId,
    quantity,
    date: at?.date ?? TODAY,
    slot: at?.slot ?? 'day',
  }));
  const total = lines.reduce((sum, line) => {
    const found = catalogue.products[line.productId]?.units?.[line.unitId];
    return sum + line.quantity * (found?.prices[line.date] ?? found?.priceMinor ?? 0);
  }, 0);
  const expected = wanted.expected ?? total;
  const nowMs = wanted.nowMs ?? NOON;
  let tickets = 0;
  const input: SaleInput = {
    command: {
      commandId: 'command-1',
      lines,
      tenderedMinor: wanted.tendered ?? expected,
      expectedTotalMinor: expected,
      pastShare: null,
    },
    state: {
      parkId: 'ala-archa' as ParkId,
      park,
      catalogue,
      businessDate: businessDateOf(nowMs, ZONE, park.cutOffHour),
      shift: wanted.shift === null ? null : { shiftId: idFromBytes(new Uint8Array(10).fill(1)) },
      shares: wanted.shares ?? [share('day', 50), share('sky@14:00', 5)],
    },
    nowMs,
    trust: wanted.trust ?? 'rtc',
    saleId: idFromBytes(new Uint8Array(10).fill(2)) as SaleId,
    number: '2-0001',
    actor: 'staff:aida',
    kid: key.kid,
    newTicketId: () => {
      tickets += 1;
      return idFromBytes(new Uint8Array(10).fill(tickets)) as TicketId;
    },
    signTicket: (ticket) => signTicketCode(crypto, ticket, key),
  };
  return decideSale(input);
}

function sold(wanted: Wanted) {
  const result = sell(wanted);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  const [first, ...issued] = result.value.drafts;
  return { ...result.value, sale: first?.body as SaleCompleted, issued };
}
const refusalOf = (wanted: Wanted) => {
  const result = sell(wanted);
  return result.ok ? null : result.error;
};

describe('a sale', () => {
  it('H2: is not made where nobody knows what day it is', () => {
    expect(refusalOf({ trust: 'none' })).toEqual({ code: 'clock_untrusted', data: {} });
    for (const trust of ['server', 'peer', 'rtc', 'supervisor'] as const) expect(refusalOf({ trust })).toBeNull();
  });

  it('given a family and two adults, makes one sale, one ticket a unit, and change', () => {
    const { sale, issued, quote, changeMinor, tickets } = sold({
      lines: [
        ['day', 'family', 1],
        ['day', 'adult', 2],
      ],
      tendered: 200_000,
    });
    expect(quote).toMatchObject({ currency: 'KGS', totalMinor: 190_000, people: 7 });
    expect(changeMinor).toBe(10_000);
    expect(sale.payments).toEqual([
      { method: 'cash', amountMinor: 190_000, tenderedMinor: 200_000, changeMinor: 10_000 },
    ]);
    expect(issued).toHaveLength(3);
    expect(tickets[0]?.party).toEqual([
      { unitId: 'adult', count: 2 },
      { unitId: 'child', count: 3 },
    ]);
    expect(new Set(tickets.map((ticket) => ticket.ticketId)).size).toBe(3);
  });

  it('M1: names one command and one actor in all its events, and every body fits its schema', () => {
    const { drafts } = sold({ lines: [['day', 'adult', 2]] });
    expect(drafts.map(({ type }) => type)).toEqual(['SaleCompleted', 'TicketIssued', 'TicketIssued']);
    for (const one of drafts) {
      expect([one.cause, one.actor]).toEqual(['command-1', 'staff:aida']);
      expect(schemaProblem(EVENT_CATALOGUE[one.type][1], one.body)).toBeNull();
    }
  });

  it('T1: signs tickets whose code says the same as the event', () => {
    const { tickets } = sold({ lines: [['day', 'family', 1]], nowMs: NOON + 789 });
    const [ticket] = tickets;
    const parsed = parseTicketCode(ticket?.code ?? '');
    const { code: _, saleId: __, kid, ...claims } = ticket ?? { code: '', saleId: '', kid: '' };
    expect(parsed.ok && [parsed.value.kid, parsed.value.claims]).toEqual([kid, claims]);
  });

  it('H2: a day ticket admits all of its business day, also the night after', () => {
    const { tickets } = sold({});
    expect(tickets[0]).toMatchObject({
      notBeforeMs: msOfLocal(TODAY, '04:00', ZONE),
      expiresMs: msOfLocal('2026-11-22', '04:00', ZONE),
    });
  });

  it('a timed ticket admits from its early to its late minutes', () => {
    const { tickets } = sold({ lines: [['sky', 'adult', 1, { slot: 'sky@14:00' }]] });
    expect(tickets[0]).toMatchObject({
      slot: 'sky@14:00',
      notBeforeMs: msOfLocal(TODAY, '13:45', ZONE),
      expiresMs: msOfLocal(TODAY, '14:30', ZONE),
    });
  });

  it('takes the price of the date', () => {
    const shares = [{ ...share('day', 5), date: NEW_YEAR }];
    expect(sold({ lines: [['day', 'adult', 1, { date: NEW_YEAR }]], shares }).quote.totalMinor).toBe(80_000);
  });

  it('records no payment for a sale that costs nothing', () => {
    expect(sold({ lines: [['day', 'toddler', 1]] }).sale).toMatchObject({ totalMinor: 0, payments: [], leaseUses: [] });
  });

  it('after midnight still belongs to the business day before', () => {
    const { sale } = sold({ nowMs: msOfLocal('2026-11-22', '01:00', ZONE) });
    expect(sale.businessDate).toBe(TODAY);
  });
});

describe('the capacity of a sale', () => {
  it('C1: draws the places of every unit, over several leases in turn', () => {
    const { sale } = sold({
      lines: [
        ['day', 'family', 1],
        ['day', 'adult', 2],
      ],
      shares: [share('day', 3, 10)],
    });
    expect(sale.leaseUses.map(({ leaseId, places }) => [leaseId, places])).toEqual([
      [leaseIdOf('day', 0), 3],
      [leaseIdOf('day', 1), 4],
    ]);
  });

  it('C1: a timed entry takes its own places and none of the day', () => {
    const { sale } = sold({ lines: [['sky', 'adult', 2, { slot: 'sky@14:00' }]] });
    expect(sale.leaseUses).toEqual([{ leaseId: leaseIdOf('sky', 0), date: TODAY, slot: 'sky@14:00', places: 2 }]);
  });

  it('C1: refuses the whole sale when all lines together want more than is left', () => {
    const lines = [
      ['day', 'adult', 3],
      ['day', 'adult', 3],
    ] as const;
    expect(refusalOf({ lines, shares: [share('day', 5)] })).toEqual({
      code: 'share_exceeded',
      data: { date: TODAY, slot: 'day', asked: 6, left: 5 },
    });
    expect(sell({ lines, shares: [share('day', 6)] }).ok).toBe(true);
  });

  it('C1: without a lease nothing is left', () => {
    expect(refusalOf({ shares: [] })).toMatchObject({ code: 'share_exceeded', data: { asked: 1, left: 0 } });
  });

  it('C1: whatever is sold, takes exactly the places of its lines and of no lease more than it has', () => {
    const leases = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 });
    const quantity = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(leases, quantity, quantity, (lefts, families, adults) => {
        const lines = ([['day', 'family', families] as const, ['day', 'adult', adults] as const] as const).filter(
          ([, , count]) => count > 0,
        );
        fc.pre(lines.length > 0);
        const asked = families * 5 + adults;
        const day = share('day', ...lefts);
        const result = sell({ lines, shares: [day] });
        expect(result.ok).toBe(asked <= day.left);
        const body = result.ok ? result.value.drafts[0]?.body : undefined;
        if (body === undefined) return;
        const { leaseUses } = body as SaleCompleted;
        expect(leaseUses.reduce((sum, use) => sum + use.places, 0)).toBe(asked);
        for (const use of leaseUses) {
          expect(use.places).toBeLessThanOrEqual(day.leases.find(({ leaseId }) => leaseId === use.leaseId)?.left ?? 0);
        }
      }),
    );
  });
});

describe('a sale that is refused', () => {
  it.each<[string, Wanted, unknown]>([
    ['no shift is open', { shift: null }, { code: 'no_open_shift', data: {} }],
    ['there are no lines', { lines: [] }, { code: 'sale_is_empty', data: {} }],
    ['the product is unknown', { lines: [['x', 'adult', 1]] }, { code: 'unknown_product', data: { productId: 'x' } }],
    [
      'the product is a name every object has',
      { lines: [['constructor', 'adult', 1]] },
      { code: 'unknown_product', data: { productId: 'constructor' } },
    ],
    [
      'the unit is unknown',
      { lines: [['day', 'x', 1]] },
      { code: 'unknown_unit', data: { productId: 'day', unitId: 'x' } },
    ],
    [
      'the product is off sale',
      { lines: [['closed', 'adult', 1]] },
      { code: 'not_on_sale', data: { productId: 'closed', date: TODAY, slot: 'day', why: 'inactive' } },
    ],
    [
      'the starting time is off',
      { lines: [['sky', 'adult', 1, { slot: 'sky@16:00' }]] },
      { code: 'not_on_sale', data: { productId: 'sky', date: TODAY, slot: 'sky@16:00', why: 'no_such_slot' } },
    ],
    [
      'a timed product is asked for the day',
      { lines: [['sky', 'adult', 1]] },
      { code: 'not_on_sale', data: { productId: 'sky', date: TODAY, slot: 'day', why: 'no_such_slot' } },
    ],
    [
      'the entry is over',
      { lines: [['sky', 'adult', 1, { slot: 'sky@11:00' }]] },
      { code: 'not_on_sale', data: { productId: 'sky', date: TODAY, slot: 'sky@11:00', why: 'past' } },
    ],
    [
      'the day is over',
      { lines: [['day', 'adult', 1, { date: '2026-11-20' }]] },
      { code: 'not_on_sale', data: { productId: 'day', date: '2026-11-20', slot: 'day', why: 'past' } },
    ],
    [
      'the date is none',
      { lines: [['day', 'adult', 1, { date: '2026-02-30' }]] },
      { code: 'bad_input', data: { field: 'date', value: '2026-02-30' } },
    ],
    ...[0, -1, 1.5, QUANTITY_MAX + 1].map((value): [string, Wanted, unknown] => [
      `the quantity is ${value}`,
      { lines: [['day', 'adult', value]] },
      { code: 'amount_out_of_range', data: { field: 'quantity', value, min: 1, max: QUANTITY_MAX } },
    ]),
    [
      'it has more tickets than one group of events holds',
      { lines: [['day', 'adult', SALE_TICKETS_MAX + 1]] },
      { code: 'too_many_tickets', data: { tickets: SALE_TICKETS_MAX + 1, max: SALE_TICKETS_MAX } },
    ],
    [
      'the screen showed another total',
      { expected: 39_000, tendered: 40_000 },
      { code: 'bad_input', data: { field: 'expectedTotalMinor', expectedTotalMinor: 39_000, totalMinor: 40_000 } },
    ],
    [
      'the cash is short',
      { tendered: 39_999 },
      { code: 'cash_below_total', data: { totalMinor: 40_000, tenderedMinor: 39_999 } },
    ],
    [
      'the cash is a fraction',
      { tendered: 40_000.5 },
      {
        code: 'amount_out_of_range',
        data: { field: 'tenderedMinor', value: 40_000.5, min: 0, max: 1_000_000_000_000 },
      },
    ],
  ])('because %s', (_, wanted, refusal) => {
    expect(refusalOf(wanted)).toEqual(refusal);
  });

  it('is decided on a catalogue that a document may hold', () => {
    expect(documentProblem('catalogue', catalogue)).toBeNull();
  });
});
