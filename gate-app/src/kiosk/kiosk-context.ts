import type { StaffMember } from '../rpc-contract/status-view.ts';
import { createCoverage } from './coverage.ts';
import type { DataFolder } from './data-folder.ts';
import type { ParkDocuments } from './documents/park-documents.ts';
import type { EventLog } from './event-log/event-log.ts';
import { createPeopleStore } from './event-log/people-store.ts';
import { createStoredEvents } from './event-log/stored-event.ts';
import type { CommandContext } from './handle-command/command-context.ts';
import { groundOf } from './handle-command/command-context.ts';
import type { CatalogueContext } from './handle-command/edit-product.ts';
import type { FindTicketContext } from './handle-command/find-ticket.ts';
import { createGateMode, type GateModeSetting } from './handle-command/gate-mode.ts';
import type { OverrideContext } from './handle-command/override-refusal.ts';
import { createScannerSettings, type ScannerSettingsStore } from './handle-command/scanner-settings.ts';
import { unitNamesOf } from './handle-command/words-for.ts';
import type { KioskDeps } from './kiosk.ts';
import type { KioskClock } from './kiosk-clock.ts';
import { createCaseNotices } from './read-models/case-notices.ts';
import { type CatalogueFollower, followCatalogue } from './read-models/follow-catalogue.ts';
import { createGateNames } from './read-models/gate-names.ts';
import { createKioskNames } from './read-models/kiosk-names.ts';
import { createOccupancyNow } from './read-models/occupancy-now.ts';
import { createRecentScans, scansOf } from './read-models/recent-scans.ts';
import { createTicketKnowledge, type TicketKnowledge } from './read-models/ticket-knowledge.ts';
import { createTillKnowledge } from './read-models/till-knowledge.ts';
import { createCheckPin } from './staff/check-pin.ts';
import { createSession, staffMember } from './staff/session.ts';
import type { StatusContext } from './status.ts';
import type { Sync } from './sync/sync.ts';
import type { OwnTicketKeys } from './ticket-key/own-ticket-keys.ts';

/** Own events looked through for the last scans when a kiosk starts. */
const LOOKED_THROUGH = 100;

export interface KioskContext
  extends Omit<StatusContext, 'shareNews' | 'wasErased'>,
    FindTicketContext,
    CatalogueContext,
    OverrideContext {
  readonly gateModeSetting: GateModeSetting;
  readonly scannerSettings: ScannerSettingsStore;
  readonly catalogueFollower: CatalogueFollower;
}

interface Parts {
  readonly deps: KioskDeps;
  readonly folder: DataFolder;
  readonly clock: KioskClock;
  readonly eventLog: EventLog;
  readonly sync: Sync;
  readonly documents: ParkDocuments;
  readonly ticketKeys: OwnTicketKeys;
}

/** Puts together what commands and the status read. */
export function createKioskContext(parts: Parts): KioskContext {
  const { deps, folder, clock, eventLog, sync, documents, ticketKeys } = parts;
  const { crypto, random, timers, log, config } = deps;
  const { database } = folder;
  const people = createPeopleStore(database);
  const tickets = createTicketKnowledge(database);
  const session = createSession(database, people);
  const readCoverage = createCoverage(database);
  const storedEvents = createStoredEvents(database, { crypto, park: () => parkOf(eventLog) });
  const staffOf = (staffId: string): StaffMember => {
    const person = people.find(staffId);
    return person ? staffMember(person) : { staffId, name: staffId, initials: '', role: 'cashier' };
  };

  const base: CommandContext = {
    database,
    eventLog,
    documents,
    session,
    clock,
    random,
    crypto,
    log,
    signingKey: () => ticketKeys.signing(),
    coverage: (identity) =>
      readCoverage({
        identity,
        gates: documents.valueOf('park')?.gates ?? {},
        heard: sync.gatesHeard(),
        clock,
      }),
  };
  const gateNames = createGateNames(database);
  const catalogueFollower = followCatalogue({ ...base, storedEvents, timers });
  const gateModeSetting = createGateMode(base);
  const scannerSettings = createScannerSettings(base);
  return {
    ...base,
    gateModeSetting,
    gateMode: () => gateModeSetting.get(),
    scannerSettings,
    catalogueFollower,
    tickets,
    storedEvents,
    till: createTillKnowledge(database, eventLog),
    checkPin: createCheckPin({ database, clock }),
    kioskNames: createKioskNames(database),
    gateNames,
    caseNotices: createCaseNotices(database, gateNames),
    recentScans: createRecentScans(loadScans({ base, tickets, storedEvents })),
    occupancyNow: createOccupancyNow(database),
    staffOf,
    nameOf: (actor) => (actor.startsWith('staff:') ? staffOf(actor.slice('staff:'.length)).name : actor),
    sync,
    appVersion: config.appVersion,
  };
}

function parkOf(eventLog: EventLog) {
  const identity = eventLog.identity();
  if (identity === null) throw new Error('broken invariant: the kiosk is enrolled');
  return identity.park;
}

function loadScans({
  base,
  tickets,
  storedEvents,
}: {
  base: CommandContext;
  tickets: TicketKnowledge;
  storedEvents: ReturnType<typeof createStoredEvents>;
}) {
  const identity = base.eventLog.identity();
  if (identity === null) return [];
  const ground = groundOf(base);
  const catalogue = ground.ok ? ground.value.catalogue : { products: {} };
  return scansOf(storedEvents.readNewest(identity, LOOKED_THROUGH), (ticketId) => {
    const claims = ticketId === null ? undefined : tickets.ticket(identity.park, ticketId)?.claims;
    const party = claims?.party ?? [];
    return { party, unitNames: unitNamesOf(catalogue, claims?.productId ?? null, party) };
  });
}
