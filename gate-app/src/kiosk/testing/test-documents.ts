import type { CatalogueDocument, CatalogueUnit } from '@skygate/shared/documents/catalogue-document';
import type { ParkDocument } from '@skygate/shared/documents/park-document';

// What the test park's documents say.

const words = (en: string) => ({ ru: en, ky: en, en });
const hours = { opens: '09:00', closes: '20:00' };

export const park: ParkDocument = {
  name: words('Ala-Archa'),
  timeZone: 'Asia/Bishkek',
  currency: 'KGS',
  cutOffHour: 4,
  insideMax: 1000,
  exitsScanned: false,
  hours: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours },
  gates: { north: { name: words('North gate') }, desk: { name: words('Desk') } },
};

const unit = (name: string, priceMinor: number, party: CatalogueUnit['party']): CatalogueUnit => ({
  name: words(name),
  hint: words(''),
  order: 1,
  party,
  placesEach: Object.values(party).reduce((sum, count) => sum + count, 0),
  note: 'none',
  priceMinor,
  prices: {},
});

export const catalogue: CatalogueDocument = {
  products: {
    'day-ticket': {
      name: words('Day ticket'),
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
        adult: unit('Adult', 50_000, { adult: 1 }),
        family: unit('Family', 120_000, { adult: 2, child: 3 }),
      },
    },
  },
};
