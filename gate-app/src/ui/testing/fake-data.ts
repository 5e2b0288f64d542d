import type { RecentScan, TicketHistory, VerdictView } from '../../rpc-contract/gate-view.ts';
import type { KioskStatus, StaffMember } from '../../rpc-contract/status-view.ts';
import type { SaleCatalogue } from '../../rpc-contract/till-view.ts';

// Made-up data for tests and for looking at the screens. Never part of the product.

/** Saturday 21 November 2026, 10:42:30 in Bishkek. */
export const FAKE_NOW_MS = Date.UTC(2026, 10, 21, 4, 42, 30);
const MINUTE = 60_000;

const words = (ru: string, ky: string, en: string) => ({ ru, ky, en });

export const FAKE_STAFF: readonly StaffMember[] = [
  { staffId: 'aigul', name: 'Айгүл Касымова', initials: 'АК', role: 'cashier' },
  { staffId: 'bakyt', name: 'Бакыт Осмонов', initials: 'БО', role: 'gate' },
  { staffId: 'svetlana', name: 'Светлана Ким', initials: 'СК', role: 'supervisor' },
];

export const FAKE_UNITS = {
  adult: words('Взрослый', 'Чоң киши', 'Adult'),
  child: words('Ребёнок', 'Бала', 'Child'),
  small: words('До 3 лет', '3 жашка чейин', 'Under 3'),
};

const DAY_TICKET = words('Дневной билет', 'Күндүк билет', 'Day ticket');

export const FAKE_IDENTITY: NonNullable<KioskStatus['identity']> = {
  park: 'ala-archa',
  parkName: words('Ала-Арча', 'Ала-Арча', 'Ala-Archa'),
  timeZone: 'Asia/Bishkek',
  currency: 'KGS',
  node: 'k-0123456789ABCDEF',
  name: 'Вход 3',
  role: 'gate',
  gateId: 'gate-3',
};

export const FAKE_COVERAGE: KioskStatus['coverage'] = {
  kind: 'complete',
  gatesTotal: 4,
  gatesCovered: 4,
  ageMs: 400,
  silent: [],
};
export const FAKE_SILENT: KioskStatus['coverage'] = {
  kind: 'partial',
  gatesTotal: 5,
  gatesCovered: 4,
  ageMs: 900,
  silent: [{ gateId: 'gate-5', name: { ru: 'вход 5', ky: '5-кирүү', en: 'gate 5' }, silentMs: 11 * MINUTE }],
};

const party = [
  { unitId: 'adult', count: 2 },
  { unitId: 'child', count: 2 },
];

const recent = (index: number, more: Partial<RecentScan>): RecentScan => ({
  scanId: `scan-${index}`,
  atMs: FAKE_NOW_MS - index * 21_000,
  verdict: 'admit',
  reason: null,
  party: [{ unitId: 'adult', count: 1 }],
  unitNames: FAKE_UNITS,
  ticketId: '0123456789ABCDEF',
  undone: false,
  overridden: false,
  ...more,
});

export const FAKE_STATUS: KioskStatus = {
  shareNews: null,
  identity: FAKE_IDENTITY,
  appVersion: '0.1.0',
  nowMs: FAKE_NOW_MS,
  clock: { trust: 'server', skewMs: 210, hlcLeadMs: 0 },
  businessDate: '2026-11-21',
  staff: FAKE_STAFF[2] ?? null,
  shift: null,
  gateMode: 'both',
  scanner: { library: 'zxing-wasm', cameraId: null, prefix: '', suffix: '' },
  sync: {
    state: 'offline',
    waiting: 220,
    oldestWaitingMs: FAKE_NOW_MS - 14 * MINUTE,
    lastContactMs: FAKE_NOW_MS - 14 * MINUTE,
    serverUrl: 'http://127.0.0.1:4800',
    diskIsFull: false,
    lastError: null,
  },
  stop: null,
  wasErased: false,
  recovery: null,
  coverage: FAKE_SILENT,
  occupancy: {
    inside: 1842,
    uncertainty: 12,
    admittedToday: 2310,
    exitedToday: 468,
    exitsScanned: true,
    capacity: 3000,
    thisGateAdmitted: 614,
    thisGateActivity: [4, 12, 18, 34, 31, 44, 52, 49, 63, 58, 66].map((admitted, index) => ({
      fromMs: FAKE_NOW_MS - (11 - index) * 15 * MINUTE,
      admitted,
    })),
  },
  caseNotices: [],
  recentScans: [
    recent(1, {}),
    recent(2, { party }),
    recent(3, { verdict: 'refuse', reason: 'already_admitted' }),
    recent(4, { verdict: 'provisional', party: [{ unitId: 'small', count: 1 }] }),
    recent(5, { undone: true }),
  ],
};

export const FAKE_VERDICT: VerdictView = {
  scanId: 'scan-0',
  atMs: FAKE_NOW_MS,
  verdict: 'admit',
  reasons: [],
  facts: {},
  ticketId: '0123456789ABCDEF',
  product: DAY_TICKET,
  party,
  unitNames: FAKE_UNITS,
  notes: [],
  date: '2026-11-21',
  slot: 'day',
  validUntilMs: Date.UTC(2026, 10, 21, 14, 0),
  entriesUsed: 1,
  entriesAllowed: 1,
  coverage: FAKE_COVERAGE,
  canUndo: true,
  canOverride: false,
  tookMs: 6,
};

export const FAKE_HISTORY: TicketHistory = {
  ticketId: '0123456789ABCDEF',
  product: DAY_TICKET,
  party,
  unitNames: FAKE_UNITS,
  validFromMs: Date.UTC(2026, 10, 20, 18, 0),
  validUntilMs: Date.UTC(2026, 10, 21, 14, 0),
  entries: [
    { kind: 'issued', atMs: FAKE_NOW_MS - 60 * MINUTE, kiosk: 'Касса 2', gateId: null, people: 4, reason: null },
    { kind: 'admitted', atMs: FAKE_NOW_MS - 44 * MINUTE, kiosk: 'Вход 1', gateId: 'gate-1', people: 4, reason: null },
    {
      kind: 'refused',
      atMs: FAKE_NOW_MS - MINUTE,
      kiosk: 'Вход 3',
      gateId: 'gate-3',
      people: 0,
      reason: 'already_admitted',
    },
  ],
};

const unit = (unitId: keyof typeof FAKE_UNITS | 'family', name: ReturnType<typeof words>, som: number) => ({
  unitId,
  name,
  hint:
    unitId === 'family'
      ? words('2 взрослых + 3 детей', '2 чоң + 3 бала', '2 adults + 3 children')
      : words('с 14 лет', '14 жаштан', 'from 14'),
  priceMinor: som * 100,
  people: unitId === 'family' ? 5 : 1,
});

export const FAKE_CATALOGUE: SaleCatalogue = {
  date: '2026-11-21',
  currency: 'KGS',
  dates: [
    { date: '2026-11-21', left: 240, share: 340, pastShare: 0 },
    { date: '2026-11-22', left: 400, share: 1200, pastShare: 0 },
    { date: '2026-11-23', left: 7, share: 50, pastShare: 0 },
    { date: '2026-11-24', left: null, share: null, pastShare: 0 },
  ],
  products: [
    {
      productId: 'day',
      name: DAY_TICKET,
      kind: 'day',
      units: [
        unit('adult', FAKE_UNITS.adult, 500),
        unit('child', FAKE_UNITS.child, 250),
        unit('small', FAKE_UNITS.small, 0),
        unit('family', words('Семейный', 'Үй-бүлөлүк', 'Family'), 1300),
      ],
      slots: [{ slot: 'day', startsAt: null, left: 240, share: 340 }],
    },
    {
      productId: 'wheel',
      name: words('Колесо', 'Дөңгөлөк', 'Wheel'),
      kind: 'timed',
      units: [unit('adult', FAKE_UNITS.adult, 150)],
      slots: [
        { slot: '11:00', startsAt: '11:00', left: 7, share: 40 },
        { slot: '11:30', startsAt: '11:30', left: 37, share: 40 },
        { slot: '12:00', startsAt: '12:00', left: 0, share: 40 },
      ],
    },
    {
      productId: 'rope',
      name: words('Верёвочный парк', 'Аркан паркы', 'Rope park'),
      kind: 'timed',
      units: [unit('adult', FAKE_UNITS.adult, 600), unit('child', FAKE_UNITS.child, 400)],
      slots: ['11:00', '12:00', '13:00', '14:00', '15:00'].map((slot) => ({
        slot,
        startsAt: slot,
        left: 12,
        share: 20,
      })),
    },
  ],
};
