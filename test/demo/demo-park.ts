import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { Words } from '@skygate/shared/documents/words';

const words = (ru: string, ky: string, en: string): Words => ({ ru, ky, en });

export interface DemoPark {
  readonly park: string;
  readonly document: ParkDocument;
  readonly products: CatalogueDocument['products'];
}

const everyDay = (opens: string, closes: string): ParkDocument['hours'] => {
  const day = { opens, closes };
  return { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day };
};

const unit = (name: Words, hint: Words, order: number, priceMinor: number) => ({
  name,
  hint,
  order,
  priceMinor,
  placesEach: 1,
  note: 'none' as const,
  prices: {},
});

const dayTicket: CatalogueDocument['products'][string] = {
  name: words('Дневной билет', 'Күндүк билет', 'Day ticket'),
  kind: 'day',
  active: true,
  order: 1,
  entriesAllowed: 1,
  gates: {},
  startTimes: {},
  earlyMinutes: 0,
  lateMinutes: 0,
  whenGateSilent: 'provisional',
  units: {
    adult: {
      ...unit(words('Взрослый', 'Чоң киши', 'Adult'), words('с 14 лет', '14 жаштан', 'from 14 years'), 1, 50_000),
      party: { adult: 1 },
    },
    'over-3': {
      ...unit(
        words('Ребёнок старше 3', '3 жаштан улуу бала', 'Child over 3'),
        words('3–13 лет', '3–13 жаш', '3 to 13 years'),
        2,
        25_000,
      ),
      party: { 'over-3': 1 },
    },
    'under-3': {
      ...unit(
        words('До 3 лет', '3 жашка чейин', 'Child under 3'),
        words('со взрослым', 'чоң киши менен', 'with an adult'),
        3,
        0,
      ),
      party: { 'under-3': 1 },
      note: 'accompanied_child',
    },
    family: {
      ...unit(
        words('Семейный', 'Үй-бүлөлүк', 'Family'),
        words('2 взрослых, 2 детей', '2 чоң киши, 2 бала', '2 adults, 2 children'),
        4,
        125_000,
      ),
      party: { adult: 2, 'over-3': 2 },
      placesEach: 4,
    },
  },
};

const wheel: CatalogueDocument['products'][string] = {
  name: words('Колесо обозрения', 'Көрүү дөңгөлөгү', 'Observation wheel'),
  kind: 'timed',
  active: true,
  order: 2,
  entriesAllowed: 1,
  gates: {},
  startTimes: Object.fromEntries(
    ['10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00', '17:00', '18:00', '19:00'].map((time) => [
      time,
      true,
    ]),
  ),
  earlyMinutes: 15,
  lateMinutes: 30,
  whenGateSilent: 'provisional',
  units: {
    adult: {
      ...unit(words('Взрослый', 'Чоң киши', 'Adult'), words('с 14 лет', '14 жаштан', 'from 14 years'), 1, 15_000),
      party: { adult: 1 },
    },
    'over-3': {
      ...unit(words('Ребёнок', 'Бала', 'Child'), words('3–13 лет', '3–13 жаш', '3 to 13 years'), 2, 10_000),
      party: { 'over-3': 1 },
    },
  },
};

const gate = (number: number) => ({ name: words(`Вход ${number}`, `${number}-кире бериш`, `Gate ${number}`) });
const till = (number: number) => ({ name: words(`Касса ${number}`, `${number}-касса`, `Till ${number}`) });

/** The hour at which the demo's business days end. */
export const DEMO_CUT_OFF_HOUR = 4;

/** The two parks of the demo. `ala-archa` is where its kiosks stand. */
export const DEMO_PARKS: readonly DemoPark[] = [
  {
    park: 'ala-archa',
    document: {
      name: words('Ала-Арча', 'Ала-Арча', 'Ala-Archa'),
      timeZone: 'Asia/Bishkek',
      currency: 'KGS',
      cutOffHour: DEMO_CUT_OFF_HOUR,
      insideMax: 3000,
      exitsScanned: true,
      hours: everyDay('09:00', '22:00'),
      gates: { 'gate-1': gate(1), 'gate-2': gate(2), 'till-1': till(1), 'till-2': till(2) },
    },
    products: { 'day-ticket': dayTicket, wheel },
  },
  {
    park: 'yntymak',
    document: {
      name: words('Ынтымак', 'Ынтымак', 'Yntymak'),
      timeZone: 'Asia/Bishkek',
      currency: 'KGS',
      cutOffHour: DEMO_CUT_OFF_HOUR,
      insideMax: 1500,
      exitsScanned: false,
      hours: everyDay('10:00', '21:00'),
      gates: { 'gate-1': gate(1) },
    },
    products: { 'day-ticket': dayTicket },
  },
];

/** Who works in the demo, with PINs that a demo may show. */
export const DEMO_STAFF = [
  { staffId: 'aigul', name: 'Айгүл Касымова', role: 'cashier', pin: '1111' },
  { staffId: 'nurlan', name: 'Нурлан Асанов', role: 'gate', pin: '2222' },
  { staffId: 'gulnara', name: 'Гүлнара Токтогулова', role: 'supervisor', pin: '3333' },
] as const;

export const DEMO_HQ_USER = { email: 'hq@skygate.example', password: 'skygate-demo' } as const;
