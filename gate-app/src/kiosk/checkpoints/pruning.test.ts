import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventLog, type EventLog } from '../event-log/event-log.ts';
import { openDatabase } from '../event-log/open-database.ts';
import { createStoredEvents } from '../event-log/stored-event.ts';
import { createKioskClock } from '../kiosk-clock.ts';
import { hashState } from '../read-models/read-state.ts';
import { RebuildError, rebuildReadModels } from '../rebuild/rebuild-read-models.ts';
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
import { createPruning, PRUNING, type Pruning } from './pruning.ts';

const NORTH = 'k-000000000000000A' as NodeId;
const nodeSeed = new Uint8Array(32).fill(1);
const northSeed = new Uint8Array(32).fill(2);
const key = nodeKeyFrom(crypto, nodeSeed);

const admitted = (ticket: number): KnownDraft => {
  const ticketId = ticket.toString().padStart(16, '0');
  const body = {
    ticketId,
    gateId: 'north',
    people: 2,
    businessDate: TODAY,
    verdict: 'admit',
    silentGates: [],
  } as const;
  return draft('TicketAdmitted', `ticket:${ticketId}`, { ...body, silentGates: [] }, { actor: 'staff:g1' });
};

const moved = (reason: string): KnownDraft => {
  const shiftId = '0123456789ABCDEF';
  return draft('CashMoved', `shift:${shiftId}`, { shiftId, amountMinor: -30_000, reason }, { actor: 'staff:c1' });
};

/** A kiosk with a log of two nodes, old by the end of it. */
describe('pruning', () => {
  let folder: string;
  let database: Database;
  let clock: FakeClock;
  let log: EventLog;
  const hq = () => testHq();
  const north = () => testWriter(NORTH, northSeed);

  const open = (path: string): void => {
    folder = path;
    database = openDatabase(join(path, 'kiosk.sqlite'));
    log = createEventLog({
      database,
      crypto,
      clock: createKioskClock(clock),
      random: seededRandom('texts'),
      nodeSeed,
      log: silentLog,
    });
  };
  const durablePage = (page: PullResponse): PullResponse => ({ ...page, durable: true });
  const acknowledged = (durable: boolean): void => {
    const { seq } = log.ownHead();
    log.acknowledge({ acknowledged: seq, durable, logId: LOG_ID });
  };
  const append = (drafts: readonly KnownDraft[]): void => {
    const appended = log.append(drafts);
    if (!appended.ok) throw new Error(appended.error.kind);
  };
  const pruningOf = (pause: () => Promise<void> = async () => {}): Pruning =>
    createPruning({
      database,
      folder,
      eventLog: log,
      crypto,
      key: () => key,
      timers: { sleep: pause },
      log: silentLog,
      settings: { ...PRUNING, worthwhileEvents: 10 },
    });
  const count = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0;
  const filesWith = (words: string): readonly string[] =>
    readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(words));
  const rebuilt = () => rebuildReadModels(database, { crypto, park: PARK, key, folder });

  /** Forty days: two nodes' events at first, one of each at the end. */
  const live = async (options: { readonly durable: boolean; readonly foreignDurable: boolean }): Promise<void> => {
    log.enrol(identityOf('gate'), hqKeyOf(hq().publicKey), LOG_ID);
    const page = (runs: PullResponse['runs'], next: number): PullResponse =>
      options.foreignDurable ? durablePage(pageOf(runs, next)) : { ...pageOf(runs, next), durable: false };
    const writer = north();
    const roster = hq().run([enrolledDraft(NORTH, 'gate', writer.publicKey)], clock.nowMs());
    log.storePage(page([roster], 1));
    for (let ticket = 0; ticket < 30; ticket += 1) {
      append([admitted(ticket), admitted(1000 + ticket)]);
      log.storePage(page([writer.run([admitted(ticket), admitted(2000 + ticket)], clock.nowMs())], 2 + ticket));
    }
    acknowledged(options.durable);
    clock.advance(PRUNING.settledMs);
    append([admitted(499)]);
    acknowledged(options.durable);
    // A checkpoint that has to grow as old as what it is to let go.
    expect(await pruningOf().pruneNow()).toBe(0);
    clock.advance(PRUNING.retentionMs + PRUNING.settledMs);
    append([admitted(500)]);
    log.storePage(page([writer.run([admitted(501)], clock.nowMs())], 100));
    acknowledged(options.durable);
  };

  beforeEach(() => {
    clock = fakeClock();
    open(mkdtempSync(join(tmpdir(), 'skygate-prune-')));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('K4: lets old durable events go under a signed checkpoint; read models, heads and chains stay', async () => {
    await live({ durable: true, foreignDurable: true });
    const before = hashState(database, crypto);
    const head = log.ownHead();
    expect(await pruningOf().pruneNow()).toBe(121);
    expect(hashState(database, crypto)).toBe(before);
    expect(log.ownHead()).toEqual(head);
    expect(count('SELECT count(*) FROM events')).toBeLessThan(10);
    expect(existsSync(join(folder, 'checkpoint-1.sqlite'))).toBe(true);
    expect(await pruningOf().pruneNow()).toBe(0);
    database.close();
    open(folder);
    append([admitted(600)]);
    expect(log.ownRun(head.seq)?.from).toBe(head.seq + 1);
  });

  it('K4, E5: what was typed goes with its event, out of every file, once the server has it; what it has not got stays', async () => {
    // Longer than what the row shrinks to, and looked for by its first words: the rest of the page may cover its end.
    const [first, kept] = ['взял на молоко', 'сдача соседу, вернёт в пятницу'];
    const told = `${first} 300 сом до вечера, обещал принести вместе с премией, когда её дадут за прошлую неделю, до обеда`;
    log.enrol(identityOf('till'), hqKeyOf(hq().publicKey), LOG_ID);
    append([moved(told)]);
    append([moved(kept)]);
    acknowledged(true);
    const brought = log.texts.next(new Set()).find(({ text }) => text === told);
    log.texts.delivered(brought ? [brought.name] : [], 1);
    for (let ticket = 0; ticket < 30; ticket += 1) append([admitted(ticket)]);
    acknowledged(true);
    expect(filesWith(first)).not.toEqual([]);
    clock.advance(PRUNING.settledMs);
    append([admitted(499)]);
    acknowledged(true);
    await pruningOf().pruneNow();
    clock.advance(PRUNING.retentionMs + PRUNING.settledMs);
    append([admitted(500)]);
    acknowledged(true);
    expect(await pruningOf().pruneNow()).toBeGreaterThan(30);
    expect(count('SELECT count(*) FROM events WHERE seq <= 2')).toBe(0);
    database.close();
    open(folder);
    expect(filesWith(first)).toEqual([]);
    expect(log.texts.next(new Set()).map(({ text }) => text)).toEqual([kept]);
  });

  it('K4: a server that keeps nothing for good has nothing pruned, own or foreign', async () => {
    await live({ durable: false, foreignDurable: false });
    expect(await pruningOf().pruneNow()).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('checkpoint'))).toEqual([]);
  });

  it('K4: others’ events stay while the server does not call its log durable, whatever it says of the own', async () => {
    await live({ durable: true, foreignDurable: false });
    expect(await pruningOf().pruneNow()).toBe(61);
    expect(
      count("SELECT count(*) FROM events e JOIN streams s USING (stream) WHERE s.node = 'k-000000000000000A'"),
    ).toBe(61);
  });

  it('K4: a word that is taken back stops pruning at the next slice', async () => {
    await live({ durable: true, foreignDurable: true });
    const pruning = pruningOf(async () => {
      log.acknowledge({ acknowledged: log.ownHead().seq, durable: false, logId: 'another log' });
    });
    expect(await pruning.pruneNow()).toBe(0);
  });

  it('K4: is asked for what is gone: no run, and the hash all the same', async () => {
    await live({ durable: true, foreignDurable: true });
    const hash = log.ownHashAt(10);
    await pruningOf().pruneNow();
    expect(log.ownRun(5)).toBeNull();
    expect(log.ownHashAt(10)).toBe(hash);
    const stored = createStoredEvents(database, { crypto, park: () => PARK });
    const own = stored.findStream(identityOf('gate')) ?? 0;
    expect(stored.prunedTo(own)).toBe(61);
    expect(stored.read(identityOf('gate'), 62)?.prev).toBe(log.ownHashAt(61));
  });

  it('K4: a page that repeats pruned events changes nothing', async () => {
    await live({ durable: true, foreignDurable: true });
    await pruningOf().pruneNow();
    const before = hashState(database, crypto);
    const start = clock.nowMs() - PRUNING.retentionMs - 2 * PRUNING.settledMs;
    const again = north().run([admitted(0), admitted(2000)], start);
    expect(log.storePage(durablePage(pageOf([again], 200)))).toMatchObject({ value: { stored: 0, held: 0 } });
    expect(hashState(database, crypto)).toBe(before);
  });

  it('S7: rebuild of a pruned log is its checkpoint and what came after, with an equal hash', async () => {
    await live({ durable: true, foreignDurable: true });
    await pruningOf().pruneNow();
    append([admitted(700), admitted(701)]);
    const { before, after, events } = database.transaction(rebuilt)();
    expect(after).toBe(before);
    expect(events).toBe(2);
  });

  it('S7: rebuild says so where read models were not what the log makes', async () => {
    await live({ durable: true, foreignDurable: true });
    database.exec('UPDATE gate_totals SET admitted = admitted + 1');
    const { before, after } = database.transaction(rebuilt)();
    expect(after).not.toBe(before);
  });

  it('K4: a checkpoint whose file is damaged or gone is not rebuilt from, and nothing changes', async () => {
    await live({ durable: true, foreignDurable: true });
    await pruningOf().pruneNow();
    const before = hashState(database, crypto);
    rmSync(join(folder, 'checkpoint-1.sqlite'));
    writeFileSync(join(folder, 'checkpoint-2.sqlite'), 'torn');
    expect(() => database.transaction(rebuilt)()).toThrow(RebuildError);
    expect(hashState(database, crypto)).toBe(before);
  });

  it('K4: a kiosk that dies between any two steps goes on from there', async () => {
    await live({ durable: true, foreignDurable: true });
    // Of a cut before: a file in place that nothing was noted of.
    writeFileSync(join(folder, 'checkpoint-2.sqlite'), 'torn');
    const before = hashState(database, crypto);
    const home = folder;
    // Each pause is between two steps: the folder as it is then is what a power cut would leave.
    const cuts: string[] = [];
    await pruningOf(async () => {
      const cut = mkdtempSync(join(tmpdir(), 'skygate-cut-'));
      cpSync(home, cut, { recursive: true });
      cuts.push(cut);
    }).pruneNow();
    expect(cuts.length).toBeGreaterThanOrEqual(8);
    database.close();
    for (const cut of [cuts[0], cuts[1], cuts.at(-3), cuts.at(-2), cuts.at(-1)].flatMap((one) => one ?? [])) {
      open(cut);
      await pruningOf().pruneNow();
      expect(hashState(database, crypto)).toBe(before);
      expect(count('SELECT count(*) FROM events')).toBeLessThan(10);
      expect(database.transaction(rebuilt)().after).toBe(before);
      expect(readdirSync(folder).filter((name) => /^checkpoint-\d+\.sqlite$/.test(name))).toHaveLength(2);
      database.close();
    }
    for (const cut of cuts) rmSync(cut, { recursive: true, force: true });
    open(home);
  });
});
