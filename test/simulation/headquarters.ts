import { scryptSync } from 'node:crypto';
import { decideGrant } from '@skygate/shared/domain/capacity/decide';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import { claimsAsSigned } from '@skygate/shared/domain/ticket/ticket-claims';
import { signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { draft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import type { IssuedTicketsAnswer } from '@skygate/shared/hq-api/tickets';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { keyIdOf } from '@skygate/shared/lib/crypto';
import { idFromBytes, type LeaseId, type NodeId, type ParkId, type TicketId } from '@skygate/shared/lib/ids';
import { businessDateOf, businessDayEndMs, msOfLocal } from '@skygate/shared/lib/local-time';
import type { PinVerifier, StaffRole } from '@skygate/shared/protocol/people';
import { hlcOf } from '@skygate/shared/sync/hlc';
import type { ServerDeps } from '@skygate/sync-server/app';
import { decideEdit, decideFirstDocument } from '@skygate/sync-server/documents/edit-document';
import { dayPlacesOf } from '@skygate/sync-server/hq/capacity/capacity-state';
import { nextRevision } from '@skygate/sync-server/hq/staff/next-revision';
import { issueTickets } from '@skygate/sync-server/hq/tickets/issue-tickets';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { createPark } from '@skygate/sync-server/hq-node/create-park';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import { Problem } from '@skygate/sync-server/plugins/problem';
import { maySellOnline } from '@skygate/sync-server/restore/may-sell-online';
import { DEMO_PARKS } from '../demo/demo-park.ts';

export const PARK = 'ala-archa' as ParkId;
export const PIN = '4711';
/** Noon in Bishkek. */
export const START_MS = Date.parse('2026-11-21T06:00:00Z');
export const DATE = '2026-11-21';
const TIME_ZONE = 'Asia/Bishkek';
const CUT_OFF_HOUR = 4;

/** The business day at a moment of the run, in simulated milliseconds; and when it ends. */
export const dateAt = (runMs: number): string => businessDateOf(START_MS + runMs, TIME_ZONE, CUT_OFF_HOUR);
export const parkDayAt = (runMs: number) => ({
  businessDate: dateAt(runMs),
  timeZone: TIME_ZONE,
  cutOffHour: CUT_OFF_HOUR,
});
export const endOfDate = (date: string): number => businessDayEndMs(date, TIME_ZONE, CUT_OFF_HOUR) - START_MS;
/** When it is so late on the clocks of the park, in simulated milliseconds. */
export const momentOf = (date: string, time: string): number => msOfLocal(date, time, TIME_ZONE) - START_MS;
const dateBy = (deps: Pick<ServerDeps, 'clock'>): string => dateAt(deps.clock.nowMs() - START_MS);
export const CAPACITY = 400;

/** Somebody whose name is nowhere else, to be erased. */
export const LEAVER = { staffId: 'leaver', name: 'Sonunbyubyu Erkebaeva' };

const PEOPLE: readonly { readonly staffId: string; readonly role: StaffRole; readonly name?: string }[] = [
  { staffId: 'cashier', role: 'cashier' },
  { staffId: 'guard', role: 'gate' },
  { staffId: 'chief', role: 'supervisor' },
  { staffId: 'deputy', role: 'supervisor' },
  { ...LEAVER, role: 'cashier' },
];

export const HQ = { actor: 'hq:simulator' };
const TICKET_MS = 16 * 60 * 60_000;
// The cheapest that the protocol takes: the simulator tests sync, not how long a guess takes.
const COST = { cost: 1024, blockSize: 1, parallelization: 1 };

let verifier: PinVerifier | null = null;

function pinVerifier(): PinVerifier {
  verifier ??= makeVerifier();
  return verifier;
}

function makeVerifier(): PinVerifier {
  const salt = new Uint8Array(16).fill(5);
  const { cost, blockSize, parallelization } = COST;
  const key = scryptSync(PIN, salt, 32, { cost, blockSize, parallelization });
  return { ...COST, salt: bytesToBase64url(salt), key: bytesToBase64url(new Uint8Array(key)) };
}

export interface Opening {
  readonly places: number;
  /** Business days of which there are that many. */
  readonly dates: readonly string[];
}

/** A park with its documents, capacity and people, as HQ's screens would make it. */
export async function openPark(
  deps: ServerDeps,
  { places = CAPACITY, dates = [DATE] }: Partial<Opening> = {},
): Promise<void> {
  const demo = DEMO_PARKS[0];
  if (!demo) throw new Error('broken invariant: there is a demo park');
  await createPark(deps, PARK);
  await appendHqEvents(deps, PARK, async (tx) => {
    const place = { park: PARK, ...HQ };
    const park = await decideFirstDocument(deps, tx, { ...place, documentId: 'park', value: demo.document });
    const catalogue = { ...place, documentId: 'catalogue' as const, value: { products: demo.products } };
    const sold = await decideFirstDocument(deps, tx, catalogue);
    if (!park.ok || !sold.ok) throw new Error('broken invariant: the demo documents are good');
    const capacity = dates.map((date) => {
      const body = { date, slot: 'day', places, reason: 'simulated' };
      return draft('CapacitySet', `capacity:${date}/day`, body, HQ);
    });
    const staff = PEOPLE.map(({ staffId }, index) =>
      draft('StaffChanged', `staff:${staffId}`, { staffId, revision: index + 1, removed: false }, HQ),
    );
    const rows = PEOPLE.map(({ staffId, role, name = staffId }, index) => ({
      table: 'people' as const,
      row: {
        park: PARK,
        staff_id: staffId,
        revision: index + 1,
        removed: 0,
        name,
        role,
        pin: JSON.stringify(pinVerifier()),
      },
    }));
    await tx.updateTable('parks').set({ people_revision: PEOPLE.length }).where('park', '=', PARK).execute();
    return { drafts: [...park.value, ...sold.value, ...capacity, ...staff], rows };
  });
}

/** @param node of a kiosk that enrols anew as what it was (E6) */
export async function codeFor(deps: ServerDeps, name: string, role: KioskRole, node?: NodeId): Promise<string> {
  const again = node === undefined ? {} : { node };
  return (await createEnrolmentCode(deps, { park: PARK, name, role, gateId: name, ...again })).code;
}

/** HQ's deed as people see it: done (its events are confirmed), or refused by a rule. */
export type Deed = readonly Event[] | 'refused';

/** C1: what is left is read and the lease written under the park's lock. */
export async function grantLease(deps: ServerDeps, kiosk: KioskName, lent: Lent): Promise<Deed> {
  const leaseId = idFromBytes(deps.random.bytes(10)) as LeaseId;
  const { places, lastsMs, date = dateBy(deps) } = lent;
  const endsMs = lastsMs === null ? START_MS + endOfDate(date) : deps.clock.nowMs() + lastsMs;
  const command = { ...kiosk, date, slot: 'day', places, endsHlc: hlcOf(endsMs, 0) };
  const events = await appendHqEvents(deps, PARK, async (tx) => {
    // E8: a restored park lends nothing before its kiosks have reported.
    if (!(await maySellOnline(tx, PARK)).ok) return { drafts: [] };
    const state = (await dayPlacesOf(tx, { park: PARK, date, nowMs: deps.clock.nowMs() })).stateOf('day');
    const decided = decideGrant({ command, state, leaseId, ...HQ });
    return { drafts: decided.ok ? [decided.value] : [] };
  });
  return events.length === 0 ? 'refused' : events;
}

export interface Lent {
  readonly places: number;
  /** Null: until the day is over. */
  readonly lastsMs: number | null;
  /** Today if left out. */
  readonly date?: string;
}

export interface KioskName {
  readonly node: NodeId;
  readonly epoch: number;
}

/** The deputy sells from now on, and edits nothing (D1, X3). */
export async function demoteDeputy(deps: ServerDeps): Promise<Deed> {
  const staffId = 'deputy';
  return appendHqEvents(deps, PARK, async (tx) => {
    const revision = await nextRevision(tx, PARK);
    const pin = JSON.stringify(pinVerifier());
    const row = { park: PARK, staff_id: staffId, revision, removed: 0, name: staffId, role: 'cashier', pin };
    const body = { staffId, revision, removed: false };
    return {
      drafts: [draft('StaffChanged', `staff:${staffId}`, body, HQ)],
      rows: [{ table: 'people', row: { ...row, removed_ms: null } }],
    };
  });
}

export async function voidTicket(deps: ServerDeps, ticketId: string, reason: string): Promise<Deed> {
  return appendHqEvents(deps, PARK, [draft('TicketVoided', `ticket:${ticketId}`, { ticketId, reason }, HQ)]);
}

/** Another field than tills edit, and sometimes the same. */
export async function editCatalogue(deps: ServerDeps, priceMinor: number): Promise<Deed> {
  const { documents } = deps;
  return appendHqEvents(deps, PARK, async (tx) => {
    const held = await documents.load(tx, PARK, 'catalogue');
    const edited = await decideEdit(deps, tx, held, {
      park: PARK,
      actor: HQ.actor,
      about: 'day-ticket',
      edit: (catalogue) => {
        const units = catalogue.products['day-ticket']?.units;
        for (const unitId of ['over-3', priceMinor % 2 === 0 ? 'adult' : 'family']) {
          const unit = units?.[unitId];
          if (unit) unit.priceMinor = priceMinor;
        }
      },
    });
    // An edit that was published is still on its way back from its kiosk (E8, E9).
    if (!edited.ok && held.problem !== null) return { drafts: [] };
    if (!edited.ok) throw new Error(`broken invariant: a price is a good edit: ${edited.error}`);
    return { drafts: edited.value.drafts };
  });
}

type IssuedTicket = IssuedTicketsAnswer['tickets'][number];

/** Tickets outside a sale, for a group; they take places of HQ's own (C1). */
export async function issueGroup(deps: ServerDeps, tickets: number): Promise<readonly IssuedTicket[] | 'refused'> {
  const party = [{ unitId: 'adult', count: 2 }];
  const group = { productId: 'day-ticket', date: dateBy(deps), slot: 'day', tickets: [{ party, count: tickets }] };
  const hqDeps = { ...deps, publicUrl: null };
  try {
    return await issueTickets(hqDeps, { park: PARK, ...HQ, ...group });
  } catch (error) {
    if (error instanceof Problem && error.status === 409) return 'refused';
    throw error;
  }
}

/** A ticket that no key of this park signed. */
export function strangersCode(deps: Pick<ServerDeps, 'crypto'>): string {
  const privateKey = new Uint8Array(32).fill(7);
  const kid = keyIdOf(deps.crypto, deps.crypto.publicKeyOf(privateKey));
  const claims = {
    ticketId: idFromBytes(new Uint8Array(10).fill(3)) as TicketId,
    productId: 'day-ticket',
    party: [{ unitId: 'adult', count: 1 }],
    parks: ['elsewhere' as ParkId],
    date: DATE,
    slot: 'day',
    issuedMs: START_MS,
    notBeforeMs: START_MS,
    expiresMs: START_MS + TICKET_MS,
    flags: 0,
  };
  return signTicketCode(deps.crypto, claimsAsSigned(claims), { privateKey, kid });
}
