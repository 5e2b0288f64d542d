import { scryptSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actorOf, bodyOfChange } from '@skygate/shared/documents/automerge-change';
import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import { documentFromJson } from '@skygate/shared/documents/document-from-json';
import type { DocumentValues } from '@skygate/shared/documents/document-problem';
import type { DocumentId } from '@skygate/shared/documents/events';
import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { TicketClaims } from '@skygate/shared/domain/ticket/ticket-claims';
import { signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { hqNodeOf, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { Person, StaffRole } from '@skygate/shared/protocol/people';
import type { PullResponse, PullRun } from '@skygate/shared/protocol/pull';
import { eventToWire } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent, nodeKeyFrom, sealHead } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { type FakeClock, fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { openDataFolder } from '../data-folder.ts';
import { createEventLog, type KioskIdentity } from '../event-log/event-log.ts';
import { createKiosk, type Kiosk } from '../kiosk.ts';
import { createKioskClock } from '../kiosk-clock.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { type Log, NetworkError, type Transport } from '../ports.ts';
import { catalogue, park } from './test-documents.ts';

export { catalogue, park };

// For tests: a small park, its HQ as a real signing writer, and kiosks on real data folders.

export const crypto = createNodeCrypto();
export const PARK = 'ala-archa' as ParkId;
export const LOG_ID = 'log-1';
export const TODAY = '2026-11-21';
export const GATE = 'k-0000000000000001' as NodeId;
export const TILL = 'k-0000000000000002' as NodeId;
export const OTHER_GATE = 'k-0000000000000003' as NodeId;
export const OTHER_TILL = 'k-0000000000000004' as NodeId;
export const PIN = '4711';

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
/** A fake: there is no network at all. */
export const offlineTransport: Transport = {
  request: async () => {
    throw new NetworkError('offline');
  },
};

/** A node that writes a stream as the server would hand it on: chained and sealed. */
export function testWriter(node: NodeId, seed: Uint8Array, epoch = 1) {
  const key = nodeKeyFrom(crypto, seed);
  let head: { seq: number; hash: string } = { seq: 0, hash: CHAIN_START };
  return {
    publicKey: crypto.publicKeyOf(seed),
    kid: key.kid,
    /** One run with these events, at a moment. */
    run: (drafts: readonly KnownDraft[], wallMs: number): PullRun => {
      const from = head.seq + 1;
      const events = drafts.map((one, index): Event => {
        const place = { park: PARK, node, epoch, seq: head.seq + 1, hlc: hlcOf(wallMs, head.seq + index) };
        const body = one.body as unknown as JsonObject;
        const event = chainEvent(crypto, { ...one, body, ...place, wallMs, trust: 'server' }, head.hash);
        head = event;
        return event;
      });
      const last = events.at(-1);
      if (!last) throw new Error('a run has events');
      return { node, epoch, from, events: events.map(eventToWire), seal: sealHead(crypto, key, last) };
    },
  };
}

export const hqSeed = new Uint8Array(32).fill(9);
export const testHq = () => testWriter(hqNodeOf(PARK), hqSeed);

export const pageOf = (runs: readonly PullRun[], next: number): PullResponse => ({
  runs: [...runs],
  next,
  head: next,
  logId: LOG_ID,
  gates: [],
  peopleRevision: 0,
  heldMs: 0,
  serverMs: 0,
});

const by = { actor: 'hq:anna' };

export function documentDrafts<Id extends DocumentId>(
  documentId: Id,
  value: DocumentValues[Id],
): readonly KnownDraft[] {
  const actor = actorOf(crypto, { node: hqNodeOf(PARK), epoch: 1 }, documentId);
  const made = documentFromJson(documentId, value, { actor, timeMs: 0 });
  if (!made.ok) throw new Error(made.error);
  return made.value.changes.map((change) =>
    draft('DocumentChanged', `document:${documentId}`, bodyOfChange(documentId, change, null), by),
  );
}

export const enrolledDraft = (kiosk: NodeId, role: 'gate' | 'till', publicKey: Uint8Array): KnownDraft => {
  const keyId = crypto.sha256Hex(publicKey).slice(0, 16);
  const gateId = role === 'gate' ? 'north' : 'desk';
  const body = {
    kiosk,
    kioskEpoch: 1,
    name: `The ${role}`,
    role,
    gateId,
    publicKey: bytesToBase64url(publicKey),
    keyId,
  };
  return draft('KioskEnrolled', `kiosk:${kiosk}`, body, by);
};

export const signingKeyDraft = (holder: NodeId, publicKey: Uint8Array): KnownDraft => {
  const kid = crypto.sha256Hex(publicKey).slice(0, 16);
  const period = { notBeforeMs: 0, notAfterMs: 8_000_000_000_000 };
  const body = { kid, publicKey: bytesToBase64url(publicKey), holder, holderEpoch: 1, parks: [PARK], ...period };
  return draft('SigningKeyPublished', `key:${kid}`, body, by);
};

export const leaseDraft = (
  node: NodeId,
  places: number,
  endsMs = 1_800_000_000_000,
  { date = TODAY, leaseId = '00000000000000AA', slot = 'day' } = {},
): KnownDraft => {
  const body = {
    leaseId,
    node,
    epoch: 1,
    date,
    slot,
    places,
    endsHlc: hlcOf(endsMs, 0),
  };
  return draft('LeaseGranted', `lease:${leaseId}`, body, by);
};

export function personOf(staffId: string, role: StaffRole, revision = 1): Person {
  const salt = Buffer.alloc(16, 3);
  const key = scryptSync(PIN, salt, 32, { cost: 1024, blockSize: 8, parallelization: 1 });
  const shape = { cost: 1024, blockSize: 8, parallelization: 1 };
  const pin = { ...shape, salt: salt.toString('base64url'), key: key.toString('base64url') };
  return { staffId, revision, removed: false, name: `Aida ${staffId}`, role, pin };
}

export const PEOPLE = [personOf('g1', 'gate'), personOf('c1', 'cashier'), personOf('s1', 'supervisor')];

/** What only HQ signs in these tests. */
const hqTicketSeed = new Uint8Array(32).fill(8);
export const hqTicketKey = nodeKeyFrom(crypto, hqTicketSeed);

export function ticketCode(change: Partial<TicketClaims> = {}, key = hqTicketKey): string {
  return signTicketCode(
    crypto,
    {
      ticketId: '0000000000TEST01',
      productId: 'day-ticket',
      party: [
        { unitId: 'adult', count: 2 },
        { unitId: 'child', count: 3 },
      ],
      parks: [PARK],
      date: TODAY,
      slot: 'day',
      issuedMs: Date.parse('2026-11-20T00:00:00Z'),
      notBeforeMs: Date.parse('2026-11-20T22:00:00Z'),
      expiresMs: Date.parse('2026-11-21T22:00:00Z'),
      flags: 0,
      ...change,
    },
    key,
  );
}

export interface TestKiosk {
  readonly kiosk: Kiosk;
  readonly clock: FakeClock;
  readonly folder: string;
  /** Stops the kiosk and opens it anew on the same folder, as after a power cut. */
  restart(): Promise<TestKiosk>;
  remove(): Promise<void>;
}

export interface TestKioskOptions {
  /** Places of the till's lease for today. */
  readonly places?: number;
  /** When that lease ends. */
  readonly leaseEndsMs?: number;
  /** Whether the park has another gate, which is never heard of. */
  readonly otherGate?: boolean;
  /** Whether HQ's word that let it in is among what was pulled; it is if this is left out. */
  readonly isIntroduced?: boolean;
  /** Noon of TODAY in UTC if there is none. */
  readonly clock?: FakeClock;
  readonly park?: ParkDocument;
  readonly catalogue?: CatalogueDocument;
  /** For each of them the till has a lease of `places`; today's if there are none. */
  readonly leaseDates?: readonly string[];
  /** For each of them, on each of the dates; `day` if there are none. */
  readonly leaseSlots?: readonly string[];
}

/** An enrolled kiosk that has pulled its park: documents, keys, people, and a lease if it is a till. */
export async function openTestKiosk(role: 'gate' | 'till', options: TestKioskOptions = {}): Promise<TestKiosk> {
  const folder = mkdtempSync(join(tmpdir(), 'skygate-kiosk-'));
  const { clock = fakeClock() } = options;
  setUpFolder(folder, role, { ...options, clock });
  return openOn(folder, clock);
}

async function openOn(folder: string, clock: FakeClock): Promise<TestKiosk> {
  const random = seededRandom(`${folder}/${clock.nowMs()}`);
  const config = { dataFolder: folder, appVersion: '0.0.0' };
  const timers = { sleep: async () => {} };
  const kiosk = await createKiosk({
    config,
    clock,
    random,
    timers,
    transport: offlineTransport,
    crypto,
    log: silentLog,
  });
  return {
    kiosk,
    clock,
    folder,
    restart: async () => {
      await kiosk.stop();
      return openOn(folder, clock);
    },
    remove: async () => {
      await kiosk.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export const identityOf = (role: 'gate' | 'till'): KioskIdentity => ({
  park: PARK,
  node: role === 'gate' ? GATE : TILL,
  epoch: 1,
  name: `The ${role}`,
  role,
  gateId: role === 'gate' ? 'north' : 'desk',
  number: 2,
  serverUrl: 'http://127.0.0.1:1',
});

export const hqKeyOf = (publicKey: Uint8Array) => ({
  node: hqNodeOf(PARK),
  epoch: 1,
  publicKey: bytesToBase64url(publicKey),
});

function setUpFolder(path: string, role: 'gate' | 'till', set: TestKioskOptions & { readonly clock: FakeClock }): void {
  const { places = 20, leaseEndsMs, leaseDates = [TODAY], leaseSlots = ['day'], otherGate = false } = set;
  const slots = leaseDates.flatMap((date) => leaseSlots.map((slot) => ({ date, slot })));
  const leases =
    places === 0 ? [] : slots.map((lease, index) => ({ ...lease, leaseId: `00000000000000A${'ABCD'[index]}` }));
  const folder = openDataFolder(path, seededRandom(path));
  const { database, keys } = folder;
  const clock = createKioskClock(set.clock);
  const eventLog = createEventLog({
    database,
    crypto,
    clock,
    random: seededRandom(`${path}/log`),
    nodeSeed: keys.nodeSeed,
    log: silentLog,
  });
  const hq = testHq();
  eventLog.enrol(identityOf(role), hqKeyOf(hq.publicKey), LOG_ID);
  const drafts = [
    ...(set.isIntroduced === false
      ? []
      : [enrolledDraft(identityOf(role).node, role, crypto.publicKeyOf(keys.nodeSeed))]),
    signingKeyDraft(hqNodeOf(PARK), crypto.publicKeyOf(hqTicketSeed)),
    signingKeyDraft(TILL, crypto.publicKeyOf(keys.signingSeed)),
    ...documentDrafts('park', set.park ?? park),
    ...documentDrafts('catalogue', set.catalogue ?? catalogue),
    ...(otherGate ? [enrolledDraft(OTHER_GATE, 'gate', crypto.publicKeyOf(new Uint8Array(32).fill(4)))] : []),
    ...(role === 'till' ? [enrolledDraft(OTHER_TILL, 'till', crypto.publicKeyOf(new Uint8Array(32).fill(5)))] : []),
    ...leases.map((lease) => leaseDraft(TILL, places, leaseEndsMs, lease)),
  ];
  eventLog.storePage(pageOf([hq.run(drafts, set.clock.nowMs() - 60_000)], 1));
  eventLog.storePeople({ revision: 1, people: [...PEOPLE] });
  folder.close();
}
