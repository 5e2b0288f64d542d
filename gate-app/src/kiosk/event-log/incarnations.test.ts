import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { assert } from '@skygate/shared/lib/assert';
import { keyIdOf } from '@skygate/shared/lib/crypto';
import { hqNodeOf, type NodeId } from '@skygate/shared/lib/ids';
import type { PullRun } from '@skygate/shared/protocol/pull';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { HLC_MAX_LEAD_MS, hlcMs, hlcOf } from '@skygate/shared/sync/hlc';
import { recoveredRun } from '@skygate/shared/sync/recovery';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock, type KioskClock } from '../kiosk-clock.ts';
import {
  crypto,
  enrolledDraft,
  hqKeyOf,
  identityOf,
  LOG_ID,
  PARK,
  pageOf,
  silentLog,
  TODAY,
  testHq,
  testWriter,
} from '../testing/test-park.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { openDatabase } from './open-database.ts';
import { PUSH_LIMITS } from './sealed-runs.ts';

const SELF = identityOf('gate');
const NORTH = 'k-000000000000000A' as NodeId;
const firstSeed = new Uint8Array(32).fill(1);
const secondSeed = new Uint8Array(32).fill(2);
const thirdSeed = new Uint8Array(32).fill(3);
const northSeed = new Uint8Array(32).fill(4);
const publicKeyOf = (seed: Uint8Array) => crypto.publicKeyOf(seed);
const hqKey = hqKeyOf(testHq().publicKey);

const admitted = (digit: number): KnownDraft => {
  const ticketId = `${digit}`.padStart(16, '0');
  return draft(
    'TicketAdmitted',
    `ticket:${ticketId}`,
    { ticketId, gateId: 'north', people: 2, businessDate: TODAY, verdict: 'admit', silentGates: [] },
    { actor: 'staff:g1' },
  );
};

const roster = (): PullRun =>
  testHq().run(
    [enrolledDraft(SELF.node, 'gate', publicKeyOf(firstSeed)), enrolledDraft(NORTH, 'gate', publicKeyOf(northSeed))],
    1_795_262_400_000,
  );

describe('E6: incarnations of a kiosk', () => {
  let folder: string;
  let clock: FakeClock;
  let opened: Database[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-epochs-'));
    clock = fakeClock();
    opened = [];
  });
  afterEach(() => {
    for (const database of opened) database.close();
    rmSync(folder, { recursive: true });
  });

  function open(name: string, nodeSeed = firstSeed): { log: EventLog; database: Database; time: KioskClock } {
    const database = openDatabase(join(folder, name));
    opened.push(database);
    const time = createKioskClock(clock);
    return {
      database,
      time,
      log: createEventLog({ database, crypto, clock: time, random: seededRandom('texts'), nodeSeed, log: silentLog }),
    };
  }
  const append = (log: EventLog, ...digits: number[]): void => {
    for (const digit of digits) must(log.append([admitted(digit)], { commandId: `admit-${digit}` }));
  };
  const must = <Value>(result: { ok: true; value: Value } | { ok: false; error: unknown }): Value => {
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value;
  };
  const pull = (log: EventLog, runs: readonly (PullRun | PushRequest | null)[], next = 9) =>
    must(
      log.storePage(
        pageOf(
          runs.filter((run): run is PullRun => run !== null),
          next,
        ),
      ),
    );
  const enrolAnew = (log: EventLog, epoch = 2, nodeSeed = secondSeed): void => {
    log.stopWriting('the server holds another event', 'other_past');
    must(log.enrol({ ...SELF, epoch }, hqKey, LOG_ID, { generation: epoch, nodeSeed }));
  };
  const count = (database: Database, sql: string): unknown => database.prepare(sql).pluck().get();
  const ticketsRecorded = (log: EventLog): unknown[] => {
    const run = log.ownRun(0);
    return (run?.events ?? []).map((wire) => {
      const recovered = recoveredRun(crypto, { park: PARK, body: wire[8] }, (_, epoch) =>
        publicKeyOf(epoch === 1 ? firstSeed : secondSeed),
      );
      assert(recovered.ok, recovered.ok ? '' : recovered.error.problem);
      return recovered.value.events.map((event) => Number(event.body['ticketId']));
    });
  };

  /** A kiosk and its copy, which both wrote on from the first event; the park's log has what the kiosk wrote. */
  async function cloned() {
    const original = open('original');
    must(original.log.enrol(SELF, hqKey, LOG_ID));
    append(original.log, 1);
    await original.database.backup(join(folder, 'copy'));
    const copy = open('copy');
    append(original.log, 2, 3);
    append(copy.log, 7, 8, 9);
    return { original, copy, park: [roster(), original.log.ownRun(0)] };
  }

  it('delivers what it had not sent under its old key, and only once the past is pulled', () => {
    const { log } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    append(log, 1);
    clock.advance(1_000);
    const secondMs = clock.nowMs();
    append(log, 2);
    clock.advance(1_000);
    append(log, 3);
    must(log.acknowledge({ acknowledged: 1, durable: true, logId: LOG_ID }));
    const before = log.hlc();
    enrolAnew(log);
    expect(log.hlc() >= before).toBe(true);
    expect(log.others.nextDelivery(PUSH_LIMITS, new Set())).toBeNull();
    expect(log.others.progress()).toEqual({ pastPulled: false, toRecord: 0, recorded: 0, toDeliver: 2 });
    expect(log.others.ownWaiting()).toEqual({ count: 2, oldestWallMs: secondMs });
    pull(log, [roster()]);
    const run = log.others.nextDelivery(PUSH_LIMITS, new Set());
    expect(run).toMatchObject({
      node: SELF.node,
      epoch: 1,
      from: 2,
      seal: { to: 3, kid: keyIdOf(crypto, publicKeyOf(firstSeed)) },
    });
    expect(run?.events).toHaveLength(2);
    must(log.others.delivered({ node: SELF.node, epoch: 1 }, 3));
    expect(log.others.nextDelivery(PUSH_LIMITS, new Set())).toBeNull();
    expect(log.others.progress()).toEqual({ pastPulled: true, toRecord: 0, recorded: 0, toDeliver: 0 });
    expect(log.others.ownWaiting()).toEqual({ count: 0, oldestWallMs: null });
  });

  it('seals what it writes with the new key, and finds it again after a power cut', () => {
    const first = open('kiosk');
    must(first.log.enrol(SELF, hqKey, LOG_ID));
    enrolAnew(first.log);
    append(first.log, 1);
    expect(first.log.ownRun(0)?.seal).toMatchObject({ epoch: 2, kid: keyIdOf(crypto, publicKeyOf(secondSeed)) });
    expect(() => open('kiosk', firstSeed)).toThrow("seal is not of this kiosk's key");
    expect(open('kiosk', secondSeed).log.identity()).toMatchObject({ epoch: 2 });
  });

  it('never goes back into an epoch that it gave up, nor into one that is another kiosk’s', () => {
    const { log } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    enrolAnew(log);
    const keys = { generation: 3, nodeSeed: thirdSeed };
    expect(log.enrol(SELF, hqKey, LOG_ID, keys)).toMatchObject({ ok: false, error: { kind: 'stopped' } });
    pull(log, [roster(), testWriter(NORTH, northSeed).run([admitted(1)], clock.nowMs())]);
    expect(log.enrol({ ...SELF, node: NORTH }, hqKey, LOG_ID, keys)).toMatchObject({ ok: false });
    expect(log.identity()).toMatchObject({ node: SELF.node, epoch: 2 });
  });

  it('S1: asks with the same keys until it is answered, and with others when these are refused, or were used', () => {
    const { log } = open('kiosk');
    expect(log.nextGeneration()).toBe(1);
    must(log.beginAttempt(1));
    expect(log.nextGeneration()).toBe(1);
    must(log.keysRefused());
    expect(log.nextGeneration()).toBe(2);
    must(log.enrol(SELF, hqKey, LOG_ID, { generation: 2, nodeSeed: secondSeed }));
    expect(log.nextGeneration()).toBe(3);
  });

  it('cuts a past back that the park does not have, takes the park’s in, and records its own again', async () => {
    const { copy, park } = await cloned();
    const { log, database } = copy;
    enrolAnew(log);
    expect(pull(log, park)).toMatchObject({ cutOff: 3 });
    expect(count(database, `SELECT group_concat(subject) FROM events WHERE stream = 1`)).toBe(
      [1, 2, 3].map((digit) => `ticket:${`${digit}`.padStart(16, '0')}`).join(),
    );
    expect(log.others.progress()).toMatchObject({ toRecord: 3, recorded: 0 });
    expect(log.others.ownWaiting()).toEqual({ count: 3, oldestWallMs: expect.any(Number) });
    for (let left = 3; left > 0; left -= 1) expect(must(log.others.recordNext())).toBe(true);
    expect(must(log.others.recordNext())).toBe(false);
    expect(ticketsRecorded(log)).toEqual([[7], [8], [9]]);
    expect(count(database, 'SELECT count(1) FROM ticket_facts')).toBe(6);
    expect(count(database, 'SELECT sum(admitted) FROM gate_totals')).toBe(12);
    expect(count(database, 'SELECT count(1) FROM quarantine')).toBe(0);
    expect(log.others.progress()).toMatchObject({ toRecord: 0, recorded: 3, toDeliver: 0 });
    expect(log.others.nextToShow(new Set())).toBeNull();
    // Told again (a cursor set back), nothing is cut or recorded twice.
    expect(pull(log, park)).toMatchObject({ cutOff: 0, stored: 0 });
    expect(log.others.hasToRecord()).toBe(false);
  });

  it('K1: records each lost transaction exactly once, whatever the disk does in between', async () => {
    const { copy, park } = await cloned();
    enrolAnew(copy.log);
    pull(copy.log, park);
    for (let left = 3; left > 0; left -= 1) {
      const { log, database } = open('copy', secondSeed);
      database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
      const tried = log.others.recordNext();
      if (!tried.ok) expect(log.others.progress()).toMatchObject({ toRecord: left });
      database.pragma('max_page_count = 1000000');
      if (!tried.ok) must(log.others.recordNext());
    }
    const { log } = open('copy', secondSeed);
    expect(log.others.hasToRecord()).toBe(false);
    expect(ticketsRecorded(log)).toEqual([[7], [8], [9]]);
  });

  it('still knows the commands of a past that was cut off', async () => {
    const { copy, park } = await cloned();
    enrolAnew(copy.log);
    pull(copy.log, park);
    expect(copy.log.eventOfCommand('admit-8')).toMatchObject({ subject: admitted(8).subject });
    expect(copy.log.eventOfCommand('admit-1')).toMatchObject({ subject: admitted(1).subject });
  });

  it('takes over what was recorded again in a past that is lost too, under its first author’s seal', async () => {
    const { copy, park } = await cloned();
    enrolAnew(copy.log);
    pull(copy.log, park);
    while (must(copy.log.others.recordNext()));
    // The second incarnation is a fork as well: the park has another event there.
    const other = testWriter(SELF.node, secondSeed, 2).run([admitted(5)], clock.nowMs());
    enrolAnew(copy.log, 3, thirdSeed);
    expect(pull(copy.log, [...park, other])).toMatchObject({ cutOff: 3 });
    while (must(copy.log.others.recordNext()));
    expect(ticketsRecorded(copy.log)).toEqual([[7], [8], [9]]);
  });

  it('makes a fork of what the server will not have after its own end of an old epoch', () => {
    const { log } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    append(log, 1, 2, 3);
    const lastHash = log.ownHashAt(1) as string;
    enrolAnew(log);
    pull(log, [roster()]);
    const place = { node: SELF.node, epoch: 1 };
    expect(must(log.others.endsAt(place, { lastSeq: 1, lastHash: 'f'.repeat(64) }))).toBe(false);
    expect(must(log.others.endsAt({ node: NORTH, epoch: 1 }, { lastSeq: 1, lastHash }))).toBe(false);
    expect(must(log.others.endsAt(place, { lastSeq: 1, lastHash }))).toBe(true);
    while (must(log.others.recordNext()));
    expect(ticketsRecorded(log)).toEqual([[2], [3]]);
    expect(log.others.hasDelivery(new Set())).toBe(false);
  });

  it('E8: another kiosk’s other past gives way to the park’s, and is kept to be shown to the server', () => {
    const { log, database } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    pull(log, [roster(), testWriter(NORTH, northSeed).run([admitted(1)], clock.nowMs())]);
    const now = testWriter(NORTH, northSeed).run([admitted(2), admitted(3)], clock.nowMs());
    expect(pull(log, [now])).toMatchObject({ cutOff: 1, stored: 2, held: 0 });
    expect(count(database, `SELECT group_concat(people) FROM ticket_facts`)).toBe('2,2');
    expect(log.others.hasToRecord()).toBe(false);
    const fork = log.others.nextToShow(new Set());
    expect(fork).toMatchObject({ node: NORTH, from: 1, events: [{ 5: admitted(1).subject }] });
    must(log.others.shown(fork as PushRequest));
    expect(log.others.hasToShow(new Set())).toBe(false);
  });

  it('E8: a past of HQ that gave way to the server’s is told in the vector, under HQ’s seal, until the server was shown it', () => {
    const { log } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    const before = roster();
    pull(log, [before]);
    const after = testHq().run([admitted(9)], clock.nowMs());
    expect(pull(log, [after])).toMatchObject({ cutOff: 2, stored: 1, held: 0 });
    const told = log.others.vector().filter(({ node }) => node === before.node);
    expect(told).toMatchObject([
      { to: 2, headHash: before.seal.headHash, seal: before.seal },
      { to: 1, headHash: after.seal.headHash },
    ]);
    must(log.others.shown(log.others.nextToShow(new Set()) as PushRequest));
    expect(log.others.vector().filter(({ node }) => node === before.node)).toMatchObject([{ to: 1 }]);
  });

  it('E3: no relay makes it cut anything back: altered, cut, swapped and forged runs are held aside', () => {
    const { log } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    pull(log, [roster(), testWriter(NORTH, northSeed).run([admitted(1), admitted(2)], clock.nowMs())]);
    const real = testWriter(NORTH, northSeed).run([admitted(3), admitted(4)], clock.nowMs());
    const forged = testWriter(NORTH, secondSeed).run([admitted(3), admitted(4)], clock.nowMs());
    const [first, second] = real.events;
    assert(first && second, 'two events');
    const attempts: PullRun[] = [
      { ...real, events: real.events.slice(0, 1) },
      { ...real, events: [second, first] },
      { ...real, events: [first, [...second.slice(0, 7), 'staff:x', second[8]] as typeof second] },
      { ...real, seal: { ...real.seal, headHash: 'f'.repeat(64) } },
      { ...real, from: Number.MAX_SAFE_INTEGER, seal: { ...real.seal, to: Number.MAX_SAFE_INTEGER + 1 } },
      forged,
      { ...forged, seal: { ...forged.seal, kid: real.seal.kid } },
    ];
    for (const attempt of attempts) expect(pull(log, [attempt])).toMatchObject({ cutOff: 0, stored: 0, held: 1 });
    expect(log.others.hasToShow(new Set())).toBe(false);
  });

  it('E8, X5: of more streams than a vector holds it tells HQ’s, its own, and those that were last written in', () => {
    const { log, database } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    const north = testWriter(NORTH, northSeed);
    pull(log, [roster(), north.run([admitted(1)], clock.nowMs())]);
    must(log.append([admitted(2)]));
    const stream = database.prepare('INSERT INTO streams (node, epoch) VALUES (?, 1)');
    const event = database.prepare(
      `INSERT INTO events (stream, seq, hlc, wall_ms, trust, type, version, subject, cause, actor, body, hash, seal)
       VALUES (?, 1, ?, 0, 0, 'x', 1, 'x', NULL, 'x', '{}', zeroblob(32), NULL)`,
    );
    for (let index = 0; index < 250; index += 1) {
      const { lastInsertRowid } = stream.run(`k-${index.toString().padStart(16, 'Z')}`);
      event.run(lastInsertRowid, hlcOf(clock.nowMs() - 1_000_000 + index, 0));
    }
    const told = log.others.vector();
    expect(told).toHaveLength(200);
    expect(told.slice(0, 3).map(({ node }) => node)).toEqual([hqNodeOf(PARK), SELF.node, NORTH]);
    expect(told[3]).toMatchObject({ node: 'k-ZZZZZZZZZZZZZ249' });
  });

  it('E8: tells what it holds, and delivers what it is asked for, HQ’s stream too', () => {
    const { log } = open('kiosk');
    must(log.enrol(SELF, hqKey, LOG_ID));
    const hq = roster();
    pull(log, [hq, testWriter(NORTH, northSeed).run([admitted(1)], clock.nowMs())]);
    expect(log.others.vector()[0]).toMatchObject({ node: hq.node, epoch: 1, to: 2, headHash: hq.seal.headHash });
    const wants = [
      { node: hq.node, epoch: 1, from: 1 },
      { node: 'k-00000000000000ZZ', epoch: 1, from: 1 },
    ];
    const earlier = { node: hq.node, epoch: 7, publicKey: hqKey.publicKey };
    must(log.others.wanted(wants, [earlier]));
    expect(log.others.nextDelivery(PUSH_LIMITS, new Set())).toEqual(hq);
    must(log.others.delivered(hq, 2));
    expect(log.others.hasDelivery(new Set())).toBe(false);
  });

  describe('whose clock ran ahead', () => {
    /** It wrote one event while its clock was ahead by so much; then the server told it the time. */
    function ranAhead(leadMs: number) {
      const kiosk = open('kiosk.sqlite');
      must(kiosk.log.enrol(SELF, hqKey, LOG_ID, { generation: 1, nodeSeed: firstSeed }));
      const trueMs = clock.nowMs();
      clock.jumpTo(trueMs + leadMs);
      append(kiosk.log, 1);
      return { ...kiosk, trueMs };
    }

    it('H1: begins its new epoch at the true time, and keeps the order of what it wrote before', () => {
      const { log, database, time, trueMs } = ranAhead(HLC_MAX_LEAD_MS + 60_000);
      time.serverAnswered({ serverMs: trueMs, roundTripMs: 0 });
      const old = count(database, 'SELECT hlc FROM events WHERE seq = 1');
      enrolAnew(log);
      expect([hlcMs(log.hlc()), time.hlcLeadMs()]).toEqual([trueMs, 0]);
      append(log, 2, 3);
      const clocks = database.prepare('SELECT hlc FROM events ORDER BY stream, seq').pluck().all() as string[];
      expect(clocks[0]).toBe(old);
      expect(clocks.slice(1).map(hlcMs)).toEqual([trueMs, trueMs]);
      // Nothing it pulls from then makes it run ahead again, nor does a restart.
      pull(log, [roster(), testWriter(NORTH, northSeed).run([admitted(4)], hlcMs(String(old)))]);
      expect(hlcMs(log.hlc())).toBeLessThanOrEqual(trueMs + HLC_MAX_LEAD_MS);
      expect(hlcMs(open('kiosk.sqlite', secondSeed).log.hlc())).toBeLessThanOrEqual(trueMs + HLC_MAX_LEAD_MS);
    });

    it('C2: goes on from the old clock where it is ahead by less, or where no server told the time', () => {
      const little = ranAhead(HLC_MAX_LEAD_MS - 60_000);
      little.time.serverAnswered({ serverMs: little.trueMs, roundTripMs: 0 });
      const before = little.log.hlc();
      enrolAnew(little.log);
      expect(little.log.hlc()).toBe(before);
      append(little.log, 2);
      expect(little.log.hlc() > before).toBe(true);
    });
  });
});
