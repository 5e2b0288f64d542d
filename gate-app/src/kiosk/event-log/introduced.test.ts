import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock } from '../kiosk-clock.ts';
import {
  crypto,
  documentDrafts,
  enrolledDraft,
  hqKeyOf,
  identityOf,
  LOG_ID,
  openTestKiosk,
  PIN,
  pageOf,
  park,
  silentLog,
  testHq,
} from '../testing/test-park.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { openDatabase } from './open-database.ts';

const seed = new Uint8Array(32).fill(1);
const nextSeed = new Uint8Array(32).fill(2);
const SELF = identityOf('gate');
const SOME_MS = 1_795_262_400_000;

describe('E8: a kiosk writes nothing before it holds what says whose its stream is', () => {
  let folder: string;
  let ends: (() => void)[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-introduced-'));
    ends = [];
  });
  afterEach(() => {
    for (const end of ends) end();
    rmSync(folder, { recursive: true });
  });

  function openLog(): EventLog {
    const database = openDatabase(join(folder, 'kiosk.sqlite'));
    ends.push(() => database.close());
    const clock = createKioskClock(fakeClock());
    return createEventLog({
      database,
      crypto,
      clock,
      random: seededRandom('introduced'),
      nodeSeed: seed,
      log: silentLog,
    });
  }

  it('is not introduced by its park alone, but by HQ naming its own incarnation, and stays so over a restart', () => {
    const hq = testHq();
    const log = openLog();
    expect(log.isIntroduced()).toBe(false);
    log.enrol(SELF, hqKeyOf(hq.publicKey), LOG_ID);
    log.storePage(pageOf([hq.run(documentDrafts('park', park), SOME_MS)], 1));
    expect(log.isIntroduced()).toBe(false);
    log.storePage(pageOf([hq.run([enrolledDraft(SELF.node, 'gate', crypto.publicKeyOf(seed))], SOME_MS)], 2));
    expect([log.isIntroduced(), openLog().isIntroduced()]).toEqual([true, true]);
  });

  it('E6: one that was another before goes on working while it pulls everything anew', () => {
    const hq = testHq();
    const log = openLog();
    log.enrol(SELF, hqKeyOf(hq.publicKey), LOG_ID);
    log.storePage(pageOf([hq.run([enrolledDraft(SELF.node, 'gate', crypto.publicKeyOf(seed))], SOME_MS)], 1));
    const next = { generation: 2, nodeSeed: nextSeed };
    expect(log.enrol({ ...SELF, epoch: 2 }, hqKeyOf(hq.publicKey), LOG_ID, next).ok).toBe(true);
    expect(log.isIntroduced()).toBe(true);
  });

  it('says until then that it waits for its park, whoever wants something', async () => {
    const test = await openTestKiosk('gate', { isIntroduced: false });
    ends.push(() => void test.remove());
    const waits = { problem: { code: 'waiting_for_park' } };
    expect(await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN })).toMatchObject(waits);
    expect(await test.kiosk.api.countExit({ people: 1 })).toMatchObject(waits);
    expect(await test.kiosk.api.getStatus()).toMatchObject({ businessDate: null });
  });
});
