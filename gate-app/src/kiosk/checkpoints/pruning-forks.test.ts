import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { assert } from '@skygate/shared/lib/assert';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent } from '@skygate/shared/sync/chain';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitted, NORTH, northWriter, PruningKiosk } from '../testing/pruning-kiosk.ts';
import { crypto, enrolledDraft, PARK, testHq } from '../testing/test-park.ts';
import { PRUNING } from './pruning.ts';

const by = { actor: 'hq:anna' };
const moved = (amountMinor: number): KnownDraft => {
  const shiftId = '0123456789ABCDEF';
  return draft('CashMoved', `shift:${shiftId}`, { shiftId, amountMinor, reason: '' }, { actor: 'staff:c1' });
};
const capacity = (day: number): KnownDraft => {
  const date = `2027-01-${String(1 + day).padStart(2, '0')}`;
  return draft('CapacitySet', `date:${date}`, { date, slot: 'day', places: 100, reason: '' }, by);
};
const decided = ({ node, epoch, seq, hash }: Event): KnownDraft => {
  const decision = { original: { node, epoch, seq, hash }, accepted: true, reason: 'counted' };
  return draft('FactDecided', `kiosk:${node}`, decision, by);
};

/** The only event of a stream's first run, as whoever received it has it. */
function eventOf({ epoch, from, events: [first] }: PullRun): Event {
  assert(first, 'a run has events');
  const unchained = wireToEvent(first as WireEvent, { park: PARK, node: NORTH, epoch, from }, 0);
  return chainEvent(crypto, unchained, CHAIN_START);
}

describe('pruning, and another past of a revoked kiosk', () => {
  let kiosk: PruningKiosk;
  beforeEach(() => {
    kiosk = new PruningKiosk();
  });
  afterEach(() => kiosk.remove());

  it('K4, X4: what records it again stays, so that its money waits and can be accepted', async () => {
    const [hq, past, otherPast] = [testHq(), northWriter(), northWriter()];
    const now = (): number => kiosk.clock.nowMs();
    kiosk.enrol();
    const roster = hq.run([enrolledDraft(NORTH, 'till', past.publicKey)], now());
    kiosk.pulled([roster, past.run([moved(1)], now())], 2);
    const revocation = { kiosk: NORTH, kioskEpoch: 1, reason: 'stolen' };
    const revoked = hq.run([draft('KioskRevoked', `kiosk:${NORTH}`, revocation, by)], now());
    kiosk.clock.advance(60_000);
    const run = otherPast.run([moved(20)], now());
    const event = eventOf(run);
    const seal = { ...run.seal, node: NORTH };
    const again = recoveryDrafts({ events: [event], seal }, { from: 1, hash: event.hash });
    kiosk.pulled([revoked, hq.run(again, now())], 4);
    for (let day = 0; day < 20; day += 1) kiosk.pulled([hq.run([capacity(day)], now())], 5 + day);
    for (const passed of [PRUNING.settledMs, PRUNING.retentionMs + PRUNING.settledMs]) {
      kiosk.clock.advance(passed);
      kiosk.append(admitted(passed % 1000));
      kiosk.pulled([hq.run([capacity(25)], now())], 100);
      kiosk.acknowledged(true);
      await kiosk.pruningOf().pruneNow();
    }
    expect(kiosk.count("SELECT count(*) FROM events WHERE type = 'CapacitySet'")).toBeLessThan(5);
    expect(kiosk.count('SELECT moved_minor FROM shift_totals')).toBe(1);
    const before = kiosk.hash();
    expect(kiosk.rebuilt().after).toBe(before);
    kiosk.pulled([hq.run([decided(event)], now())], 200);
    expect(kiosk.count('SELECT count(*) FROM withheld_facts')).toBe(0);
    expect(kiosk.count('SELECT moved_minor FROM shift_totals')).toBe(1 + 20);
  });
});
