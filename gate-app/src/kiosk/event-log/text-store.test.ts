import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { textNameIn } from '@skygate/shared/events/free-text';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKioskClock } from '../kiosk-clock.ts';
import { rebuildReadModels } from '../rebuild/rebuild-read-models.ts';
import {
  crypto,
  enrolledDraft,
  hqKeyOf,
  identityOf,
  LOG_ID,
  PARK,
  pageOf,
  silentLog,
  testHq,
} from '../testing/test-park.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { openDatabase } from './open-database.ts';
import { placeOfText } from './text-store.ts';

const SELF = identityOf('till');
const SHIFT = '0123456789ABCDEF';
const WORDS = 'Айбек взял на молоко 300 сом';
const seeds = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
const random = seededRandom('texts of these tests');
const none = new Set<string>();

const moved = (reason: string): KnownDraft =>
  draft('CashMoved', `shift:${SHIFT}`, { shiftId: SHIFT, amountMinor: -30_000, reason }, { actor: 'staff:c1' });

describe('E5: what people typed at a kiosk', () => {
  let folder: string;
  let clock: FakeClock;
  let database: Database;
  let log: EventLog;

  const open = (seed: Uint8Array = seeds[0], from = folder): void => {
    database = openDatabase(join(from, 'kiosk.sqlite'));
    const time = createKioskClock(clock);
    log = createEventLog({ database, crypto, clock: time, random, nodeSeed: seed, log: silentLog });
  };
  const reopen = (seed: Uint8Array = seeds[0]): void => {
    database.close();
    open(seed);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-texts-'));
    clock = fakeClock();
    open();
    must(log.enrol(SELF, hqKeyOf(testHq().publicKey), LOG_ID));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  const must = <Value>(result: { ok: true; value: Value } | { ok: false; error: unknown }): Value => {
    if (!result.ok) throw new Error(JSON.stringify(result.error));
    return result.value;
  };
  /** Types it. @returns what the body holds */
  const type = (reason: string): string => {
    const [event] = must(log.append([moved(reason)]));
    return String(event?.body['reason']);
  };
  const nameOf = (member: string): string => textNameIn(member) ?? '';
  const acknowledge = (acknowledged: number, logId = LOG_ID) =>
    must(log.acknowledge({ acknowledged, durable: true, logId }));
  const waiting = (): readonly string[] => log.texts.next(none).map(({ text }) => text);
  const erasedBy = (hq: ReturnType<typeof testHq>, ...names: readonly string[]) => {
    const said = names.map((text) =>
      draft('TextErased', `text:${text}`, { text, why: 'personal_data' }, { actor: 'hq:anna' }),
    );
    const roster = [enrolledDraft(SELF.node, 'till', crypto.publicKeyOf(seeds[0]))];
    return pageOf([hq.run([...roster, ...said], clock.nowMs())], 9);
  };
  const filesWith = (words: string): readonly string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      if (!entry.isFile()) return [];
      const path = join(entry.parentPath, entry.name);
      return readFileSync(path).includes(words) ? [entry.name] : [];
    });

  it('K1: are on disk with the event that names them, which does not hold them', () => {
    const member = type(WORDS);
    expect(member).toMatch(/^text:[A-Za-z0-9_-]{43}$/);
    expect(log.texts.read(member)).toEqual({ state: 'here', text: WORDS });
    const bodies = database.prepare<[], string>('SELECT body FROM events').pluck().all();
    expect(bodies.join()).not.toContain(WORDS);
    reopen();
    expect(log.texts.read(member)).toEqual({ state: 'here', text: WORDS });
  });

  it('K1: a transaction that fails leaves no words behind', () => {
    const failing = () => log.append([moved(WORDS)], { commandId: 'twice-0001' });
    must(failing());
    // The same command again breaks its key, after event and words were written.
    expect(failing).toThrow('UNIQUE');
    expect(database.prepare('SELECT count(1) FROM texts').pluck().get()).toBe(1);
  });

  it('E5: wait until the server has their event, and are repeated until it has them', () => {
    const first = type('one');
    type('two');
    expect(waiting()).toEqual([]);
    acknowledge(1);
    expect(log.texts.next(none)).toMatchObject([{ node: SELF.node, epoch: SELF.epoch, seq: 1, text: 'one' }]);
    acknowledge(2);
    expect(waiting()).toEqual(['one', 'two']);
    expect(log.texts.hasNext(new Set(log.texts.next(none).map(placeOfText)))).toBe(false);
    must(log.texts.delivered([nameOf(first)], 1));
    reopen();
    expect(waiting()).toEqual(['two']);
  });

  it('X4, E8: as long as the server said of none that it has it, none is what it has said', () => {
    const first = type('one');
    expect(log.texts.mostHeld()).toBe(0);
    acknowledge(1);
    must(log.texts.delivered([nameOf(first)], 1));
    expect(log.texts.mostHeld()).toBe(1);
    acknowledge(1, 'another-log');
    expect(log.texts.mostHeld()).toBe(0);
  });

  it('E8: all go anew to a server with another log, each when that one has its event', () => {
    const names = [type('one'), type('two')].map(nameOf);
    acknowledge(2);
    must(log.texts.delivered(names, 2));
    acknowledge(1, 'another-log');
    expect(waiting()).toEqual(['one']);
    acknowledge(2, 'another-log');
    expect(waiting()).toEqual(['one', 'two']);
  });

  it('E8: all go anew to a server that has fewer of them than it said, though its log is the same', () => {
    const names = [type('one'), type('two')].map(nameOf);
    acknowledge(2);
    must(log.texts.delivered(names.slice(0, 1), 4));
    must(log.texts.delivered(names.slice(1), 5));
    must(log.texts.heldAtServer(5));
    reopen();
    must(log.texts.heldAtServer(6));
    expect(waiting()).toEqual([]);
    must(log.texts.heldAtServer(4));
    expect(waiting()).toEqual(['one', 'two']);
    must(log.texts.delivered(names, 4));
    must(log.texts.heldAtServer(4));
    expect(waiting()).toEqual([]);
  });

  it('E6: of an earlier incarnation go when the server has that stream so far', () => {
    type('one');
    type('two');
    acknowledge(1);
    log.stopWriting('the server holds another event', 'other_past');
    const keys = { generation: 2, nodeSeed: seeds[1] };
    must(log.enrol({ ...SELF, epoch: 2 }, hqKeyOf(testHq().publicKey), LOG_ID, keys));
    expect(waiting()).toEqual(['one']);
    must(log.others.delivered(SELF, 2));
    expect(waiting()).toEqual(['one', 'two']);
  });

  it('E6: of a transaction that is recorded again go with the event that holds it now', () => {
    const kept = type('kept');
    type('lost');
    acknowledge(1);
    must(log.texts.delivered([nameOf(kept)], 1));
    log.stopWriting('the server holds another event', 'other_past');
    const keys = { generation: 2, nodeSeed: seeds[1] };
    must(log.enrol({ ...SELF, epoch: 2 }, hqKeyOf(testHq().publicKey), LOG_ID, keys));
    const lastHash = String(database.prepare('SELECT lower(hex(hash)) FROM events WHERE seq = 1').pluck().get());
    must(log.storePage(erasedBy(testHq())));
    expect(must(log.others.endsAt(SELF, { lastSeq: 1, lastHash }))).toBe(true);
    expect(must(log.others.recordNext())).toBe(true);
    expect(waiting()).toEqual([]);
    acknowledge(1);
    expect(log.texts.next(none)).toMatchObject([{ epoch: 2, seq: 1, text: 'lost' }]);
  });

  it('E5: once HQ erased them, no file has them any more, and the event still says what it said', () => {
    const member = type(WORDS);
    const other = type('stays');
    acknowledge(2);
    expect(filesWith(WORDS)).not.toEqual([]);
    must(log.storePage(erasedBy(testHq(), nameOf(member))));
    expect(filesWith(WORDS)).toEqual([]);
    expect(log.texts.read(member)).toEqual({ state: 'erased' });
    expect(log.texts.read(other)).toEqual({ state: 'here', text: 'stays' });
    expect(waiting()).toEqual(['stays']);
    reopen();
    expect(log.ownRun(0)?.events[0]?.[8]).toMatchObject({ reason: member });
    expect(log.texts.read(member)).toEqual({ state: 'erased' });
  });

  it('E5: killed right after the commit, they are gone from every file before the kiosk says anything again', () => {
    const member = type(WORDS);
    acknowledge(1);
    const copy = join(folder, 'killed');
    mkdirSync(copy);
    // The disk as it is between the commit and the emptying of the log of writes.
    const pragma = database.pragma.bind(database);
    database.pragma = ((source: string, ...rest: []) => {
      if (source.startsWith('wal_checkpoint')) {
        for (const name of ['kiosk.sqlite', 'kiosk.sqlite-wal']) copyFileSync(join(folder, name), join(copy, name));
      }
      return pragma(source, ...rest);
    }) as never;
    must(log.storePage(erasedBy(testHq(), nameOf(member))));
    expect(filesWith(WORDS)).not.toEqual([]);
    const running = database;
    open(seeds[0], copy);
    expect(log.erasedIsGone()).toBe(true);
    expect(filesWith(WORDS)).toEqual([]);
    running.close();
  });

  it('E5: says nothing while somebody reads an older moment of the file, and waits for nobody', () => {
    const member = type(WORDS);
    acknowledge(1);
    const reader = openDatabase(join(folder, 'kiosk.sqlite'));
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    must(log.storePage(erasedBy(testHq(), nameOf(member))));
    expect(log.erasedIsGone()).toBe(false);
    reader.exec('COMMIT');
    reader.close();
    expect(log.erasedIsGone()).toBe(true);
    expect(filesWith(WORDS)).toEqual([]);
  });

  it('E5: a program that comes to understand the erasure at its start carries it out then', () => {
    const member = type(WORDS);
    database.prepare('INSERT INTO erased_texts VALUES (?, ?, ?, ?, 1)').run(PARK, nameOf(member), 'mistake', 'hq:anna');
    reopen();
    expect(log.texts.read(member)).toEqual({ state: 'erased' });
    expect(filesWith(WORDS)).toEqual([]);
  });

  it('S7: a rebuild needs no words, keeps them, and brings none back', () => {
    const [erased, kept] = [type(WORDS), type('stays')];
    must(log.storePage(erasedBy(testHq(), nameOf(erased))));
    const key = nodeKeyFrom(crypto, seeds[0]);
    const { before, after } = rebuildReadModels(database, { crypto, park: PARK, key, folder });
    expect(after).toBe(before);
    expect(log.texts.read(erased)).toEqual({ state: 'erased' });
    expect(log.texts.read(kept)).toEqual({ state: 'here', text: 'stays' });
    database.exec("UPDATE texts SET text = '', salt = ''");
    expect(rebuildReadModels(database, { crypto, park: PARK, key, folder }).after).toBe(before);
  });

  it('E5: words of an older program stand in the event and are read there; others’ are not here', () => {
    expect(log.texts.read('bank')).toEqual({ state: 'here', text: 'bank' });
    expect(log.texts.read(`text:${'A'.repeat(43)}`)).toEqual({ state: 'not_here' });
  });
});
