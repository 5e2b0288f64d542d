import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCoverage } from './coverage.ts';
import { createEventLog } from './event-log/event-log.ts';
import { openDatabase } from './event-log/open-database.ts';
import { createKioskClock } from './kiosk-clock.ts';
import * as park from './testing/test-park.ts';

describe('coverage (L4)', () => {
  let folder: string;
  let database: Database;
  const identity = park.identityOf('gate');
  const key = park.crypto.publicKeyOf(new Uint8Array(32).fill(4));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-coverage-'));
    database = openDatabase(join(folder, 'kiosk.sqlite'));
    const clock = createKioskClock(fakeClock());
    const nodeSeed = new Uint8Array(32).fill(1);
    const log = createEventLog({
      database,
      crypto: park.crypto,
      clock,
      random: seededRandom('texts'),
      nodeSeed,
      log: park.silentLog,
    });
    const hq = park.testHq();
    log.enrol(identity, park.hqKeyOf(hq.publicKey), park.LOG_ID);
    const gates = [park.GATE, park.OTHER_GATE].map((node) => park.enrolledDraft(node, 'gate', key));
    log.storePage(park.pageOf([hq.run([...gates, park.enrolledDraft(park.TILL, 'till', key)], 0)], 1));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  /** Asked now, and looked at after so long awake and asleep. */
  const coverageAt = (awakeMs: number, contactAgeMs: number | null, asleepMs = 0) => {
    const fake = fakeClock();
    const clock = createKioskClock(fake);
    const asked = clock.moment();
    fake.advance(awakeMs);
    fake.jumpTo(fake.nowMs() + asleepMs);
    const contact = { node: park.OTHER_GATE, gateId: 'north', name: 'The gate', contactAgeMs };
    const gates = { north: { name: { ru: 'Север', ky: 'Түндүк', en: 'North' } } };
    return createCoverage(database)({ identity, gates, heard: { gates: [contact], asked }, clock });
  };

  it('is complete while the other gate and this kiosk are in contact; tills and this gate do not count', () => {
    expect(coverageAt(9_000, 500)).toMatchObject({ kind: 'complete', gatesTotal: 1, gatesCovered: 1, ageMs: 9_500 });
  });

  it('is partial once either has been out of contact for ten seconds', () => {
    expect(coverageAt(10_000, 0)).toMatchObject({
      kind: 'partial',
      silent: [{ name: { ky: 'Түндүк' }, silentMs: 10_000 }],
    });
    expect(coverageAt(0, 10_000)).toMatchObject({ kind: 'partial', gatesCovered: 0 });
    expect(coverageAt(0, null)).toMatchObject({ kind: 'partial', silent: [{ silentMs: null }] });
  });

  it('L4: is partial at once after a sleep, in which the monotonic clock stood still', () => {
    expect(coverageAt(100, 0, 4_000)).toMatchObject({ kind: 'complete', ageMs: 4_100 });
    expect(coverageAt(100, 0, 3_600_000)).toMatchObject({ kind: 'partial', silent: [{ silentMs: 3_600_100 }] });
    // A wall clock that was set back makes nothing younger.
    expect(coverageAt(10_000, 0, -3_600_000)).toMatchObject({ kind: 'partial', silent: [{ silentMs: 10_000 }] });
  });
});
