import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { hlcMs } from '@skygate/shared/sync/hlc';
import { pushText } from '@skygate/shared/sync/push-text';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock } from '../kiosk-clock.ts';
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
  TODAY,
  testHq,
  testWriter,
} from '../testing/test-park.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { openDatabase } from './open-database.ts';

const NORTH = 'k-000000000000000A' as NodeId;
const nodeSeed = new Uint8Array(32).fill(1);
const northSeed = new Uint8Array(32).fill(2);

const admitted = (ticketId: string): KnownDraft =>
  draft(
    'TicketAdmitted',
    `ticket:${ticketId}`,
    { ticketId, gateId: 'north', people: 2, businessDate: TODAY, verdict: 'admit', silentGates: [] },
    { actor: 'staff:g1' },
  );
const ONE = '0000000000000001';
const TWO = '0000000000000002';

describe('the event log', () => {
  let folder: string;
  let path: string;
  let database: Database;
  let clock: FakeClock;
  let log: EventLog;

  const open = (): void => {
    database = openDatabase(path);
    log = createEventLog({
      database,
      crypto,
      clock: createKioskClock(clock),
      random: seededRandom('texts'),
      nodeSeed,
      log: silentLog,
    });
  };
  const reopen = (): void => {
    database.close();
    open();
  };
  /** What another process sees: only what is committed. */
  const committed = (sql: string): unknown => {
    const reader = new Sqlite(path, { readonly: true });
    const value = reader.prepare(sql).pluck().get();
    reader.close();
    return value;
  };
  const appended = (drafts: readonly KnownDraft[]) => {
    const result = log.append(drafts);
    if (!result.ok) throw new Error(result.error.kind);
    return result.value;
  };
  const outcomeOf = (runs: readonly PullRun[], next = 1) => {
    const stored = log.storePage(pageOf(runs, next));
    if (!stored.ok) throw new Error(stored.error.kind);
    return stored.value;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-log-'));
    path = join(folder, 'kiosk.sqlite');
    clock = fakeClock();
    open();
    log.enrol(identityOf('gate'), hqKeyOf(testHq().publicKey), LOG_ID);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  it('K1: has events, seal and projection on disk together when append returns', () => {
    appended([admitted(ONE), admitted(TWO)]);
    expect(committed('SELECT count(1) FROM events')).toBe(2);
    expect(committed('SELECT group_concat(seq) FROM events WHERE seal IS NOT NULL')).toBe('2');
    expect(committed('SELECT sum(admitted) FROM gate_totals')).toBe(4);
  });

  it('K1: has nothing of it on disk where one part fails, and goes on from the old head', () => {
    appended([admitted(ONE)]);
    const bad = { ...admitted(TWO), body: { ticketId: 'no number' } } as unknown as KnownDraft;
    expect(() => log.append([admitted(TWO), bad])).toThrow('broken invariant');
    expect(committed('SELECT count(1) FROM events')).toBe(1);
    expect(committed('SELECT sum(admitted) FROM gate_totals')).toBe(2);
    expect(appended([admitted(TWO)])[0]?.seq).toBe(2);
  });

  it('K1: is asked for FULL durability, in WAL mode', () => {
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  });

  it('answers disk_full, keeps nothing of the command, and goes on when there is room', () => {
    appended([admitted(ONE)]);
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true }))}`);
    const many = Array.from({ length: 400 }, (_, index) => admitted(index.toString().padStart(16, '0')));
    expect(log.append(many)).toEqual({ ok: false, error: { kind: 'disk_full' } });
    expect(committed('SELECT count(1) FROM events')).toBe(1);
    expect(log.ownHead().seq).toBe(1);
    database.pragma('max_page_count = 1000000');
    expect(appended(many).at(-1)?.seq).toBe(401);
    reopen();
    expect(log.ownHead().seq).toBe(401);
  });

  it('M1, S2: writes nothing of a command that no push could hold, says why, and goes on', () => {
    const unit = (index: number) => ({ unitId: `${index}`.padStart(64, 'u'), count: 1 });
    const wide = Array.from({ length: 200 }, (_, index) => ({
      ...admitted(index.toString().padStart(16, '0')),
      type: 'SomethingOfTomorrow',
      body: { party: Array.from({ length: 20 }, (_one, at) => unit(at)) },
    })) as unknown as readonly KnownDraft[];
    expect(log.append(wide)).toEqual({
      ok: false,
      error: { kind: 'too_large', events: 200, bytes: expect.any(Number) },
    });
    expect(log.append(Array.from({ length: 501 }, () => admitted(ONE)))).toMatchObject({ error: { events: 501 } });
    expect(committed('SELECT count(1) FROM events')).toBe(0);
    expect(log.ownHead().seq).toBe(0);
    const most = Array.from({ length: 500 }, (_, index) => admitted(index.toString().padStart(16, '0')));
    expect(appended(most).at(-1)?.seq).toBe(500);
    expect(log.ownRun(0)?.events).toHaveLength(500);
  });

  it('H1: never runs its clock back, whatever the wall clock does', () => {
    const [first] = appended([admitted(ONE)]);
    clock.jumpTo(0);
    reopen();
    const [second] = appended([admitted(TWO)]);
    expect(second?.hlc.localeCompare(first?.hlc ?? '')).toBe(1);
    expect(second).toMatchObject({ wallMs: 0, trust: 'none' });
  });

  it('stops at a head that does not verify', () => {
    appended([admitted(ONE)]);
    database.prepare('UPDATE events SET body = replace(body, \'"people":2\', \'"people":3\')').run();
    expect(reopen).toThrow('another hash than is stored');
  });

  it('stops at a head without a seal', () => {
    appended([admitted(ONE)]);
    database.prepare('UPDATE events SET seal = NULL').run();
    expect(reopen).toThrow('does not end with a seal');
  });

  it('S2: cuts pushes at seals, several commands in one, one command never in two', () => {
    appended([admitted(ONE)]);
    appended([admitted(ONE), admitted(TWO)]);
    appended([admitted(TWO)]);
    expect(log.ownRun(0)?.seal.to).toBe(4);
    expect(log.ownRun(0, { events: 2, bytes: 9_999 })?.events).toHaveLength(1);
    expect(log.ownRun(1, { events: 1, bytes: 9_999 })).toMatchObject({ from: 2, seal: { to: 3 } });
    expect(log.ownRun(0, { events: 500, bytes: 1 })?.seal.to).toBe(1);
    expect(log.ownRun(4)).toBeNull();
  });

  it('S2: what it pushes verifies at the receiver', () => {
    appended([admitted(ONE), admitted(TWO)]);
    const run = log.ownRun(0);
    const peerPath = join(folder, 'peer.sqlite');
    const peerDatabase = openDatabase(peerPath);
    const deps = {
      database: peerDatabase,
      crypto,
      clock: createKioskClock(clock),
      random: seededRandom('texts'),
      nodeSeed: northSeed,
      log: silentLog,
    };
    const peer = createEventLog(deps);
    peer.enrol(identityOf('till'), hqKeyOf(testHq().publicKey), LOG_ID);
    const own = identityOf('gate').node;
    const roster = testHq().run([enrolledDraft(own, 'gate', crypto.publicKeyOf(nodeSeed))], clock.nowMs());
    const stored = peer.storePage(pageOf([roster, run as PullRun], 1));
    expect(stored).toEqual({ ok: true, value: { stored: 3, quarantined: 0, held: 0, cutOff: 0 } });
    peerDatabase.close();
  });

  it('K3: counts what is waiting, and rewinds where the server knows less', () => {
    appended([admitted(ONE)]);
    appended([admitted(TWO)]);
    log.acknowledge({ acknowledged: 2, durable: true, logId: LOG_ID });
    expect(log.waiting().count).toBe(0);
    log.acknowledge({ acknowledged: 1, durable: false, logId: 'log-2' });
    expect(log.waiting()).toEqual({ count: 1, oldestWallMs: clock.nowMs() });
    expect(log.position()).toMatchObject({ acknowledged: 1, durable: 0, logId: 'log-2' });
  });

  it('E6: writes no more where the server holds more of its events than it does, after a restart too', () => {
    appended([admitted(ONE)]);
    log.acknowledge({ acknowledged: 5, durable: true, logId: LOG_ID });
    expect(log.append([admitted(TWO)])).toMatchObject({ ok: false, error: { kind: 'stopped' } });
    reopen();
    expect(log.append([admitted(TWO)])).toMatchObject({ ok: false, error: { kind: 'stopped' } });
  });

  it('E6: does not go on in an epoch that it had to give up, and does in a new one', () => {
    appended([admitted(ONE)]);
    log.stopWriting('cloned', 'cloned');
    const hq = hqKeyOf(testHq().publicKey);
    expect(log.enrol(identityOf('gate'), hq, LOG_ID)).toMatchObject({ ok: false, error: { kind: 'stopped' } });
    expect(log.stopped()).toBe('cloned');
    expect(log.enrol({ ...identityOf('gate'), epoch: 2 }, hq, LOG_ID).ok).toBe(true);
    expect(appended([admitted(TWO)])[0]).toMatchObject({ epoch: 2, seq: 1 });
    reopen();
    expect(log.ownHead().seq).toBe(1);
  });

  it('S1: keeps to its park, whose people and tickets its folder holds', () => {
    const other = { ...identityOf('gate'), park: 'issyk-kul' as ParkId, epoch: 2 };
    const enrolled = log.enrol(other, hqKeyOf(testHq().publicKey), LOG_ID);
    expect(enrolled).toMatchObject({ ok: false, error: { reason: expect.stringContaining('empty') } });
    expect(log.identity()).toEqual(identityOf('gate'));
  });

  it('remembers a command that led to events', () => {
    log.append([admitted(ONE)], { commandId: 'command-1' });
    reopen();
    expect(log.eventOfCommand('command-1')).toMatchObject({ seq: 1 });
    expect(log.eventOfCommand('command-2')).toBeNull();
  });

  describe('with pages from other nodes', () => {
    const rosterOf = (hq: ReturnType<typeof testHq>) =>
      hq.run([enrolledDraft(NORTH, 'gate', crypto.publicKeyOf(northSeed))], clock.nowMs());

    it('S4: stores, folds and moves the cursor; the same page again changes nothing', () => {
      const page = [rosterOf(testHq()), testWriter(NORTH, northSeed).run([admitted(ONE)], clock.nowMs())];
      expect(outcomeOf(page, 7)).toEqual({ stored: 2, quarantined: 0, held: 0, cutOff: 0 });
      expect(outcomeOf(page, 7)).toEqual({ stored: 0, quarantined: 0, held: 0, cutOff: 0 });
      expect(committed('SELECT sum(admitted) FROM gate_totals')).toBe(2);
      expect(log.position().cursor).toBe(7);
      expect(outcomeOf([], 3)).toEqual({ stored: 0, quarantined: 0, held: 0, cutOff: 0 });
      expect(log.position().cursor).toBe(7);
    });

    it('K5: holds a run whose key it does not know yet, and takes it when the key comes', () => {
      const run = testWriter(NORTH, northSeed).run([admitted(ONE)], clock.nowMs());
      expect(outcomeOf([run], 1)).toEqual({ stored: 0, quarantined: 0, held: 1, cutOff: 0 });
      expect(log.position().cursor).toBe(1);
      expect(outcomeOf([rosterOf(testHq())], 2)).toEqual({ stored: 2, quarantined: 0, held: 0, cutOff: 0 });
      expect(committed('SELECT count(1) FROM held_runs')).toBe(0);
    });

    it('E3: takes nothing that the author did not seal, and goes on with the rest', () => {
      const hq = testHq();
      const forged = testWriter(NORTH, new Uint8Array(32).fill(66)).run([admitted(ONE)], clock.nowMs());
      const changed = testWriter(NORTH, northSeed).run([admitted(TWO)], clock.nowMs());
      const wire = changed.events[0];
      const tampered = { ...changed, events: [[...(wire ?? []).slice(0, 7), 'staff:x', wire?.[8]]] } as PullRun;
      const lease = () => hq.run([leaseDraft(TILL, 3)], clock.nowMs());
      expect(outcomeOf([rosterOf(hq), forged, tampered, lease()])).toEqual({
        stored: 2,
        quarantined: 0,
        held: 2,
        cutOff: 0,
      });
      expect(committed('SELECT count(1) FROM ticket_facts')).toBe(0);
    });

    it('holds what comes after a gap, and takes it when the gap is filled', () => {
      const north = testWriter(NORTH, northSeed);
      const [first, second] = [north.run([admitted(ONE)], clock.nowMs()), north.run([admitted(TWO)], clock.nowMs())];
      expect(outcomeOf([rosterOf(testHq()), second])).toMatchObject({ stored: 1, held: 1 });
      expect(outcomeOf([first], 2)).toMatchObject({ stored: 2, held: 0 });
    });

    it('E4: keeps an unknown event, folds it not, and folds the next', () => {
      const unknown = { ...admitted(ONE), type: 'TicketTeleported' } as unknown as KnownDraft;
      const run = testWriter(NORTH, northSeed).run([unknown, admitted(TWO)], clock.nowMs());
      expect(outcomeOf([rosterOf(testHq()), run])).toEqual({ stored: 3, quarantined: 1, held: 0, cutOff: 0 });
      expect(committed('SELECT error FROM quarantine')).toBe('unknown type TicketTeleported version 1');
      expect(committed('SELECT sum(admitted) FROM gate_totals')).toBe(2);
    });

    describe('S2: what is nested deeper than anything that honest programs write', () => {
      const DEEP = JSON.parse(`${'{"a":['.repeat(5_000)}1${']}'.repeat(5_000)}`);
      const bottomless = { ...admitted(ONE), body: DEEP } as unknown as KnownDraft;
      const typeAt = (seq: number) => committed(`SELECT group_concat(type) FROM events WHERE seq = ${seq}`);

      it('is an Unreadable here, whoever hands it on as it came; the chain goes on over it', () => {
        const north = testWriter(NORTH, northSeed);
        const runs = [north.run([bottomless], clock.nowMs()), north.run([admitted(TWO)], clock.nowMs())];
        expect(outcomeOf([rosterOf(testHq()), ...runs])).toEqual({ stored: 3, quarantined: 1, held: 0, cutOff: 0 });
        expect(typeAt(1)).toContain('Unreadable');
        expect(committed('SELECT error FROM quarantine')).toBe('unreadable: /8 has more than 32 levels');
        expect(committed('SELECT sum(admitted) FROM gate_totals')).toBe(2);
      });

      it('waits for a key like any other', () => {
        const run = testWriter(NORTH, northSeed).run([bottomless, admitted(TWO)], clock.nowMs());
        expect(outcomeOf([run])).toMatchObject({ stored: 0, held: 1 });
        expect(outcomeOf([rosterOf(testHq())], 2)).toMatchObject({ stored: 3, quarantined: 1, held: 0 });
        expect(committed('SELECT count(1) FROM held_runs')).toBe(0);
      });

      it('is put aside where nobody can have sealed it, and nothing waits for it', () => {
        const run = testWriter(NORTH, northSeed).run([admitted(ONE)], clock.nowMs());
        const noWords = (run.events[0] ?? []).map((word, index) =>
          index < 8 ? word : { a: JSON.parse(`${'['.repeat(9_000)}"\\ud800"${']'.repeat(9_000)}`) },
        );
        const held = { ...run, events: [noWords] } as unknown as PullRun;
        expect(outcomeOf([held, rosterOf(testHq())])).toMatchObject({ stored: 1, held: 1 });
        expect(committed('SELECT problem FROM held_runs')).toBe('unreadable');
        expect(outcomeOf([], 2)).toMatchObject({ stored: 0, held: 0 });
      });

      it('is handed on as its author wrote it', () => {
        const run = testWriter(NORTH, northSeed).run([bottomless], clock.nowMs());
        outcomeOf([rosterOf(testHq()), run]);
        log.others.wanted([{ node: NORTH, epoch: 1, from: 1 }], []);
        const push = log.others.nextDelivery({ events: 500, bytes: 1 }, new Set());
        const text = push === null ? '' : pushText(push);
        expect(text).toContain(`"staff:g1",${canonicalJson(DEEP)}]]`);
        expect(JSON.parse(text)).toMatchObject({ node: NORTH, from: 1, seal: run.seal });
      });
    });

    it('takes places, keys and kiosks from HQ alone', () => {
      const run = testWriter(NORTH, northSeed).run([leaseDraft(TILL, 1000)], clock.nowMs());
      expect(outcomeOf([rosterOf(testHq()), run])).toMatchObject({ stored: 2, quarantined: 1 });
      expect(committed('SELECT count(1) FROM leases')).toBe(0);
    });

    it('takes them from no other park’s HQ either', () => {
      const other = testWriter('hq:issyk-kul' as NodeId, northSeed);
      log.learnHqKey({ ...hqKeyOf(other.publicKey), node: 'hq:issyk-kul' });
      const run = other.run([leaseDraft(TILL, 1000)], clock.nowMs());
      expect(outcomeOf([run])).toMatchObject({ stored: 1, quarantined: 1 });
      expect(committed('SELECT count(1) FROM leases')).toBe(0);
    });

    it('E6: stops where it meets events of its own epoch that it never wrote, and keeps them aside', () => {
      appended([admitted(ONE)]);
      const clone = testWriter(identityOf('gate').node, nodeSeed);
      const told = clone.run([admitted(TWO), admitted(ONE)], clock.nowMs());
      expect(outcomeOf([rosterOf(testHq()), told])).toMatchObject({ stored: 1, held: 1 });
      expect(log.ownHead().seq).toBe(1);
      expect(log.append([admitted(TWO)])).toMatchObject({ ok: false, error: { kind: 'stopped' } });
      expect(committed('SELECT problem FROM held_runs')).toBe('own_stream');
      reopen();
      expect(log.stopped()).toContain('cloned');
    });

    it('E3: is not stopped by events of its own epoch that it did not seal', () => {
      appended([admitted(ONE)]);
      const forger = testWriter(identityOf('gate').node, northSeed);
      expect(outcomeOf([forger.run([admitted(TWO), admitted(ONE)], clock.nowMs())])).toMatchObject({ held: 1 });
      expect(log.stopped()).toBeNull();
      expect(appended([admitted(TWO)])[0]?.seq).toBe(2);
    });

    it('S4: is told its own events again and keeps what it has', () => {
      appended([admitted(ONE)]);
      const own = log.ownRun(0) as PullRun;
      expect(outcomeOf([own], 3)).toEqual({ stored: 0, quarantined: 0, held: 0, cutOff: 0 });
      expect(appended([admitted(TWO)])[0]?.seq).toBe(2);
    });

    it('K5: runs that will never verify stand in the way of none that will', () => {
      const hq = testHq();
      const many = Array.from({ length: 210 }, (_, index) =>
        testWriter(`k-${index.toString().padStart(16, '0')}` as NodeId, northSeed).run([admitted(ONE)], clock.nowMs()),
      );
      const waiting = testWriter(NORTH, northSeed).run([admitted(TWO)], clock.nowMs());
      outcomeOf([...many, waiting]);
      expect(outcomeOf([rosterOf(hq)], 2)).toMatchObject({ stored: 2 });
      expect(committed('SELECT sum(admitted) FROM gate_totals')).toBe(2);
    });

    it('H1: merges a clock that leads a little, and stores but does not merge one that leads too far', () => {
      const north = testWriter(NORTH, northSeed);
      const near = north.run([admitted(ONE)], clock.nowMs() + 60_000);
      const far = north.run([admitted(TWO)], clock.nowMs() + 3_600_000);
      outcomeOf([rosterOf(testHq()), near, far]);
      expect(committed('SELECT count(1) FROM ticket_facts')).toBe(2);
      expect(hlcMs(log.hlc())).toBe(clock.nowMs() + 60_000);
      reopen();
      expect(hlcMs(appended([admitted(ONE)])[0]?.hlc ?? '')).toBe(clock.nowMs() + 60_000);
    });
  });
});
