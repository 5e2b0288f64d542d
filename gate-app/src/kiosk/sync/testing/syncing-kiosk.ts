import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KNOWN_EVENT_VERSIONS } from '@skygate/shared/events/catalogue';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect } from 'vitest';
import { createEventLog, type EventLog } from '../../event-log/event-log.ts';
import { openDatabase } from '../../event-log/open-database.ts';
import { createKioskClock } from '../../kiosk-clock.ts';
import { createNodeCrypto } from '../../node-crypto.ts';
import type { Timers } from '../../ports.ts';
import { eventually } from '../../testing/eventually.ts';
import { fixedKeys } from '../../testing/fixed-keys.ts';
import { createSync, type Sync } from '../sync.ts';
import { type FakeServer, fakeServer } from './fake-server.ts';

const seeds = { nodeSeed: new Uint8Array(32).fill(1), signingSeed: new Uint8Array(32).fill(2) };
const log = { info: () => {}, warn: () => {}, error: () => {} };

export interface SyncingKiosk {
  readonly server: FakeServer;
  readonly eventLog: EventLog;
  readonly sync: Sync;
  readonly database: Database;
}

/** A new kiosk's log and sync for each test of a file, before a fake server; and what many of them do with it. */
export function eachSyncingKiosk(take: (kiosk: SyncingKiosk) => void) {
  let folder: string;
  let kiosk: SyncingKiosk;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-sync-'));
    kiosk = open(folder);
    take(kiosk);
  });
  afterEach(async () => {
    await kiosk.sync.stop();
    kiosk.database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const enrol = () => kiosk.sync.enrol({ serverUrl: 'http://hq.example:4800/', code: 'abcd-2345' });
  return {
    enrol,
    append: (count: number): void => {
      for (let index = 0; index < count; index += 1) {
        const body = { shiftId: '0123456789ABCDEF', amountMinor: 100, reason: 'float' };
        const subject = 'shift:0123456789ABCDEF';
        kiosk.eventLog.append([{ type: 'CashMoved', version: 1, subject, cause: null, actor: 'staff:aigul', body }]);
      }
    },
    start: async (): Promise<void> => {
      await enrol();
      void kiosk.sync.run();
      await eventually(() => expect(kiosk.sync.view().state).toBe('synced'));
    },
    /** What it told HQ of how it is. */
    told: (): unknown[] =>
      kiosk.server.requests.filter(({ path }) => path === '/sync/telemetry').map(({ body }) => JSON.parse(body ?? '')),
    drained: (): Promise<void> => eventually(() => expect(kiosk.eventLog.waiting().count).toBe(0)),
  };
}

function open(folder: string): SyncingKiosk {
  const crypto = createNodeCrypto();
  const server = fakeServer();
  const keys = fixedKeys(seeds);
  const database = openDatabase(join(folder, 'kiosk.sqlite'));
  const clock = createKioskClock(fakeClock());
  const ofLog = { random: seededRandom('texts'), nodeSeed: keys.nodeSeed };
  const eventLog = createEventLog({ database, crypto, clock, log, ...ofLog });
  // A pause of the fake lasts one turn of the event loop, whatever its length.
  const timers: Timers = { sleep: () => new Promise((done) => setImmediate(done)) };
  const { transport } = server;
  const random = seededRandom(1);
  const catalogueInUse = () => ({ generation: 1, stateHash: 'c'.repeat(64) });
  const learnRevoked = (why: string) => void eventLog.stopWriting(why, 'revoked');
  const told = { appVersion: 'test', catalogueInUse, learnRevoked };
  const sync = createSync({ eventLog, clock, transport, random, timers, crypto, log, keys, ...told });
  return { server, eventLog, sync, database };
}

/** What a kiosk tells HQ whose one event just went. */
export const CALM = {
  oldestWaitingMs: null,
  skewMs: expect.any(Number),
  appVersion: 'test',
  peopleRevision: 0,
  peopleStamp: null,
  trust: 'server',
  catalogue: { generation: 1, stateHash: 'c'.repeat(64) },
  knownEvents: KNOWN_EVENT_VERSIONS,
  problem: null,
};
