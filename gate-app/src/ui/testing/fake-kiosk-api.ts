import type { RecentScan, VerdictView } from '../../rpc-contract/gate-view.ts';
import type { KioskApi, Reply } from '../../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../../rpc-contract/status-view.ts';
import type { SaleLineInput, SaleQuote, SaleReceipt } from '../../rpc-contract/till-view.ts';
import type { KioskConnection } from '../kiosk-connection.ts';
import { FAKE_CATALOGUE, FAKE_HISTORY, FAKE_STAFF, FAKE_STATUS, FAKE_UNITS, FAKE_VERDICT } from './fake-data.ts';

/** A kiosk made of nothing, for tests of screens and for looking at them. Never part of the product. */
export interface FakeKiosk {
  readonly connection: KioskConnection;
  /** Every call, in order: `['scan', {...}]`. */
  readonly calls: (readonly [string, unknown])[];
  change(status: Partial<KioskStatus>): void;
  /** What the next scans answer. */
  setVerdict(verdict: Partial<VerdictView>): void;
  setLinked(linked: boolean): void;
}

const said = <Value>(value: Value): Promise<Reply<Value>> => Promise.resolve({ ok: true, value });
const CODE = `SG1:${'6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE'.repeat(4).slice(0, 166)}`;

const fakeShares: Pick<KioskApi, 'listShares' | 'askForPlaces' | 'giveShare'> = {
  listShares: () =>
    said({
      shares: FAKE_CATALOGUE.dates.slice(0, 2).map(({ date, left, share, pastShare }) => ({
        date,
        slot: 'day',
        startsAt: null,
        product: null,
        left: left ?? 0,
        places: share ?? 0,
        pastShare,
      })),
      tills: [
        { node: 'k-0000000000000004', name: 'Касса 1' },
        { node: 'k-0000000000000005', name: 'Касса 3' },
      ],
    }),
  askForPlaces: ({ places }) => said({ granted: places, leftAtHq: 120 }),
  giveShare: () => said(null),
};

export function createFakeKiosk(start: Partial<KioskStatus> = {}): FakeKiosk {
  let status: KioskStatus = { ...FAKE_STATUS, ...start };
  let verdict: VerdictView = FAKE_VERDICT;
  const statusListeners = new Set<(status: KioskStatus) => void>();
  const linkedListeners = new Set<(linked: boolean) => void>();
  const calls: (readonly [string, unknown])[] = [];
  const sales: SaleReceipt[] = [];
  const change = (part: Partial<KioskStatus>): void => {
    status = { ...status, ...part };
    for (const listener of statusListeners) listener(status);
  };
  const shiftOf = (): NonNullable<KioskStatus['shift']> => ({
    shiftId: 'shift',
    number: 17,
    staff: status.staff ?? (FAKE_STAFF[0] as NonNullable<KioskStatus['staff']>),
    openedMs: status.nowMs - 3_600_000,
    floatMinor: 200_000,
    salesCount: sales.length,
    salesMinor: sales.reduce((sum, sale) => sum + sale.quote.totalMinor, 0),
  });

  const answers: KioskApi = {
    getStatus: () => Promise.resolve(status),
    enrol: ({ code }) =>
      code === '00000000'
        ? Promise.resolve({ ok: false, problem: { code: 'enrolment_code_unknown', data: {} } })
        : said(status),
    stopToEnrolAnew: () => {
      change({ stop: { code: 'unknown_at_hq', waiting: status.sync.waiting, mayEnrol: true, farewell: null } });
      return said(status);
    },
    listStaff: () => Promise.resolve(FAKE_STAFF),
    logIn: ({ staffId, pin }) => {
      const staff = FAKE_STAFF.find((member) => member.staffId === staffId);
      if (staff === undefined || pin !== '1234') {
        return Promise.resolve({ ok: false, problem: { code: 'wrong_pin', data: { waitMs: 30_000 } } });
      }
      change({ staff });
      return said(staff);
    },
    logOut: () => {
      change({ staff: null });
      return said(null);
    },
    scan: () => said(verdict),
    undoLast: () => said(null),
    overrideRefusal: ({ scanId }) => said(overriddenOf(scanId)),
    countExit: () => said(null),
    setGateMode: ({ mode }) => {
      change({ gateMode: mode });
      return said(null);
    },
    setScanner: (scanner) => {
      change({ scanner });
      return said(null);
    },
    findTicket: () => said([FAKE_HISTORY]),
    getSaleCatalogue: ({ date }) => said({ ...FAKE_CATALOGUE, date: date ?? FAKE_CATALOGUE.date }),
    quoteSale: ({ lines }) => said(quoteOf(lines)),
    completeSale: ({ commandId, lines, tenderedMinor }) => {
      const known = sales.find(({ saleId }) => saleId === commandId);
      if (known !== undefined) return said(known);
      const receipt = receiptOf({ commandId, lines, tenderedMinor, number: sales.length + 412, nowMs: status.nowMs });
      sales.push(receipt);
      change({ shift: shiftOf() });
      return said(receipt);
    },
    listSales: () => said(sales),
    openShift: () => {
      change({ shift: shiftOf() });
      return said(shiftOf());
    },
    moveCash: () => said(null),
    ...fakeShares,
    closeShift: ({ reason, denominations }) => {
      const countedMinor = denominations.reduce((sum, { valueMinor, count }) => sum + valueMinor * count, 0);
      if (reason === '') {
        return Promise.resolve({ ok: false, problem: { code: 'reason_needed', data: { expectedMinor: 350_000 } } });
      }
      const shift = shiftOf();
      change({ shift: null });
      const differenceMinor = countedMinor - 350_000;
      const money = { cashSalesMinor: 150_000, movedMinor: 0, expectedMinor: 350_000, countedMinor, differenceMinor };
      return said({ shift, closedMs: status.nowMs, currency: 'KGS', reason, salesWaiting: 9, ...money });
    },
    listEditableProducts: () => said(FAKE_CATALOGUE.products),
    editProduct: () => said(null),
    getCatalogueHistory: () => said(editsUntil(status.nowMs)),
    confirmClock: () => {
      change({ clock: { ...status.clock, trust: 'supervisor' } });
      return said(null);
    },
    testContact: () => said(status.sync),
  };
  const api = new Proxy(answers, {
    get: (target, name) =>
      name in target
        ? (input: unknown) => {
            calls.push([String(name), input]);
            return (target[name as keyof KioskApi] as (input: unknown) => unknown)(input);
          }
        : undefined,
  });
  return {
    calls,
    change,
    setVerdict: (part) => {
      verdict = { ...FAKE_VERDICT, ...part };
    },
    setLinked: (linked) => {
      for (const listener of linkedListeners) listener(linked);
    },
    connection: {
      api,
      onStatus: (listener) => {
        statusListeners.add(listener);
        return () => statusListeners.delete(listener);
      },
      onLinked: (listener) => {
        linkedListeners.add(listener);
        return () => linkedListeners.delete(listener);
      },
      run: () => {
        for (const listener of linkedListeners) listener(true);
      },
      stop: () => undefined,
    },
  };
}

const editsUntil = (nowMs: number) => [
  {
    atMs: nowMs - 600_000,
    actor: 'Светлана Ким',
    node: 'k-0123456789ABCDEF',
    about: 'product:day',
    changes: [{ path: 'Дневной билет, взрослый, цена', from: '450', to: '500' }],
    madeAt: 'park' as const,
    atHq: false,
    inUse: false,
  },
];

const overriddenOf = (scanId: string): RecentScan => ({
  ...(FAKE_STATUS.recentScans[0] as RecentScan),
  scanId: `${scanId}~`,
  verdict: 'admit',
  reason: null,
  overridden: true,
});

function quoteOf(lines: readonly SaleLineInput[]): SaleQuote {
  const priced = lines.map((line) => {
    const product = FAKE_CATALOGUE.products.find(({ productId }) => productId === line.productId);
    const unit = product?.units.find(({ unitId }) => unitId === line.unitId);
    const unitPriceMinor = unit?.priceMinor ?? 0;
    return { ...line, unitPriceMinor, totalMinor: unitPriceMinor * line.quantity, people: unit?.people ?? 1 };
  });
  return {
    currency: 'KGS',
    lines: priced,
    totalMinor: priced.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    people: priced.reduce((sum, { people, quantity }) => sum + people * quantity, 0),
  };
}

interface FakeSale {
  readonly commandId: string;
  readonly lines: readonly SaleLineInput[];
  readonly tenderedMinor: number;
  readonly number: number;
  readonly nowMs: number;
}

function receiptOf({ commandId, lines, tenderedMinor, number, nowMs }: FakeSale): SaleReceipt {
  const quote = quoteOf(lines);
  return {
    saleId: commandId,
    number: `2-0${number}`,
    atMs: nowMs,
    cashier: 'Айгүл К.',
    quote,
    lines: quote.lines.map(({ unitId, date, quantity, totalMinor }) => ({
      product: { ru: 'Дневной билет', ky: 'Күндүк билет', en: 'Day ticket' },
      unit: FAKE_UNITS[unitId as keyof typeof FAKE_UNITS] ?? { ru: unitId, ky: unitId, en: unitId },
      startsAt: null,
      date,
      quantity,
      totalMinor,
    })),
    tenderedMinor,
    changeMinor: tenderedMinor - quote.totalMinor,
    pastShare: [],
    tickets: lines.map((line, index) => ({
      ticketId: `0123456789ABCDE${index}`,
      product: { ru: 'Дневной билет', ky: 'Күндүк билет', en: 'Day ticket' },
      party: [{ unitId: line.unitId, count: line.quantity }],
      unitNames: FAKE_UNITS,
      date: line.date,
      slot: line.slot,
      validFromMs: nowMs,
      validUntilMs: nowMs + 9 * 3_600_000,
      code: CODE,
    })),
  };
}
