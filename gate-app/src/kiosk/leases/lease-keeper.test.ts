import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import { err, ok } from '@skygate/shared/lib/result';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from '../data-folder.ts';
import { createParkDocuments } from '../documents/park-documents.ts';
import { createEventLog } from '../event-log/event-log.ts';
import { createKioskClock } from '../kiosk-clock.ts';
import type { Timers } from '../ports.ts';
import { createTillKnowledge } from '../read-models/till-knowledge.ts';
import { eventually } from '../testing/eventually.ts';
import {
  catalogue,
  crypto,
  documentDrafts,
  enrolledDraft,
  hqKeyOf,
  identityOf,
  LOG_ID,
  OTHER_TILL,
  pageOf,
  park,
  silentLog,
  TILL,
  TODAY,
  testHq,
} from '../testing/test-park.ts';
import { createLeaseKeeper, type LeaseKeeperDeps } from './lease-keeper.ts';

const DAY = { date: TODAY, slot: 'day' };
const by = { actor: 'hq:anna' };
const system = { actor: 'system' };
const waitingTimers: Timers = {
  sleep: (_ms, signal) =>
    new Promise((done) => {
      if (signal.aborted) done();
      else signal.addEventListener('abort', () => done(), { once: true });
    }),
};

const grant = (leaseId: string, places: number, node = TILL, endsMs = 1_800_000_000_000): KnownDraft => {
  const lease = { leaseId, node, epoch: 1, ...DAY, places, endsHlc: hlcOf(endsMs, 0) };
  return draft('LeaseGranted', `lease:${leaseId}`, lease, by);
};
const capacity = (places: number): KnownDraft =>
  draft('CapacitySet', `capacity:${TODAY}/day`, { ...DAY, places, reason: 'rain' }, by);
const LEASE = '00000000000000AA';

describe('the keeper of a till’s leases', () => {
  let path: string;
  let test: ReturnType<typeof openTill>;

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'skygate-leases-'));
    test = openTill(path);
  });
  afterEach(async () => {
    await test.close();
    rmSync(path, { recursive: true });
  });

  it('C1: what a full disk kept from going back goes back with the next thing that happens', async () => {
    test.hear(grant(LEASE, 20), grant('00000000000000BB', 20, OTHER_TILL), capacity(40));
    test.start();
    test.hear(capacity(41));
    test.setDiskFull(true);
    test.hear(capacity(39));
    expect(test.left()).toBe(20);
    test.setDiskFull(false);
    test.openShift();
    await eventually(() => expect(test.left()).toBe(0));
    expect(test.own('LeaseReturned')).toMatchObject([{ leaseId: LEASE, places: 20, reason: 'capacity_lowered' }]);
  });

  it('C1: gives back what it has not sold as soon as it learns that more is lent than a lowered capacity allows', () => {
    test.hear(grant(LEASE, 20), grant('00000000000000BB', 20, OTHER_TILL), capacity(40));
    test.start();
    test.hear(capacity(41));
    expect(test.left()).toBe(20);
    test.hear(capacity(39));
    expect(test.left()).toBe(0);
    expect(test.own('LeaseReturned')).toMatchObject([{ leaseId: LEASE, places: 20, reason: 'capacity_lowered' }]);
    expect(test.keeper.news()).toMatchObject({ kind: 'returned', places: 20 });
    // What HQ lends anew sells again.
    test.hear(grant('00000000000000CC', 5));
    expect(test.left()).toBe(5);
  });

  it('C1: a power cut between the news and the answer to it changes nothing', () => {
    test.hear(grant(LEASE, 20), capacity(10));
    expect(test.left()).toBe(20);
    test.start();
    expect(test.left()).toBe(0);
  });

  it('C1, C2: keeps its share when HQ lends anew what an ended lease left', () => {
    test.hear(capacity(20), grant('00000000000000BB', 20, OTHER_TILL, test.clock.nowMs() + 1_000));
    test.clock.advance(2_000);
    test.hear(grant(LEASE, 20));
    test.start();
    expect(test.left()).toBe(20);
    test.hear(capacity(19));
    expect(test.left()).toBe(0);
  });

  it('C1, C5: keeps its share when HQ lends anew what a void gave back', () => {
    test.hear(capacity(20), grant(LEASE, 20));
    const [voided = '', admitted = ''] = test.sell(['adult', 'family', 'family']);
    const reason = 'ill';
    for (const ticketId of [voided, admitted]) {
      test.hear(draft('TicketVoided', `ticket:${ticketId}`, { ticketId, reason }, by));
    }
    test.admit(admitted);
    test.hear(grant('00000000000000BB', 1, OTHER_TILL));
    test.start();
    expect(test.left()).toBe(11);
    // A place of the ticket that let people in did not come back.
    test.hear(grant('00000000000000CC', 1, OTHER_TILL), capacity(20));
    expect(test.left()).toBe(0);
  });

  it('C1, C5: keeps its share when HQ lends anew what came back of a booking', () => {
    const bookingId = '00000000000000B0';
    const lines = [
      { productId: 'day-ticket', unitId: 'adult', quantity: 2, ...DAY, places: 2 },
      { productId: 'day-ticket', unitId: 'family', quantity: 1, ...DAY, places: 4 },
    ];
    const held = { bookingId, channel: 'phone', lines, expiresMs: test.clock.nowMs() };
    const ids = ['00000000000000T0', '00000000000000T1', '00000000000000T2'];
    const tickets = ids.map((id) => draft('TicketIssued', `ticket:${id}`, ticketOf(id, bookingId, 'adult'), by));
    test.hear(capacity(20), draft('BookingHeld', `booking:${bookingId}`, held, by), grant(LEASE, 14));
    test.hear(draft('BookingConfirmed', `booking:${bookingId}`, { bookingId }, by), ...tickets);
    test.hear(draft('TicketVoided', `ticket:${ids[2]}`, { ticketId: ids[2] ?? '', reason: 'ill' }, by));
    test.hear(grant('00000000000000BB', 4, OTHER_TILL));
    test.start();
    expect(test.left()).toBe(14);
    test.hear(capacity(19));
    expect(test.left()).toBe(0);
  });

  it('C4: asks HQ at the low-water mark while a shift is open, and once', async () => {
    test.hear(capacity(100), grant(LEASE, 11));
    test.start();
    test.openShift();
    expect(test.asked).toEqual([]);
    test.give(1);
    await eventually(() => expect(test.asked).toEqual([[{ ...DAY, places: 40 }]]));
    test.give(1);
    await test.settle();
    expect(test.asked).toHaveLength(1);
  });

  it('C4: tells when places come, and forgets it after a while', () => {
    test.start();
    expect(test.keeper.news()).toBeNull();
    test.hear(grant(LEASE, 40), grant('00000000000000BB', 9, OTHER_TILL));
    expect(test.keeper.news()).toMatchObject({ kind: 'refilled', places: 40, ...DAY });
    test.clock.advance(60_000);
    expect(test.keeper.news()).toBeNull();
  });

  it('C3: sells no more of a lease that HQ took back by name, and says so', () => {
    test.hear(grant(LEASE, 40));
    test.start();
    const taken = { kind: 'lease_taken_back' as const, ...DAY, places: 40, leaseId: LEASE, reason: 'stolen' };
    test.hear(draft('CapacityOverridden', `lease:${LEASE}`, taken, by));
    expect(test.left()).toBe(0);
    expect(test.keeper.news()).toMatchObject({ kind: 'taken_back', places: 40 });
  });

  it('C4: gives the day’s rest back when its last shift closes, if HQ is there to use it', () => {
    test.hear(capacity(100), grant(LEASE, 40));
    test.start();
    test.openShift();
    test.closeShift();
    expect(test.left()).toBe(40);
    // Closing time in Bishkek is 20:00.
    test.clock.advance(Date.parse(`${TODAY}T13:30:00Z`) - test.clock.nowMs());
    test.openShift();
    test.setContact(false);
    test.closeShift();
    expect(test.left()).toBe(40);
    test.openShift();
    test.setContact(true);
    test.closeShift();
    expect(test.left()).toBe(0);
    expect(test.own('LeaseReturned')).toMatchObject([{ places: 40, reason: 'not_needed' }]);
  });
});

function openTill(path: string) {
  const folder = openDataFolder(path, seededRandom(path));
  const { database, keys } = folder;
  const outside = fakeClock();
  const clock = createKioskClock(outside);
  const eventLog = createEventLog({
    database,
    crypto,
    clock,
    random: seededRandom('texts'),
    nodeSeed: keys.nodeSeed,
    log: silentLog,
  });
  const hq = testHq();
  const identity = identityOf('till');
  eventLog.enrol(identity, hqKeyOf(hq.publicKey), LOG_ID);
  let position = 0;
  const hear = (...drafts: readonly KnownDraft[]): void => {
    position += 1;
    const stored = eventLog.storePage(pageOf([hq.run(drafts, outside.nowMs())], position));
    if (!stored.ok || stored.value.held + stored.value.quarantined > 0) throw new Error(JSON.stringify(stored));
  };
  hear(
    enrolledDraft(TILL, 'till', crypto.publicKeyOf(keys.nodeSeed)),
    ...documentDrafts('park', park),
    ...documentDrafts('catalogue', catalogue),
  );
  const till = createTillKnowledge(database, eventLog);
  const documents = createParkDocuments({ database, eventLog, crypto, log: silentLog });
  const asked: unknown[] = [];
  let inContact = true;
  const sync: LeaseKeeperDeps['sync'] = {
    inContact: () => inContact,
    onChange: () => () => {},
    ask: (async ({ body }: { body: string }) => {
      asked.push(JSON.parse(body).wants);
      return ok({ granted: [{ ...DAY, places: 0, left: 0 }] });
    }) as unknown as LeaseKeeperDeps['sync']['ask'],
  };
  const random = seededRandom('keeper');
  let diskIsFull = false;
  const keeper = createLeaseKeeper({
    database,
    eventLog: {
      ...eventLog,
      append: (...given) => (diskIsFull ? err({ kind: 'disk_full' }) : eventLog.append(...given)),
    },
    documents,
    clock,
    log: silentLog,
    till,
    sync,
    timers: waitingTimers,
    random,
  });
  let running: Promise<void> = Promise.resolve();
  let shifts = 0;
  const write = (...drafts: readonly KnownDraft[]) => eventLog.append(drafts);
  const shiftId = () => `000000000000000${shifts}`;
  return {
    keeper,
    clock: outside,
    asked,
    hear,
    start: () => {
      running = keeper.run();
    },
    setDiskFull: (full: boolean) => {
      diskIsFull = full;
    },
    setContact: (contact: boolean) => {
      inContact = contact;
    },
    left: () => till.shares(identity, TODAY, outside.nowMs()).reduce((sum, share) => sum + share.left, 0),
    own: (type: string) => {
      const runs = eventLog.ownRun(0)?.events ?? [];
      return runs.filter((event) => event[3] === type).map((event) => event.at(-1));
    },
    openShift: () => {
      shifts += 1;
      const money = { currency: 'KGS', floatMinor: 0, denominations: [] };
      const body = { shiftId: shiftId(), number: shifts, staffId: 'c1', businessDate: TODAY, ...money };
      write(draft('ShiftOpened', `shift:${shiftId()}`, body, system));
    },
    closeShift: () => {
      const sums = { countedMinor: 0, expectedMinor: 0, differenceMinor: 0, salesCount: 0 };
      const body = { shiftId: shiftId(), currency: 'KGS', ...sums, denominations: [], reason: '' };
      write(draft('ShiftClosed', `shift:${shiftId()}`, body, system));
    },
    /** One sale of tickets. @returns their ids */
    sell: (units: readonly ('adult' | 'family')[]): readonly string[] => {
      const placesOf = (unitId: string) => (unitId === 'family' ? 4 : 1);
      const ids = units.map((_, index) => `00000000000000T${index}`);
      const saleId = '00000000000000SA';
      const places = units.reduce((sum, unitId) => sum + placesOf(unitId), 0);
      const lines = units.map((unitId) => {
        const price = { unitPriceMinor: 0, totalMinor: 0 };
        return { productId: 'day-ticket', unitId, quantity: 1, ...price, ...DAY, placesEach: placesOf(unitId) };
      });
      const money = { currency: 'KGS', totalMinor: 0, payments: [] };
      const uses = [{ leaseId: LEASE, ...DAY, places }];
      const sale = { saleId, number: '1-0001', shiftId: saleId, businessDate: TODAY, lines, ...money, leaseUses: uses };
      const issued = ids.map((ticketId, index) =>
        draft('TicketIssued', `ticket:${ticketId}`, ticketOf(ticketId, saleId, units[index] ?? 'adult'), system),
      );
      write(draft('SaleCompleted', `sale:${saleId}`, sale, system), ...issued);
      return ids;
    },
    admit: (ticketId: string) => {
      const body = {
        ticketId,
        gateId: 'main',
        people: 1,
        verdict: 'admit' as const,
        silentGates: [],
        businessDate: TODAY,
      };
      write(draft('TicketAdmitted', `ticket:${ticketId}`, body, system));
    },
    /** Some of its places go out, as a sale would take them. */
    give: (places: number) => {
      const body = { leaseId: LEASE, ...DAY, places, reason: 'not_needed' as const };
      write(draft('LeaseReturned', `lease:${LEASE}`, body, system));
    },
    settle: () => new Promise<void>((done) => setImmediate(done)),
    close: async () => {
      keeper.stop();
      await running;
      folder.close();
    },
  };
}

const ticketOf = (ticketId: string, saleId: string, unitId: string) => ({
  ticketId,
  saleId,
  productId: 'day-ticket',
  party: [{ unitId, count: 1 }],
  parks: ['ala-archa' as ParkId],
  ...DAY,
  issuedMs: 0,
  notBeforeMs: 0,
  expiresMs: 1,
  kid: '0123456789abcdef',
  flags: 0,
  code: `SG1:${'A'.repeat(40)}`,
});
