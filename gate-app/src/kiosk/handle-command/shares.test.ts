import type { CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalogue, openTestKiosk, PIN, type TestKiosk, TODAY } from '../testing/test-park.ts';

const DAY = catalogue.products['day-ticket'] as CatalogueProduct;
const SHOW: CatalogueProduct = {
  ...DAY,
  kind: 'timed',
  startTimes: { '18:30': true, '19:30': true },
  earlyMinutes: 15,
  lateMinutes: 10,
};
const MINUTE_MS = 60_000;

let test: TestKiosk;
beforeEach(async () => {
  // Noon of UTC is 18:00 in the park.
  test = await openTestKiosk('till', {
    catalogue: { products: { 'day-ticket': DAY, show: SHOW } },
    leaseSlots: ['day', 'show@18:30', 'show@19:30'],
  });
  expect(await test.kiosk.api.logIn({ staffId: 'c1', pin: PIN })).toMatchObject({ ok: true });
});
afterEach(() => test.remove());

const slots = async (): Promise<readonly string[]> => {
  const listed = await test.kiosk.api.listShares();
  return listed.ok ? listed.value.shares.map(({ date, slot }) => (date === TODAY ? slot : `${date} ${slot}`)) : [];
};

it('C4: lists a share of a time until nobody can enter on it any more, and no longer', async () => {
  expect(await slots()).toEqual(['day', 'show@18:30', 'show@19:30']);
  test.clock.advance(40 * MINUTE_MS - 1);
  expect(await slots()).toEqual(['day', 'show@18:30', 'show@19:30']);
  test.clock.advance(1);
  expect(await slots()).toEqual(['day', 'show@19:30']);
  test.clock.advance(60 * MINUTE_MS);
  expect(await slots()).toEqual(['day']);
});
