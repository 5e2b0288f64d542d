import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hlcMs } from '@skygate/shared/sync/hlc';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitted, NORTH_RUNS, northDrafts, northWriter, PruningKiosk } from '../testing/pruning-kiosk.ts';

const AHEAD_MS = Date.parse('2099-01-01T00:00:00Z');
const DAY_MS = 24 * 60 * 60_000;

describe('the checkpoints that events are let go under', () => {
  let kiosk: PruningKiosk;

  beforeEach(() => {
    kiosk = new PruningKiosk();
  });
  afterEach(() => kiosk.remove());

  const events = (): number => kiosk.count('SELECT count(*) FROM events');
  const numbers = () => kiosk.database.prepare('SELECT number FROM checkpoints ORDER BY number').pluck().all();
  /** A day on which something is done, and the server has it for good. */
  const day = (ticket: number): void => {
    kiosk.clock.advance(DAY_MS);
    kiosk.append(admitted(ticket));
    kiosk.pulled([], 1000 + ticket);
    kiosk.acknowledged(true);
  };
  const days = (count: number, from: number): void => {
    for (let passed = 0; passed < count; passed += 1) day(from + passed);
  };
  /** The other gate as it went on elsewhere, after so many of its runs. */
  const elsewhere = (runs: number) => {
    const writer = northWriter();
    for (let run = 0; run < runs; run += 1) writer.run(northDrafts(run), kiosk.startMs);
    return writer;
  };

  describe('H1: where a clock was ahead', () => {
    beforeEach(() => {
      kiosk.enrol();
      kiosk.pulled([], 1);
      days(8, 0);
      kiosk.append(...Array.from({ length: 20 }, (_, ticket) => admitted(100 + ticket)));
      kiosk.acknowledged(true);
    });

    it('K4: a year that somebody set lets nothing go, and pruning goes on once it is right again', async () => {
      expect(await kiosk.pruningOf().pruneNow()).toBe(0);
      expect(numbers()).toEqual([1]);
      const before = events();
      const trueMs = kiosk.clock.nowMs();
      kiosk.clock.jumpTo(AHEAD_MS);
      kiosk.append(admitted(200));
      expect(hlcMs(kiosk.log.hlc())).toBe(AHEAD_MS);
      expect(await kiosk.pruningOf().pruneNow()).toBe(0);
      expect(events()).toBe(before + 1);
      // The server says what time it is; the hybrid clock leads from here on.
      kiosk.clock.jumpTo(trueMs);
      kiosk.acknowledged(true);
      expect(await kiosk.pruningOf().pruneNow()).toBe(0);
      days(31, 300);
      expect(await kiosk.pruningOf().pruneNow()).toBeGreaterThan(20);
      expect(kiosk.rebuilt().after).toBe(kiosk.hash());
    });

    it('K4: a checkpoint and a word of the server that were noted in such a year grow old from then on', async () => {
      const trueMs = kiosk.clock.nowMs();
      kiosk.clock.jumpTo(AHEAD_MS);
      kiosk.database.exec('UPDATE foreign_durability SET log_id = NULL');
      kiosk.pulled([], 2000);
      expect(await kiosk.pruningOf().pruneNow()).toBe(0);
      kiosk.clock.jumpTo(trueMs);
      kiosk.pulled([], 2001);
      expect(await kiosk.pruningOf().pruneNow()).toBe(0);
      const noted = 'SELECT max(made_ms, (SELECT since_ms FROM foreign_durability)) FROM checkpoints';
      expect(kiosk.count(noted)).toBe(trueMs);
      days(31, 300);
      expect(await kiosk.pruningOf().pruneNow()).toBeGreaterThan(20);
    });
  });

  it('K4, S7: one of a past that was cut off is forgotten, not the older one that the log goes through', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    expect(await kiosk.pruningOf().pruneNow()).toBeGreaterThan(0);
    expect(numbers()).toEqual([1, 2]);
    // The park's log has another past, right below the second checkpoint's end.
    const other = elsewhere(NORTH_RUNS);
    expect(kiosk.pulled([other.run([admitted(601), admitted(602)], kiosk.clock.nowMs())], 101)).toMatchObject({
      value: { cutOff: 1 },
    });
    const before = kiosk.hash();
    days(31, 700);
    kiosk.pulled([other.run([admitted(603), admitted(604)], kiosk.clock.nowMs())], 2000);
    await kiosk.pruningOf().pruneNow();
    expect(numbers()).toEqual([1, 2]);
    expect(before).not.toBe(kiosk.hash());
    expect(kiosk.rebuilt().after).toBe(kiosk.hash());
    // The new second one has the park's past, and takes over when it is old enough.
    days(31, 800);
    expect(await kiosk.pruningOf().pruneNow()).toBeGreaterThan(0);
    expect(numbers()).toEqual([2, 3]);
    expect(existsSync(join(kiosk.folder, 'checkpoint-1.sqlite'))).toBe(false);
    expect(kiosk.rebuilt().after).toBe(kiosk.hash());
  });

  it('K4: what gives way between two slices lets nothing further go, and makes no checkpoint of what is left', async () => {
    await kiosk.live({ durable: true, foreignDurable: true });
    const ofNorth = "SELECT count(*) FROM events JOIN streams USING (stream) WHERE node = 'k-000000000000000A'";
    let pauses = 0;
    const pruning = kiosk.pruningOf(async () => {
      // The second checkpoint is written first; the last pause is after the first slice, which is of the own stream.
      if (kiosk.count('SELECT count(*) FROM pruned_streams') === 0 || pauses > 0) return;
      pauses += 1;
      kiosk.pulled([elsewhere(NORTH_RUNS - 1).run([admitted(601)], kiosk.clock.nowMs())], 101);
    });
    expect(await pruning.pruneNow()).toBe(61);
    expect(pauses).toBe(1);
    expect(kiosk.count(ofNorth)).toBe(2 * NORTH_RUNS - 1);
    days(31, 700);
    expect(await kiosk.pruningOf().pruneNow()).toBe(0);
    expect(numbers()).toEqual([]);
  });
});
