import type { ParkId } from '@skygate/shared/lib/ids';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { DATABASES, type OpenedDatabase } from './databases.ts';
import { createTestServer, type TestServer } from './test-server.ts';

export interface Given {
  readonly opened: OpenedDatabase;
  readonly server: TestServer;
  /** A park of this test alone, so that tests share a database and nothing else. */
  readonly park: ParkId;
  newPark(): ParkId;
}

/** Runs a suite on each database the server knows; before each test it is handed its server and park. */
export function describeOnDatabases(
  name: string,
  suite: (eachTest: (take: (given: Given) => void) => void) => void,
): void {
  describe.each(Object.entries(DATABASES))(`${name} over %s`, (_database, open) => {
    let opened: OpenedDatabase;
    let server: TestServer;
    let parks = 0;
    const newPark = (): ParkId => {
      parks += 1;
      return `park-${parks}` as ParkId;
    };
    beforeAll(async () => {
      opened = await open();
      server = await createTestServer(opened.database);
    }, 180_000);
    afterAll(async () => {
      await server?.close();
      await opened?.close();
    });
    suite((take) => beforeEach(() => take({ opened, server, park: newPark(), newPark })));
  });
}
