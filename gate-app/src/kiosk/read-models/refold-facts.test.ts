import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import type { AskedPlace } from '@skygate/shared/read-models/ask';
import { BEFORE_ALL, FACTS_AT_ONCE } from '@skygate/shared/read-models/refold/late-facts';
import { CHAIN_START, chainEvent } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStoredEvents } from '../event-log/stored-event.ts';
import { eventually } from '../testing/eventually.ts';
import { admitted, NORTH, northWriter, PruningKiosk } from '../testing/pruning-kiosk.ts';
import { crypto, enrolledDraft, OTHER_GATE, PARK, silentLog, testHq, testWriter } from '../testing/test-park.ts';
import { type CatalogueFollower, followCatalogue } from './follow-catalogue.ts';
import { createPlacesOf } from './late-places.ts';

const by = { actor: 'hq:anna' };
const MANY = 3 * FACTS_AT_ONCE + 7;
const moved = (amountMinor = 1): KnownDraft => {
  const shiftId = '0123456789ABCDEF';
  return draft('CashMoved', `shift:${shiftId}`, { shiftId, amountMinor, reason: '' }, { actor: 'staff:c1' });
};
const movedBy = (many: number, amountMinor?: number): readonly KnownDraft[] =>
  Array.from({ length: many }, () => moved(amountMinor));
/** The events of a run that goes on from this hash. */
function eventsOf(run: PullRun, prev: string): readonly Event[] {
  let before = prev;
  return run.events.map((wire, index) => {
    const place = { park: PARK, node: NORTH, epoch: 1, from: run.from };
    const event = chainEvent(crypto, wireToEvent(wire as WireEvent, place, index), before);
    before = event.hash;
    return event;
  });
}
/** What records a run of a past again that parts from the stream with this event (E6). */
function again(run: PullRun, events: readonly Event[], fork: Event): KnownDraft {
  const seal = { ...run.seal, node: run.node as NodeId };
  const [recovery] = recoveryDrafts({ events, seal }, { from: fork.seq, hash: fork.hash });
  if (!recovery) throw new Error('a run is recorded by one event');
  return recovery;
}
const revokedDraft = (): KnownDraft =>
  draft('KioskRevoked', `kiosk:${NORTH}`, { kiosk: NORTH, kioskEpoch: 1, reason: 'stolen' }, by);
const decided = (seq: number, hash: string, accepted: boolean): KnownDraft => {
  const decision = { original: { node: NORTH, epoch: 1, seq, hash }, accepted, reason: 'counted' };
  return draft('FactDecided', `kiosk:${NORTH}`, decision, by);
};

describe('X4: much that a kiosk dated after its revocation', () => {
  let kiosk: PruningKiosk;
  let hq: ReturnType<typeof testHq>;
  let pause: () => Promise<void>;
  beforeEach(() => {
    kiosk = new PruningKiosk();
    hq = testHq();
    pause = async () => {};
  });
  afterEach(() => kiosk.remove());

  const now = (): number => kiosk.clock.nowMs();
  /** HQ revoked it before it wrote any of this, and this kiosk hears of it last. */
  const revokedLate = (): void => {
    const till = northWriter();
    kiosk.enrol();
    const roster = hq.run([enrolledDraft(NORTH, 'till', till.publicKey)], now());
    const revocation = hq.run([revokedDraft()], now());
    kiosk.clock.advance(60_000);
    kiosk.pulled([roster, till.run(movedBy(MANY), now())], 2);
    expect(drawer()).toBe(MANY);
    kiosk.pulled([revocation], 3);
  };
  const drawer = (): number => kiosk.count('SELECT moved_minor FROM shift_totals');
  const waiting = (): number => kiosk.count('SELECT count(*) FROM withheld_facts');
  const due = (): number => kiosk.count('SELECT count(*) FROM late_fact_refolds');
  const hashOf = (seq: number): string =>
    kiosk.database
      .prepare<[number], string>(
        `SELECT lower(hex(e.hash)) FROM events e JOIN streams s ON s.stream = e.stream
         WHERE s.node = '${NORTH}' AND e.seq = ?`,
      )
      .pluck()
      .get(seq) ?? '';
  const started = (): CatalogueFollower =>
    followCatalogue({
      database: kiosk.database,
      documents: { valueOf: () => null },
      eventLog: kiosk.log,
      storedEvents: createStoredEvents(kiosk.database, { crypto, park: () => PARK }),
      crypto,
      timers: { sleep: () => pause() },
      log: silentLog,
    });

  it('S7: is looked at some at a time, and a kiosk that is started anew goes on where it was', async () => {
    revokedLate();
    expect([waiting(), drawer(), due()]).toEqual([FACTS_AT_ONCE, MANY - FACTS_AT_ONCE, 1]);
    let slices = 0;
    const cut = started();
    pause = async () => {
      slices += 1;
      if (slices === 1) cut.stop();
    };
    await cut.run();
    expect([waiting(), drawer(), due()]).toEqual([2 * FACTS_AT_ONCE, MANY - 2 * FACTS_AT_ONCE, 1]);
    const follower = started();
    const running = follower.run();
    await eventually(() => expect([waiting(), drawer(), due()]).toEqual([MANY, 0, 0]));
    follower.stop();
    await running;
    expect(slices).toBe(3);
  });

  it('S7: comes to the same, whatever is said of it and whoever is revoked again meanwhile', async () => {
    revokedLate();
    const [first, last] = [1, MANY];
    kiosk.pulled(
      [
        hq.run([decided(first, hashOf(first), true), decided(last, hashOf(last), true), revokedDraft()], now()),
        hq.run([decided(MANY - 1, hashOf(MANY - 1), false)], now()),
      ],
      5,
    );
    expect(due()).toBe(1);
    const follower = started();
    const running = follower.run();
    await eventually(() => expect([waiting(), drawer(), due()]).toEqual([MANY - 2, 2, 0]));
    follower.stop();
    await running;
    const { before, after } = kiosk.rebuilt();
    expect(after).toBe(before);
  });

  it('S7, E6: is looked at in its stream and in another past of it in the same slices, each fact once', async () => {
    const [till, copy] = [northWriter(), northWriter()];
    const other = testWriter(OTHER_GATE, new Uint8Array(32).fill(3));
    kiosk.enrol();
    const drafts = [enrolledDraft(NORTH, 'till', till.publicKey), enrolledDraft(OTHER_GATE, 'gate', other.publicKey)];
    const roster = hq.run(drafts, now());
    const revocation = hq.run([revokedDraft()], now());
    kiosk.clock.advance(60_000);
    const common = copy.run(movedBy(50), now());
    const standing = [till.run(movedBy(50), now()), till.run(movedBy(200), now())];
    const lost = copy.run(movedBy(250, 1000), now());
    const both = eventsOf(common, CHAIN_START);
    const [start, end] = [both[0], both.at(-1)];
    const inFork = eventsOf(lost, end?.hash ?? '');
    const [fork] = inFork;
    if (!start || !fork) throw new Error('runs have events');
    const recovered = [again(common, both, start), again(lost, inFork, fork)].map((one) => other.run([one], now()));
    kiosk.pulled([roster, ...standing, ...recovered], 2);
    const all = 250 + 250 * 1000;
    expect(drawer()).toBe(all);
    kiosk.pulled([revocation], 3);
    // To seq 125: what both pasts have, and then of each.
    expect([waiting(), drawer()]).toEqual([FACTS_AT_ONCE, all - 125 - 75 * 1000]);
    const follower = started();
    const running = follower.run();
    await eventually(() => expect([waiting(), drawer(), due()]).toEqual([500, 0, 0]));
    follower.stop();
    await running;
    const { before, after } = kiosk.rebuilt();
    expect(after).toBe(before);
  });

  it('X4: is looked for in so many places at a time, and nothing is looked through where nothing is', () => {
    const till = northWriter();
    kiosk.enrol();
    kiosk.pulled([hq.run([enrolledDraft(NORTH, 'till', till.publicKey)], now()), till.run(movedBy(9), now())], 2);
    const revokedHlc = hlcOf(now() + 1_000, 0);
    kiosk.clock.advance(60_000);
    kiosk.pulled([till.run(movedBy(2), now())], 3);
    const far = kiosk.database.prepare(
      `INSERT INTO recovered_events (park, hash, node, epoch, seq, fork, type, hlc, by_node, by_epoch, by_seq)
       VALUES (?, ?, ?, 1, ?, 'f', 'CashMoved', ?, ?, 1, 1)`,
    );
    for (const seq of [500, 2 ** 52]) far.run(PARK, `${'f'.repeat(62)}${seq % 89}`, NORTH, seq, hlcOf(now(), 0), NORTH);
    const events = createStoredEvents(kiosk.database, { crypto, park: () => PARK });
    const placesOf = createPlacesOf(kiosk.database, events);
    const of = {
      ask: 'places',
      park: PARK,
      node: NORTH,
      epoch: 1,
      types: ['CashMoved'],
      afterHlc: revokedHlc,
    } as const;
    const looked: (readonly number[])[] = [];
    for (let after: AskedPlace | null = BEFORE_ALL; after !== null; ) {
      const { places, next } = placesOf({ ...of, after, limit: 2, within: 5 });
      looked.push(places.map(({ seq }) => seq));
      after = next;
    }
    // To 5, to 10, to 15, and where anything is after that.
    expect(looked).toEqual([[], [10], [11], [500], [2 ** 52]]);
  });

  it('S7, K4: is looked at to its end by a rebuild, and no checkpoint is made before', async () => {
    revokedLate();
    kiosk.append(admitted(1));
    kiosk.acknowledged(true);
    await kiosk.pruningOf().pruneNow();
    expect(kiosk.count('SELECT count(*) FROM checkpoints')).toBe(0);
    const { before, after } = kiosk.rebuilt();
    expect(after).toBe(before);
    expect([waiting(), drawer(), due()]).toEqual([MANY, 0, 0]);
    await kiosk.pruningOf().pruneNow();
    expect(kiosk.count('SELECT count(*) FROM checkpoints')).toBe(1);
  });
});
