import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock } from '../kiosk-clock.ts';
import { createStopRevoked, type StopRevoked } from '../revocation/stop-revoked.ts';
import {
  crypto,
  enrolledDraft,
  hqKeyOf,
  identityOf,
  LOG_ID,
  leaseDraft,
  pageOf,
  silentLog,
  TILL,
  testHq,
} from '../testing/test-park.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { openDatabase } from './open-database.ts';

const seed = new Uint8Array(32).fill(1);
const moved = (reason: string): KnownDraft =>
  draft(
    'CashMoved',
    'shift:0123456789ABCDEF',
    { shiftId: '0123456789ABCDEF', amountMinor: 100, reason },
    { actor: 'staff:aigul' },
  );
/** More than fits into any page that is there. */
const LARGE = moved('x'.repeat(200));
const large = Array.from({ length: 100 }, () => LARGE);
const revoked = draft(
  'KioskRevoked',
  `kiosk:${TILL}`,
  { kiosk: TILL, kioskEpoch: 1, reason: 'lost' },
  { actor: 'hq:a' },
);

describe('a full disk', () => {
  let folder: string;
  let database: Database;
  let log: EventLog;
  let revocation: StopRevoked;
  const hq = testHq();
  const clock = createKioskClock(fakeClock());

  const open = (): void => {
    database = openDatabase(join(folder, 'kiosk.sqlite'));
    log = createEventLog({ database, crypto, clock, random: seededRandom('texts'), nodeSeed: seed, log: silentLog });
    revocation = createStopRevoked({ database, eventLog: log, clock, log: silentLog });
  };
  const reopen = (): void => {
    database.close();
    open();
  };
  const fill = (): void => void database.pragma('max_page_count = 1');
  const free = (): void => void database.pragma('max_page_count = 1000000');
  /** A reason that needs pages of its own: the row has no room for it where it stands. */
  const WHY = 'w'.repeat(9_000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-full-'));
    open();
    log.enrol(identityOf('till'), hqKeyOf(hq.publicKey), LOG_ID);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it('K1: is said as long as there is no room, and no longer', () => {
    expect(log.diskIsFull()).toBe(false);
    fill();
    expect(log.append(large)).toEqual({ ok: false, error: { kind: 'disk_full' } });
    expect(log.diskIsFull()).toBe(true);
    free();
    expect(log.append(large).ok).toBe(true);
    expect(log.diskIsFull()).toBe(false);
  });

  it('E6: a stop that cannot be written holds all the same, and is on disk once there is room', () => {
    fill();
    expect(log.stopWriting(WHY, 'closed')).toMatchObject({ ok: false, error: { kind: 'disk_full' } });
    expect(log.stop()).toEqual({ code: 'closed', reason: WHY });
    expect(log.append([moved('float')])).toMatchObject({ ok: false, error: { kind: 'stopped', code: 'closed' } });
    revocation.retry();
    expect(log.heldStop()).not.toBeNull();
    free();
    revocation.retry();
    expect(log.heldStop()).toBeNull();
    reopen();
    expect(log.stop()?.code).toBe('closed');
  });

  it('X4: who is revoked sells nothing more, and gives its places back as soon as there is room', () => {
    const keys = crypto.publicKeyOf(seed);
    log.storePage(pageOf([hq.run([enrolledDraft(TILL, 'till', keys), leaseDraft(TILL, 20), revoked], 1)], 1));
    // What is left of the pages: other events take it up.
    fill();
    while (log.append([LARGE]).ok);
    revocation.learn('HQ revoked this kiosk');
    expect(log.stop()?.code).toBe('revoked');
    expect(log.append([moved('float')])).toMatchObject({ ok: false, error: { code: 'revoked' } });
    const returned = () => database.prepare('SELECT sum(returned) FROM lease_use WHERE node = ?').pluck().get(TILL);
    expect(returned()).toBeNull();
    revocation.retry();
    expect(log.append([moved('float')])).toMatchObject({ ok: false, error: { code: 'revoked' } });
    free();
    revocation.retry();
    expect(returned()).toBe(20);
    expect(log.append([moved('float')])).toMatchObject({ ok: false, error: { code: 'revoked' } });
    reopen();
    expect(log.stop()?.code).toBe('revoked');
  });
});
