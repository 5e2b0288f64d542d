import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStoredEvents } from '../event-log/stored-event.ts';
import { admitted, NORTH, NORTH_RUNS, northDrafts, northWriter, PruningKiosk } from '../testing/pruning-kiosk.ts';
import { crypto, hqKeyOf, identityOf, LOG_ID, PARK, testHq } from '../testing/test-park.ts';

const north = { node: NORTH, epoch: 1 };

describe('another past of a stream that was pruned', () => {
  let kiosk: PruningKiosk;
  /** Up to here the other gate's stream is pruned; its head, which is one event more, stays. */
  const prunedTo = 2 * NORTH_RUNS;

  beforeEach(async () => {
    kiosk = new PruningKiosk();
    await kiosk.live({ durable: true, foreignDurable: true });
    await kiosk.pruningOf().pruneNow();
  });
  afterEach(() => kiosk.remove());

  /** The other gate as it went on elsewhere, after so many of its runs. */
  const elsewhere = (runs: number) => {
    const writer = northWriter();
    for (let run = 0; run < runs; run += 1) writer.run(northDrafts(run), kiosk.startMs);
    return writer;
  };
  const stored = () => {
    const events = createStoredEvents(kiosk.database, { crypto, park: () => PARK });
    return { events, stream: events.findStream(north) ?? 0 };
  };

  it('E6, E8: what is cut off right after the pruned end is kept, sealed as it was', () => {
    const cutOff = stored().events.hashAt(stored().stream, prunedTo + 1);
    const other = elsewhere(NORTH_RUNS).run([admitted(601), admitted(602)], kiosk.clock.nowMs());
    expect(kiosk.pulled([other], 101)).toMatchObject({ value: { stored: 2, held: 0, cutOff: 1 } });
    expect(kiosk.log.others.nextToShow(new Set())).toMatchObject({
      ...north,
      from: prunedTo + 1,
      events: [expect.anything()],
      seal: { to: prunedTo + 1, headHash: cutOff },
    });
    expect(stored().events.headOf(stored().stream)).toEqual({ seq: prunedTo + 2, hash: other.seal.headHash });
  });

  it('E6, E8: a past that parts below the pruned end gives way to it too, and what is left of the old one is kept', () => {
    const writer = elsewhere(NORTH_RUNS - 10);
    const first = writer.run([admitted(601), admitted(602)], kiosk.clock.nowMs());
    expect(kiosk.pulled([first], 101)).toMatchObject({ value: { stored: 2, held: 0, cutOff: 1 } });
    expect(kiosk.log.others.nextToShow(new Set())).toMatchObject({ from: prunedTo + 1, seal: { to: prunedTo + 1 } });
    // Nothing of the past that gave way answers for a place that the park's log has not filled yet.
    const { events, stream } = stored();
    expect(events.headOf(stream)).toEqual({ seq: prunedTo - 18, hash: first.seal.headHash });
    expect(events.hashAt(stream, prunedTo - 17)).toBeNull();
    expect(events.prunedTo(stream)).toBe(prunedTo - 20);
    expect(events.hashAt(stream, prunedTo - 20)).not.toBeNull();
    const next = writer.run([admitted(603)], kiosk.clock.nowMs());
    expect(kiosk.pulled([next], 102)).toMatchObject({ value: { stored: 1, held: 0, cutOff: 0 } });
    expect(events.read(north, prunedTo - 19)?.prev).toBe(events.hashAt(stream, prunedTo - 20));
  });

  it('E6, E8: an own earlier stream that ends at the server below its pruned end goes on from there', () => {
    const own = identityOf('gate');
    const before = stored().events;
    const stream = before.findStream(own) ?? 0;
    const head = before.headOf(stream);
    expect(before.prunedTo(stream)).toBe(head.seq - 1);
    const lastHash = before.hashAt(stream, 40) ?? '';
    const keys = { generation: 2, nodeSeed: new Uint8Array(32).fill(7) };
    kiosk.log.enrol({ ...own, epoch: 2 }, hqKeyOf(testHq().publicKey), LOG_ID, keys);
    expect(kiosk.log.others.endsAt(own, { lastSeq: 40, lastHash })).toEqual({ ok: true, value: true });
    expect(stored().events.headOf(stream)).toEqual({ seq: 40, hash: lastHash });
    expect(stored().events.hashAt(stream, 41)).toBeNull();
    // What is left of it here is recorded again.
    expect(kiosk.log.others.progress()).toMatchObject({ toRecord: 1, recorded: 0 });
    kiosk.log.others.recordNext();
    expect(kiosk.log.others.progress()).toMatchObject({ toRecord: 0, recorded: 1 });
  });
});
