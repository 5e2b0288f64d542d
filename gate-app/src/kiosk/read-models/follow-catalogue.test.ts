import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { TICKETS_AT_ONCE } from '@skygate/shared/read-models/refold/entry-limits';
import type { RowChange } from '@skygate/shared/read-models/row-change';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../event-log/open-database.ts';
import { createStoredEvents } from '../event-log/stored-event.ts';
import { eventually } from '../testing/eventually.ts';
import { catalogue, crypto, GATE, identityOf, PARK, silentLog, TODAY } from '../testing/test-park.ts';
import { createApplyRowChanges } from './apply-row-changes.ts';
import { type CatalogueFollower, followCatalogue } from './follow-catalogue.ts';

const MANY = 3 * TICKETS_AT_ONCE + 7;
const PRODUCT = 'day-ticket';
const idOf = (ticket: number): string => String(ticket).padStart(16, '0');
/** With the seq of the fact, which is unique. */
function admission(ticket: number, seq: number): RowChange {
  const place = { park: PARK, ticket_id: idOf(ticket), node: GATE, epoch: 1, seq, fork: '' };
  const words = {
    kind: 'admitted',
    verdict: 'admit',
    hlc: String(seq).padStart(16, '0'),
    wall_ms: seq,
    trust: 'server',
  };
  const rest = { gate_id: 'north', people: 1, business_date: TODAY, actor: 'staff:g1' };
  const none = { original_node: null, original_epoch: null, original_seq: null, original_fork: null };
  return { op: 'insert', table: 'ticket_facts', row: { ...place, ...words, ...rest, ...none } };
}
function ticket(number: number): RowChange {
  const names = { park: PARK, ticket_id: idOf(number), sale_id: null, product_id: PRODUCT, party: '[]', parks: '[]' };
  const times = { date: TODAY, slot: 'day', issued_ms: 1, not_before_ms: 1, expires_ms: 2, kid: 'k', flags: 0 };
  return { op: 'insert', table: 'tickets', row: { ...names, ...times, forked: 0, node: GATE, epoch: 1, seq: number } };
}

/** The case of one ticket cannot be named. */
const spoilt: Crypto = {
  ...crypto,
  sha256Hex: (data) => {
    if (String(data).includes(idOf(9))) throw new Error('a spoilt fold');
    return crypto.sha256Hex(data);
  },
};

describe('tickets of a product whose entry limit changes', () => {
  let folder: string;
  let database: Database;
  let inUse: CatalogueDocument | null;
  let committed: () => void;
  let pause: () => Promise<void>;
  let foldsBy: Crypto;
  beforeEach(() => {
    foldsBy = crypto;
    folder = mkdtempSync(join(tmpdir(), 'skygate-limits-'));
    database = openDatabase(join(folder, 'kiosk.sqlite'));
    allow(1);
    pause = async () => {};
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  function allow(entriesAllowed: number): void {
    const product = catalogue.products[PRODUCT];
    inUse = product ? { products: { [PRODUCT]: { ...product, entriesAllowed } } } : null;
  }
  /** The kiosk's part that is tested, as after a start. */
  function started(): CatalogueFollower {
    const follower = followCatalogue({
      database,
      documents: { valueOf: () => inUse as never },
      eventLog: {
        identity: () => identityOf('gate'),
        onCommit: (listener) => {
          committed = () => listener([]);
          return () => {};
        },
      },
      storedEvents: createStoredEvents(database, { crypto, park: () => PARK }),
      crypto: foldsBy,
      timers: { sleep: () => pause() },
      log: silentLog,
    });
    return follower;
  }
  const count = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0;
  const cases = (): number => count('SELECT count(*) FROM cases');
  const due = (): number => count('SELECT count(*) FROM entry_limit_refolds');
  /** That many tickets, each let in twice where one entry is allowed. */
  const sold = (many: number): void => {
    const numbers = Array.from({ length: many }, (_, at) => at + 1);
    const twice = (number: number) => [admission(number, 2 * number), admission(number, 2 * number + 1)];
    createApplyRowChanges(database)(numbers.flatMap((number) => [ticket(number), ...twice(number)]));
  };
  /** A catalogue with another limit was in use once, and all was folded by it. */
  const foldedBy = async (entriesAllowed: number): Promise<void> => {
    allow(entriesAllowed);
    const follower = started();
    const running = follower.run();
    await eventually(() => expect(due()).toBe(0));
    follower.stop();
    await running;
  };

  it('T3, S7: are folded anew some at a time, and a kiosk that is started anew goes on where it was', async () => {
    sold(MANY);
    await foldedBy(2);
    expect(cases()).toBe(0);
    allow(1);
    let follower = started();
    expect([cases(), due()]).toEqual([TICKETS_AT_ONCE, 1]);
    // A power cut: the one that runs next is another.
    let slices = 0;
    pause = async () => {
      slices += 1;
      if (slices === 1) follower.stop();
    };
    await follower.run();
    expect([cases(), due()]).toEqual([2 * TICKETS_AT_ONCE, 1]);
    follower = started();
    expect(cases()).toBe(2 * TICKETS_AT_ONCE);
    const running = follower.run();
    await eventually(() => expect([cases(), due()]).toEqual([MANY, 0]));
    follower.stop();
    await running;
    // One after the power cut is left over: the others were not folded twice.
    expect(slices).toBe(1 + Math.floor((MANY - 2 * TICKETS_AT_ONCE) / TICKETS_AT_ONCE) + 1);
  });

  it('S7: one that cannot be folded keeps its cases, is put aside with its own event, and holds up no other', async () => {
    sold(MANY);
    await foldedBy(2);
    allow(1);
    foldsBy = spoilt;
    const follower = started();
    const running = follower.run();
    await eventually(() => expect([cases(), due()]).toEqual([MANY - 1, 0]));
    follower.stop();
    await running;
    const columns = 'read_model, key, node, epoch, seq, error';
    expect(database.prepare(`SELECT ${columns} FROM quarantine`).all()).toEqual([
      {
        read_model: 'cases',
        key: JSON.stringify({ park: PARK, ticket_id: idOf(9) }),
        ...{ node: GATE, epoch: 1, seq: 9 },
        error: 'a spoilt fold',
      },
    ]);
  });

  it('T3: a limit that changes again meanwhile begins anew with the first ticket', async () => {
    sold(MANY);
    await foldedBy(2);
    const follower = started();
    allow(1);
    committed();
    expect(cases()).toBe(TICKETS_AT_ONCE);
    allow(2);
    committed();
    expect([cases(), due()]).toEqual([0, 1]);
    const running = follower.run();
    await eventually(() => expect([cases(), due()]).toEqual([0, 0]));
    allow(1);
    committed();
    await eventually(() => expect([cases(), due()]).toEqual([MANY, 0]));
    follower.stop();
    await running;
  });
});
