import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kiosk } from '@skygate/gate-app/kiosk/kiosk';
import { catalogue, crypto, hqTicketKey, leaseDraft, TILL, TODAY } from '@skygate/gate-app/kiosk/testing/test-park';
import type { CatalogueDocument, CatalogueUnit } from '@skygate/shared/documents/catalogue-document';
import { mustSay, openKiosk, removeFolder, settled, setUpKiosk } from './bench-kiosk.ts';
import { type BenchResult, quantile, round } from './bench-result.ts';
import { createFloor, type Floor } from './crypto-floor.ts';

// A family buys at a till, by the call that its screens make: four lines priced, places drawn from the lease, four
// tickets signed, cash taken, all of it durable (FULL), receipt returned. The floor is measured between the sales.

const SAMPLES = 2_000;
const WARM_UP = 300;
const P50_TO_FLOOR_MAX = 3;
/** Four tickets and the seal. */
const SIGNATURES = 5;
const LEASE_PLACES = 100_000;

const UNITS: Readonly<Record<string, number>> = { adult: 50_000, senior: 30_000, child: 25_000, toddler: 5_000 };
const TOTAL_MINOR = Object.values(UNITS).reduce((sum, price) => sum + price, 0);
const LINES = Object.keys(UNITS).map((unitId) => ({
  productId: 'day-ticket',
  unitId,
  quantity: 1,
  date: TODAY,
  slot: 'day',
}));

export async function sale(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'skygate-sale-'));
  try {
    const also = [leaseDraft(TILL, LEASE_PLACES)];
    const ticketKey = crypto.publicKeyOf(hqTicketKey.privateKey);
    setUpKiosk(join(folder, 'till'), { role: 'till', catalogue: familyCatalogue(), ticketKey, also });
    return await measure(folder);
  } finally {
    removeFolder(folder);
  }
}

/** The park's day ticket for four ages of people. */
function familyCatalogue(): CatalogueDocument {
  const product = catalogue.products['day-ticket'];
  const adult = product?.units['adult'];
  if (!product || !adult) throw new Error('the test park sells a day ticket for adults');
  const units = Object.entries(UNITS).map(([unitId, priceMinor], order): [string, CatalogueUnit] => [
    unitId,
    { ...adult, order, priceMinor, party: { [unitId]: 1 } },
  ]);
  return { products: { 'day-ticket': { ...product, units: Object.fromEntries(units) } } };
}

async function measure(folder: string): Promise<BenchResult> {
  const kiosk = await openKiosk(join(folder, 'till'), 'c1');
  mustSay(await kiosk.api.openShift({ floatMinor: 100_000, denominations: [] }));
  const floor = createFloor(folder);
  const floorMs: number[] = [];
  const saleMs: number[] = [];
  for (let index = 0; index < WARM_UP + SAMPLES; index += 1) {
    floorMs.push(timeFloor(floor));
    saleMs.push(await timeSale(kiosk, `sale-${index}`));
  }
  floor.close();
  await kiosk.stop();
  return resultOf(floorMs.slice(WARM_UP), saleMs.slice(WARM_UP));
}

function timeFloor(floor: Floor): number {
  const started = performance.now();
  for (let signature = 0; signature < SIGNATURES; signature += 1) floor.sign();
  floor.commit();
  return performance.now() - started;
}

async function timeSale(kiosk: Kiosk, commandId: string): Promise<number> {
  const command = { commandId, lines: LINES, tenderedMinor: 200_000, expectedTotalMinor: TOTAL_MINOR };
  const started = performance.now();
  const reply = await kiosk.api.completeSale(command);
  const ms = performance.now() - started;
  const { tickets } = mustSay(reply);
  if (tickets.length !== LINES.length) throw new Error(`${tickets.length} tickets for ${LINES.length} lines`);
  await settled();
  return ms;
}

function resultOf(floorMs: readonly number[], saleMs: readonly number[]): BenchResult {
  const floorP50 = quantile(floorMs, 0.5);
  const p50 = quantile(saleMs, 0.5);
  const ratio = p50 / floorP50;
  return {
    name: 'sale',
    figures: {
      p50Ms: round(p50),
      p95Ms: round(quantile(saleMs, 0.95)),
      p99Ms: round(quantile(saleMs, 0.99)),
      samples: SAMPLES,
    },
    floor: { p50Ms: round(floorP50), p99Ms: round(quantile(floorMs, 0.99)) },
    ratio: round(ratio),
    target: `p50 <= ${P50_TO_FLOOR_MAX}x floor`,
    met: ratio <= P50_TO_FLOOR_MAX,
  };
}
