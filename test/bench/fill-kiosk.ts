import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLog } from '@skygate/gate-app/kiosk/event-log/event-log';
import {
  catalogue,
  crypto,
  enrolledDraft,
  hqTicketKey,
  PARK,
  TODAY,
  ticketCode,
} from '@skygate/gate-app/kiosk/testing/test-park';
import { draft } from '@skygate/shared/events/catalogue';
import { idFromBytes, type NodeId } from '@skygate/shared/lib/ids';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { type Hq, NOON_MS, setUpKiosk, storeRuns, withEventLog } from './bench-kiosk.ts';
import { createStreamWriter, type TimedDraft } from './stream-writer.ts';

// Makes the gate kiosks that `scan` measures: `<folder>/<tickets>` for each number of tickets, all with the same past.
// Every event comes in as it would in a park: in a sealed run of its author, through storePage. Only fsync is off
// meanwhile. A process of its own, so that the one that measures starts clean:
//   node fill-kiosk.ts FOLDER PAST_EVENTS SCANNED TICKETS...

const RUN_EVENTS = 500;
const RUNS_A_PAGE = 4;
const PAST_DAYS = 100;
const DAY_MS = 86_400_000;
const FILLING_CACHE_KIB = 1_500_000;
const random = seededRandom('scan');
const newId = () => idFromBytes(random.bytes(10));

const PAST_GATES = ['k-000000000000000A', 'k-000000000000000B', 'k-000000000000000C', 'k-000000000000000D'].map(
  (node, index) => ({ node: node as NodeId, seed: new Uint8Array(32).fill(100 + index) }),
);

function fill(folder: string, pastEvents: number, scanned: number, sizes: readonly number[]): void {
  const kioskOf = (tickets: number): string => join(folder, `${tickets}`);
  const [smallest = 0] = sizes;
  const enrolments = PAST_GATES.map(({ node, seed }) => enrolledDraft(node, 'gate', crypto.publicKeyOf(seed)));
  const ticketKey = crypto.publicKeyOf(hqTicketKey.privateKey);
  const hq = setUpKiosk(kioskOf(smallest), { role: 'gate', catalogue, ticketKey, also: enrolments });
  filling(kioskOf(smallest), (eventLog) => storePast(eventLog, pastEvents));
  const codes: string[] = [];
  let have = 0;
  for (const [index, tickets] of sizes.entries()) {
    const before = sizes[index - 1];
    if (before !== undefined) cpSync(kioskOf(before), kioskOf(tickets), { recursive: true });
    filling(kioskOf(tickets), (eventLog) => storeTickets(eventLog, { hq, count: tickets - have, scanned, codes }));
    have = tickets;
  }
  writeFileSync(join(folder, 'codes.json'), JSON.stringify(codes));
}

function filling(folder: string, work: (eventLog: EventLog) => void): void {
  withEventLog(folder, (eventLog, _keys, database: Database) => {
    database.pragma('synchronous = OFF');
    database.pragma(`cache_size = -${FILLING_CACHE_KIB}`);
    work(eventLog);
  });
}

/** Admissions at four gates, spread over the days before today; each of a ticket of its own. */
function storePast(eventLog: EventLog, count: number): void {
  const gates = PAST_GATES.map(({ node, seed }) =>
    createStreamWriter({ park: PARK, node, epoch: 1, key: nodeKeyFrom(crypto, seed) }),
  );
  let made = 0;
  const admission = (): TimedDraft => {
    const wallMs = NOON_MS - PAST_DAYS * DAY_MS + Math.floor((made * (PAST_DAYS - 1) * DAY_MS) / count);
    made += 1;
    const ticketId = newId();
    const businessDate = new Date(wallMs).toISOString().slice(0, 10);
    const silentGates: string[] = [];
    const body = { ticketId, gateId: 'north', people: 2, businessDate, verdict: 'admit' as const, silentGates };
    return { draft: draft('TicketAdmitted', `ticket:${ticketId}`, body, { actor: 'staff:g1' }), wallMs };
  };
  while (made < count) {
    const runs = gates.flatMap((write) => {
      const events = Math.min(RUN_EVENTS, count - made);
      return events > 0 ? [write(Array.from({ length: events }, admission))] : [];
    });
    storeRuns(eventLog, runs);
  }
}

interface TicketsToMake {
  readonly hq: Hq;
  readonly count: number;
  readonly scanned: number;
  /** The signed codes of the tickets that will be scanned. */
  readonly codes: string[];
}

/** Today's tickets, issued by HQ. */
function storeTickets(eventLog: EventLog, { hq, count, scanned, codes }: TicketsToMake): void {
  const issued = (): TimedDraft => {
    const claims = { ...CLAIMS, ticketId: newId() };
    // Nobody reads the code of a ticket that is not scanned: one of the same length stands in for it, unsigned time saved.
    if (codes.length < scanned) codes.push(ticketCode(claims));
    const code = codes.at(-1) ?? '';
    const body = { ...claims, saleId: null, kid: hqTicketKey.kid, code };
    const ticket = draft('TicketIssued', `ticket:${claims.ticketId}`, body, { actor: 'hq:anna' });
    return { draft: ticket, wallMs: CLAIMS.issuedMs };
  };
  for (let left = count; left > 0; ) {
    const runs = Array.from({ length: RUNS_A_PAGE }, () => Math.min(RUN_EVENTS, left)).flatMap((events) => {
      const own = Math.min(events, left);
      left -= own;
      return own > 0 ? [hq(Array.from({ length: own }, issued))] : [];
    });
    storeRuns(eventLog, runs);
  }
}

const CLAIMS = {
  productId: 'day-ticket',
  party: [
    { unitId: 'adult', count: 2 },
    { unitId: 'child', count: 3 },
  ],
  parks: [PARK as string],
  date: TODAY,
  slot: 'day',
  issuedMs: NOON_MS - DAY_MS,
  notBeforeMs: NOON_MS - DAY_MS / 2,
  expiresMs: NOON_MS + DAY_MS / 2,
  flags: 0,
};

const [folder = '', pastEvents, scanned, ...sizes] = process.argv.slice(2);
fill(folder, Number(pastEvents), Number(scanned), sizes.map(Number));
