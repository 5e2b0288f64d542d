import { isHqNode } from '@skygate/shared/lib/ids';
import type { Check, FinalState } from './invariants.ts';
import type { PullSeen } from './network.ts';
import { createPlacesLedger, type PulledTo } from './places-ledger.ts';

/** Events by which places become somebody's. */
const GIFTS = ['LeaseGranted', 'BookingHeld', 'TicketIssued'];

/** A clone or a disk or server that was put back may give a place twice: C1 names that exception. */
const isExcepted = ({ imaged, lostOfHq, server }: FinalState): boolean =>
  imaged.size > 0 || lostOfHq.wroteOn || server.events.some(({ type }) => type === 'EventRecovered');

/**
 * C1's exception: HQ names each lease of which more was made than it carries, and only copies of its holder's disk bring
 * that about.
 */
export const leasesSpentTwice: Check = ({ server, kiosks, gone, imaged, hq }, report) => {
  const copied = new Set([...kiosks, ...gone].filter(({ name }) => imaged.has(name)).map(({ node }) => node));
  const named = new Set(hq.findings.map(({ leaseId }) => leaseId));
  const keyOf = (row: Readonly<Record<string, unknown>>) => `${row['lease_id']}/${row['node']}/${row['epoch']}`;
  const words = new Map(server.rows('lease_use').map((row) => [keyOf(row), row]));
  for (const lease of server.rows('leases')) {
    const word = words.get(keyOf(lease));
    const out = ['used', 'returned', 'given'].reduce((sum, of) => sum + Number(word?.[of] ?? 0), 0);
    if (out <= Number(lease['places'])) continue;
    if (!copied.has(String(lease['node'])) || !named.has(String(lease['lease_id']))) {
      report(`lease ${lease['lease_id']} of ${lease['places']} has ${out} sold, returned or given`);
    }
  }
};

/** C1, C2, C4: no more goes out of a lease than it carries, and of all places no more than there are, save by name (C3). */
export const leasesInTheEnd: Check = (state, report) => {
  if (isExcepted(state)) return;
  for (const date of datesOf(state)) leasesOfDate(state, date, report);
};

/** Business days of which HQ said how many places there are. */
export const datesOf = ({ server }: Pick<FinalState, 'server'>): ReadonlySet<string> =>
  new Set(server.events.flatMap(({ type, body }) => (type === 'CapacitySet' ? [String(body['date'])] : [])));

function leasesOfDate(state: FinalState, date: string, report: (found: string) => void): void {
  const ledger = createPlacesLedger(date);
  for (const event of state.server.events) ledger.take(event);
  for (const [leaseId, { places, word }] of ledger.leases()) {
    const out = word.used + word.returned + word.given;
    if (out > places) report(`lease ${leaseId} of ${places} has ${out} sold, returned or given`);
  }
  const { pastShare, takenBack } = ledger.overridden();
  const most = ledger.capacityMax() + pastShare + takenBack;
  const committed = ledger.committed(state.endMs, () => Number.MAX_SAFE_INTEGER);
  if (committed <= most) return;
  report(`${date}: ${committed} places are out, of ${ledger.capacityMax()} and ${most} with overrides`);
}

/**
 * C1, C5 at the moment HQ wrote each grant, hold and ticket: park order is the order of its decisions. A log that began
 * anew has another one, and tells nothing of the moments.
 */
export const whatHqGave: Check = (state, report) => {
  const { pulls, kiosks, gone } = state;
  if (isExcepted(state) || pulls === null) return;
  const names = new Map([...kiosks, ...gone].map(({ name, node }) => [node, name]));
  for (const date of datesOf(state)) given(state, { date, names, pulls }, report);
};

/**
 * C4, C5: no place is lost. When all is quiet, what HQ says is out is what the log alone says: the rest is HQ's to lend,
 * and free and out are together what there is.
 */
export const noPlaceIsLost: Check = (state, report) => {
  if (isExcepted(state)) return;
  for (const [date, said] of state.hq.places) {
    const ledger = createPlacesLedger(date);
    for (const event of state.server.events) ledger.take(event);
    const out = ledger.committed(state.endMs, () => Number.MAX_SAFE_INTEGER);
    const free = Math.max(0, ledger.capacity() - out);
    if (said.free === free && said.out === out) continue;
    report(
      `${date}: HQ says ${said.free} free and ${said.out} out, the log ${free} and ${out} of ${ledger.capacity()}`,
    );
  }
};

/** How often HQ gave what was somebody's before, and had nothing else left. */
export function placesGivenAgain({ server }: Pick<FinalState, 'server'>): number {
  let times = 0;
  const all = () => Number.MAX_SAFE_INTEGER;
  for (const date of datesOf({ server })) {
    const ledger = createPlacesLedger(date);
    for (const event of server.events) {
      ledger.take(event);
      if (!isHqNode(event.node) || !GIFTS.includes(event.type) || event.body['date'] !== date) continue;
      const out = ledger.committed(event.wallMs, all);
      if (out <= ledger.capacity() && out + ledger.cameBack(all) > ledger.capacity()) times += 1;
    }
  }
  return times;
}

interface Giving {
  readonly date: string;
  /** Of kiosks, by node. */
  readonly names: ReadonlyMap<string, string>;
  readonly pulls: readonly PullSeen[];
}

function given({ server, startMs }: FinalState, { date, names, pulls }: Giving, report: (found: string) => void): void {
  const ledger = createPlacesLedger(date);
  for (const event of server.events) {
    const pulledTo: PulledTo = (gates) =>
      Math.min(
        Number.MAX_SAFE_INTEGER,
        ...gates.map((gate) => seenTo(pulls, names.get(gate) ?? '', event.wallMs - startMs)),
      );
    const isGift = isHqNode(event.node) && GIFTS.includes(event.type);
    const before = isGift ? ledger.committed(event.wallMs, pulledTo) : 0;
    ledger.take(event);
    if (!isGift) continue;
    // Tickets of a booking were taken into account with its hold; the capacity may be lower by now.
    const after = ledger.committed(event.wallMs, pulledTo);
    if (after > before && after > ledger.capacity()) {
      report(`${event.position} ${event.type}: ${after} places are out, of ${ledger.capacity()}`);
    }
  }
}

const seenTo = (pulls: readonly PullSeen[], kiosk: string, untilMs: number): number =>
  pulls.reduce((most, pull) => (pull.kiosk === kiosk && pull.atMs <= untilMs ? Math.max(most, pull.after) : most), 0);
