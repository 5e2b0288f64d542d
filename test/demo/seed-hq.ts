import type { CapacityAnswer } from '@skygate/shared/hq-api/capacity';
import type { KiosksAnswer } from '@skygate/shared/hq-api/kiosks';
import type { ParksAnswer } from '@skygate/shared/hq-api/parks';
import type { IssuedTicketsAnswer } from '@skygate/shared/hq-api/tickets';
import { addDays } from '@skygate/shared/lib/local-time';
import { DEMO_PARKS, DEMO_STAFF, type DemoPark } from './demo-park.ts';
import type { HqClient } from './hq-client.ts';

/** Days for which the demo opens sales: today and the two after. */
const DAYS_ON_SALE = 3;
const DAY_PLACES = 3000;
const SLOT_PLACES = 60;
const TILL_DAY_SHARE = 400;
const TILL_SLOT_SHARE = 40;
/** Tickets sold before the day begins, through HQ. */
const PRESOLD_TICKETS = 500;

/** Parks, products and staff, as HQ's people would enter them. Does nothing to a park that is there. */
export async function seedParks(hq: HqClient, timeZone: string): Promise<void> {
  const { parks } = await hq.get<ParksAnswer>('/parks');
  const known = new Set<string>(parks.map(({ park }) => park));
  for (const demo of DEMO_PARKS.filter(({ park }) => !known.has(park))) {
    await seedPark(hq, { ...demo, document: { ...demo.document, timeZone } });
  }
}

async function seedPark(hq: HqClient, { park, document, products }: DemoPark): Promise<void> {
  await hq.post('/parks', { park, document });
  for (const [productId, product] of Object.entries(products)) {
    await hq.put(`/parks/${park}/catalogue/products/${productId}`, product);
  }
  for (const person of DEMO_STAFF) await hq.post(`/parks/${park}/staff`, person);
}

/** Capacity of the coming days, and what the tills may sell of it, where that is not set yet. */
export async function openSales(hq: HqClient, today: string): Promise<void> {
  for (const { park, products } of DEMO_PARKS) {
    const { kiosks } = await hq.get<KiosksAnswer>(`/parks/${park}/kiosks`);
    const tills = kiosks.filter(({ role, revoked }) => role === 'till' && !revoked).map(({ node }) => node);
    const days = Array.from({ length: DAYS_ON_SALE }, (_, day) => addDays(today, day));
    for (const date of days) await openDay({ hq, park, products, tills, date });
  }
}

interface SaleDay {
  readonly hq: HqClient;
  readonly park: string;
  readonly products: DemoPark['products'];
  readonly tills: readonly string[];
  readonly date: string;
}

async function openDay({ hq, park, products, tills, date }: SaleDay): Promise<void> {
  const overview = await hq.get<CapacityAnswer>(`/parks/${park}/capacity?date=${date}`);
  for (const { slot, places, share } of slotsOf(products)) {
    if (!overview.slots.some((known) => known.slot === slot && known.capacity !== null)) {
      await hq.post(`/parks/${park}/capacity`, { date, slot, places, reason: 'demo' });
    }
    for (const node of tills.filter(
      (till) => !overview.leases.some((lease) => lease.node === till && lease.slot === slot),
    )) {
      await hq.post(`/parks/${park}/leases`, { node, date, slot, places: share });
    }
  }
}

function slotsOf(products: DemoPark['products']) {
  const timed = Object.entries(products).flatMap(([productId, { startTimes }]) =>
    Object.keys(startTimes).map((time) => ({
      slot: `${productId}@${time}`,
      places: SLOT_PLACES,
      share: TILL_SLOT_SHARE,
    })),
  );
  return [{ slot: 'day', places: DAY_PLACES, share: TILL_DAY_SHARE }, ...timed];
}

/** The tickets that were sold before the demo's day began. */
export async function issuePresold(hq: HqClient, today: string): Promise<IssuedTicketsAnswer['tickets']> {
  const share = Math.floor(PRESOLD_TICKETS / 5);
  const { tickets } = await hq.post<IssuedTicketsAnswer>('/parks/ala-archa/tickets', {
    productId: 'day-ticket',
    date: today,
    slot: 'day',
    tickets: [
      { party: [{ unitId: 'adult', count: 1 }], count: 2 * share },
      { party: [{ unitId: 'over-3', count: 1 }], count: share },
      { party: [{ unitId: 'under-3', count: 1 }], count: share },
      {
        party: [
          { unitId: 'adult', count: 2 },
          { unitId: 'over-3', count: 2 },
        ],
        count: share,
      },
    ],
  });
  return tickets;
}
