import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { catalogue, openTestKiosk, PIN, type TestKiosk, ticketCode } from '../testing/test-park.ts';

const [day] = Object.values(catalogue.products);
const twice = day ? { products: { 'day-ticket': { ...day, entriesAllowed: 2 } } } : catalogue;

describe('a kiosk that is switched on while HQ publishes what it cannot use', () => {
  let test: TestKiosk;
  const onDisk = (sql: string): unknown => {
    const database = new Sqlite(join(test.folder, 'kiosk.sqlite'));
    try {
      const statement = database.prepare(sql);
      return statement.reader ? statement.all() : statement.run();
    } finally {
      database.close();
    }
  };
  const publishUnusable = (): void => {
    for (const id of ['park', 'catalogue']) {
      onDisk(`INSERT INTO document_publications
        (park, document_id, generation, heads, state_hash, changes, published_ms, actor, change_order)
        VALUES ('ala-archa', '${id}', 1, '["${'ab'.repeat(32)}"]', '${'cd'.repeat(32)}', 9, 0, 'hq:anna', '')`);
    }
  };
  const limits = () => onDisk('SELECT product_id, entries_allowed FROM entry_limits');
  const scan = async () => {
    await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN });
    return test.kiosk.api.scan({ text: ticketCode(), source: 'camera' });
  };

  afterEach(() => test.remove());

  it('D1, K2, T3: logs in, scans and counts entries as before', async () => {
    test = await openTestKiosk('gate', { catalogue: twice });
    expect(await scan()).toMatchObject({ value: { verdict: 'admit' } });
    publishUnusable();
    test = await test.restart();
    expect(await scan()).toMatchObject({ value: { verdict: 'admit' } });
    expect(limits()).toEqual([{ product_id: 'day-ticket', entries_allowed: 2 }]);
  });

  it('T3: a catalogue that cannot be used at all changes no entry limit', async () => {
    test = await openTestKiosk('gate', { catalogue: twice });
    publishUnusable();
    onDisk("DELETE FROM documents_in_use WHERE document_id = 'catalogue'");
    test = await test.restart();
    expect(limits()).toEqual([{ product_id: 'day-ticket', entries_allowed: 2 }]);
  });
});
