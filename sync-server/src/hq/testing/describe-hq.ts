import type { ParkId } from '@skygate/shared/lib/ids';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { DATABASES, type OpenedDatabase } from '../../db/testing/databases.ts';
import { createHqTestServer, type HqTestServer, PARK_DOCUMENT, PRODUCT } from './hq-test-server.ts';

export interface HqGiven {
  readonly opened: OpenedDatabase;
  readonly hq: HqTestServer;
  /** The name of a park of this test alone, which nobody has opened yet. */
  readonly park: ParkId;
}

/** Runs a suite of HQ's routes on each database the server knows; before each test it is handed HQ and a park's name. */
export function describeHq(
  name: string,
  suite: (eachTest: (take: (given: HqGiven) => void | Promise<void>) => void) => void,
): void {
  describe.each(Object.entries(DATABASES))(`${name} over %s`, (_database, open) => {
    let opened: OpenedDatabase;
    let hq: HqTestServer;
    let parks = 0;
    beforeAll(async () => {
      opened = await open();
      hq = await createHqTestServer(opened.database);
    }, 180_000);
    afterAll(async () => {
      await hq?.close();
      await opened?.close();
    });
    suite((take) =>
      beforeEach(async () => {
        parks += 1;
        await take({ opened, hq, park: `park-${parks}` as ParkId });
      }),
    );
  });
}

/** HQ opens a park with the usual document. */
export const openPark = (hq: HqTestServer, park: ParkId) =>
  hq.call('POST', '/parks', { body: { park, document: PARK_DOCUMENT } });

/** HQ opens a park that sells the usual ticket. */
export async function openSellingPark(hq: HqTestServer, park: ParkId): Promise<void> {
  await openPark(hq, park);
  await hq.call('PUT', `/parks/${park}/catalogue/products/day`, { body: PRODUCT });
}
