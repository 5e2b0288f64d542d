import type { DocumentId } from '@skygate/shared/documents/events';
import type { LeaseFinding } from '@skygate/shared/domain/capacity/oversell';
import type { LateDay } from '@skygate/shared/hq-api/now';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { CHAIN_START, chainEvent, sealVerifies } from '@skygate/shared/sync/chain';
import { hlcMs } from '@skygate/shared/sync/hlc';
import type { Book } from './book.ts';
import { bookings } from './check-bookings.ts';
import { cases, overrides } from './check-cases.ts';
import { erased, goByWhatIsLearnt } from './check-learnt.ts';
import { leasesInTheEnd, leasesSpentTwice, noPlaceIsLost, whatHqGave } from './check-places.ts';
import { confirmedSales, receiptsThatCount } from './checks/confirmed-sales.ts';
import { documents } from './checks/documents.ts';
import { lateDays } from './checks/late-days.ts';
import { moneyByDay } from './checks/money.ts';
import { pruned } from './checks/pruned.ts';
import { putAside } from './checks/quarantine.ts';
import { refusalsAreKept } from './checks/refused-runs.ts';
import { onlyTheRevokedWait, revokedAreGone, withheldMinor } from './checks/revoked.ts';
import { sameState } from './checks/same-state.ts';
import { erasedWordsAreNowhere, wordsAreAtHq } from './checks/texts.ts';
import type { Forgotten } from './disk-images.ts';
import { countBy, factsOf, recoveredPlaces, textOf } from './facts.ts';
import type { Revoked } from './faults/revocation.ts';
import type { KioskDisk, ServerDisk } from './inspect.ts';
import type { LostOfHq, LostOfWiped } from './lost-with-backup.ts';
import type { PullSeen } from './network.ts';

/** What must hold when all is quiet; each broken one is named with what was found. */
export interface Broken {
  readonly invariant: string;
  readonly found: string;
}

export interface FinalState {
  readonly crypto: Crypto;
  readonly book: Book;
  readonly server: ServerDisk;
  /** Kiosks of whose disks a copy came into use. */
  readonly imaged: ReadonlySet<string>;
  /** What was only on disks that older copies replaced: it may be gone, but is never there twice. */
  readonly forgotten: Forgotten;
  readonly lostOfHq: LostOfHq;
  readonly lostOfWiped: LostOfWiped;
  readonly hq: HqFinds;
  /** Kiosks whose clocks were set wrong. */
  readonly jumped: ReadonlySet<string>;
  /** True time at the beginning and at the end. */
  readonly startMs: number;
  readonly endMs: number;
  /** What the server was shown to have been pulled; null if its log began anew meanwhile (E9). */
  readonly pulls: readonly PullSeen[] | null;
  readonly kiosks: readonly FinalKiosk[];
  /** The server's commits survive a power cut. */
  readonly isDurable: boolean;
  /** Closed days that HQ is shown to have changed. */
  readonly lateDays: readonly LateDay[];
  /** What people typed, as HQ holds it, by name; null where it was erased (E5). */
  readonly texts: ReadonlyMap<string, string | null>;
  /** Where the server keeps what is not in its database. */
  readonly serverFolder: string;
  /** What HQ vouches for. */
  readonly documents: ReadonlyMap<DocumentId, AtHq>;
  /** Those that were revoked (X4). */
  readonly gone: readonly (FinalKiosk & Revoked)[];
}

/** What HQ says of the places of its days. */
export interface HqFinds {
  /** What is wrong with leases (C1). */
  readonly findings: readonly LeaseFinding[];
  /** Past the capacity. */
  readonly oversold: number;
  readonly places: ReadonlyMap<string, { readonly free: number; readonly out: number }>;
}

/** A document as HQ decides on it, from every change that it has. */
export interface AtHq {
  readonly generation: number;
  readonly stateHash: string;
  readonly value: unknown;
}

export interface FinalKiosk {
  readonly name: string;
  readonly node: string;
  /** Of its database. */
  readonly path: string;
  readonly disk: KioskDisk;
  /** Its files in which these words stand. */
  readonly names: (words: string) => readonly string[];
}

export type Check = (state: FinalState, report: (found: string) => void) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  'confirmed sales are at the server exactly once': confirmedSales,
  'confirmed admissions are at the server exactly once': confirmedAdmissions,
  'what HQ was told is done is in its log': confirmedDeeds,
  'streams are gap-free with verifying chains and seals': chainsAndSeals,
  'positions are gap-free': positions,
  'every node folds to the same state': sameState,
  'leases and capacity hold': leasesInTheEnd,
  'a lease spent twice is named': leasesSpentTwice,
  'HQ lends and sells only what it has': whatHqGave,
  'no place is lost': noPlaceIsLost,
  'bookings are what callers were told': bookings,
  'money ties out': money,
  'money ties out by day and shift': moneyByDay,
  'HQ is shown closed days that changed': lateDays,
  'what was pruned is safe': pruned,
  'kiosks go by what HQ published': documents,
  'gates go by what they have learnt': goByWhatIsLearnt,
  'who was erased is on no disk': erased,
  'typed words come to HQ': wordsAreAtHq,
  'erased words are nowhere': erasedWordsAreNowhere,
  'cases are what the admissions say': cases,
  'confirmed overrides are at the server': overrides,
  'a gate admits a ticket once': admittedOnce,
  'clocks stay near true time': clocks,
  'what could not be read is put aside, everywhere': putAside,
  'what was refused for good is kept for HQ': refusalsAreKept,
  'who is revoked stops, delivers and is wiped': revokedAreGone,
  'money of the revoked waits for a person': onlyTheRevokedWait,
  'the backlog has drained': drained,
};

export function brokenInvariants(state: FinalState): readonly Broken[] {
  const broken: Broken[] = [];
  for (const [invariant, check] of Object.entries(CHECKS)) {
    check(state, (found) => broken.push({ invariant, found }));
  }
  return broken;
}

function confirmedAdmissions(state: FinalState, report: (found: string) => void): void {
  const { book, server, kiosks, gone, imaged, lostOfWiped } = state;
  if (imaged.size > 0) {
    admissionsByTicket(state, report);
    return;
  }
  const nodes = new Map([...kiosks, ...gone].map(({ name, node }) => [name, node]));
  const held = countBy(server.events, (event) =>
    event.type === 'TicketAdmitted' ? `${event.node} ${textOf(event, 'ticketId')}` : null,
  );
  const keyOf = (entry: Book['admissions'][number]): string => `${nodes.get(entry.kiosk)} ${entry.ticketId}`;
  const confirmed = countBy(book.admissions, (entry) => (entry.outcome === 'unknown' ? null : keyOf(entry)));
  const possible = countBy(book.admissions, keyOf);
  for (const [key, most] of possible) {
    const least = (confirmed.get(key) ?? 0) - (lostOfWiped.admitted.get(key) ?? 0);
    const count = held.get(key) ?? 0;
    if (count < least || count > most) report(`${key}: ${count} admissions, expected ${least} to ${most}`);
  }
  for (const key of held.keys()) if (!possible.has(key)) report(`nobody scanned ${key}`);
}

/** Where a kiosk has become another, admissions are counted by ticket; those on a replaced part of a disk may be gone. */
function admissionsByTicket({ book, server, forgotten }: FinalState, report: (found: string) => void): void {
  const held = countBy(factsOf(server), (event) =>
    event.type === 'TicketAdmitted' ? textOf(event, 'ticketId') : null,
  );
  const sure = book.admissions.filter((entry) => entry.outcome !== 'unknown' && !forgotten.admissions.has(entry));
  const confirmed = countBy(sure, ({ ticketId }) => ticketId);
  const possible = countBy(book.admissions, ({ ticketId }) => ticketId);
  for (const ticketId of new Set([...possible.keys(), ...held.keys()])) {
    const count = held.get(ticketId) ?? 0;
    const least = confirmed.get(ticketId) ?? 0;
    const most = possible.get(ticketId) ?? 0;
    if (count < least || count > most) report(`${ticketId}: ${count} admissions, expected ${least} to ${most}`);
  }
}

function confirmedDeeds(state: FinalState, report: (found: string) => void): void {
  const { book, server, lostOfHq } = state;
  const again = recoveredPlaces(server);
  const hashes = new Map(server.events.map(({ node, epoch, seq, hash }) => [`${node}/${epoch}/${seq}`, hash]));
  for (const [place, hash] of book.hqEvents) {
    if (again.has(place) || lostOfHq.events.has(hash)) continue;
    if (hashes.get(place) !== hash) report(`${place} is ${hashes.has(place) ? 'another event' : 'gone'}`);
  }
  issuedByHq(state, report);
}

function issuedByHq({ book, server, lostOfHq }: FinalState, report: (found: string) => void): void {
  const facts = factsOf(server);
  const tickets = countBy(facts, (event) => (event.type === 'TicketIssued' ? textOf(event, 'ticketId') : null));
  for (const ticketId of book.hqTickets) {
    if (lostOfHq.tickets.has(ticketId) && !tickets.has(ticketId)) continue;
    if (tickets.get(ticketId) !== 1) report(`ticket ${ticketId} ${tickets.get(ticketId) ?? 0} times`);
  }
}

function chainsAndSeals({ crypto, server }: FinalState, report: (found: string) => void): void {
  const heads = new Map<string, { seq: number; hash: string }>();
  const hashes = new Map<string, string>();
  for (const event of server.events) {
    const stream = `${event.node}/${event.epoch}`;
    const head = heads.get(stream) ?? { seq: 0, hash: CHAIN_START };
    const { bodyHash: _body, prev: _prev, hash, position: _position, ...unchained } = event;
    if (event.seq !== head.seq + 1) report(`${stream}: ${event.seq} follows ${head.seq}`);
    if (chainEvent(crypto, unchained, head.hash).hash !== hash) report(`${stream}/${event.seq}: the chain breaks`);
    heads.set(stream, { seq: event.seq, hash });
    hashes.set(`${stream}/${event.seq}`, hash);
  }
  for (const seal of server.seals) {
    const stream = `${seal.node}/${seal.epoch}`;
    const publicKey = base64urlToBytes(server.publicKeys.get(stream) ?? '') ?? new Uint8Array();
    const { node, epoch } = seal;
    if (!sealVerifies(crypto, seal, { node, epoch, publicKey })) report(`${stream}: seal to ${seal.to} is bad`);
    if (hashes.get(`${stream}/${seal.to}`) !== seal.headHash) report(`${stream}: seal to ${seal.to} fits nothing`);
  }
}

function positions({ server }: FinalState, report: (found: string) => void): void {
  for (const [index, { position }] of server.events.entries()) {
    if (position !== index + 1) report(`position ${position} is number ${index + 1}`);
  }
  if (server.head !== server.events.length) report(`head ${server.head}, ${server.events.length} events`);
}

function money(state: FinalState, report: (found: string) => void): void {
  const { server, forgotten } = state;
  const sum = (rows: readonly Readonly<Record<string, unknown>>[], column: string): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  const told = receiptsThatCount(state).reduce((total, { totalMinor }) => total + totalMinor, 0);
  const totals = {
    // Sold again by a disk that forgot, a sale has no guest who knows of it.
    ...(forgotten.unanswered > 0 ? {} : { 'told to guests': told - withheldMinor(state) }),
    sales: sum(server.rows('sales'), 'total_minor'),
    'sales totals': sum(server.rows('sales_totals'), 'amount_minor'),
    payments: sum(server.rows('payment_totals'), 'amount_minor'),
    shifts: sum(server.rows('shift_totals'), 'sales_minor'),
  };
  if (new Set(Object.values(totals)).size !== 1) report(JSON.stringify(totals));
}

/** T2: what a kiosk said itself it holds against the next scan, whatever it knows of others. */
function admittedOnce({ book }: FinalState, report: (found: string) => void): void {
  for (const { kiosk, ticketId } of book.admittedTwice) report(`${kiosk} let ${ticketId} in twice`);
}

/** H1: a clock that was set wrong at one kiosk does not carry the others' along. */
function clocks({ server, kiosks, jumped, endMs }: FinalState, report: (found: string) => void): void {
  for (const { name, node } of kiosks) {
    if (jumped.has(name)) continue;
    const ahead = server.events.find((event) => event.node === node && hlcMs(event.hlc) > endMs + LEAD_MAX_MS);
    if (ahead !== undefined) report(`${name}: event ${ahead.seq} is of ${new Date(hlcMs(ahead.hlc)).toISOString()}`);
  }
}

/** A clock may be taken over five minutes ahead, from one that itself did so. */
const LEAD_MAX_MS = 11 * 60_000;

function drained({ server, kiosks }: FinalState, report: (found: string) => void): void {
  for (const { name, disk } of kiosks) {
    const own = disk.vector.get(disk.incarnation)?.seq ?? 0;
    if (disk.acknowledged !== own) report(`${name}: ${disk.acknowledged} of ${own} acknowledged`);
    if (disk.cursor !== server.head) report(`${name}: cursor ${disk.cursor} of ${server.head}`);
    if (disk.held > 0) report(`${name}: ${disk.held} runs held aside`);
    if (disk.stopped !== null) report(`${name} stopped writing: ${disk.stopped}`);
  }
}
