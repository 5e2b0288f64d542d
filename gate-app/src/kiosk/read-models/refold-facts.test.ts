import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { FACTS_AT_ONCE } from '@skygate/shared/read-models/refold/late-facts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStoredEvents } from '../event-log/stored-event.ts';
import { admitted, NORTH, northWriter, PruningKiosk } from '../testing/pruning-kiosk.ts';
import { crypto, enrolledDraft, PARK, silentLog, testHq } from '../testing/test-park.ts';
import { type CatalogueFollower, followCatalogue } from './follow-catalogue.ts';

const by = { actor: 'hq:anna' };
const MANY = 3 * FACTS_AT_ONCE + 7;
const moved = (): KnownDraft => {
  const shiftId = '0123456789ABCDEF';
  return draft('CashMoved', `shift:${shiftId}`, { shiftId, amountMinor: 1, reason: '' }, { actor: 'staff:c1' });
};
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
    kiosk.pulled([roster, till.run(Array.from({ length: MANY }, moved), now())], 2);
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
    await vi.waitFor(() => expect([waiting(), drawer(), due()]).toEqual([MANY, 0, 0]), 10_000);
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
    await vi.waitFor(() => expect([waiting(), drawer(), due()]).toEqual([MANY - 2, 2, 0]), 10_000);
    follower.stop();
    await running;
    const { before, after } = kiosk.rebuilt();
    expect(after).toBe(before);
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
