import type { Crypto } from '@skygate/shared/lib/crypto';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import type { KioskApi } from '../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../rpc-contract/status-view.ts';
import { createPruning, PRUNING, type PruningSettings } from './checkpoints/pruning.ts';
import { createClockMemory } from './clock-memory.ts';
import { type DataFolder, KioskStartError, openDataFolder, RECOVERY } from './data-folder.ts';
import { createParkDocuments } from './documents/park-documents.ts';
import { createEventLog, type EventLog, type EventLogDeps } from './event-log/event-log.ts';
import { writeTransaction } from './event-log/open-database.ts';
import { DamagedLogError } from './event-log/own-end.ts';
import { groundOf } from './handle-command/command-context.ts';
import { createKioskApi } from './kiosk-api.ts';
import { createKioskClock, type KioskClock } from './kiosk-clock.ts';
import { createKioskContext, type KioskContext } from './kiosk-context.ts';
import { type FolderKiosk, kioskOverWipes } from './kiosk-over-wipes.ts';
import { createLeaseKeeper } from './leases/lease-keeper.ts';
import type { Clock, Log, Random, Timers, Transport } from './ports.ts';
import { createFarewell } from './revocation/farewell.ts';
import { createStopRevoked } from './revocation/stop-revoked.ts';
import { statusOf } from './status.ts';
import { createSync } from './sync/sync.ts';
import { createOwnTicketKeys } from './ticket-key/own-ticket-keys.ts';
import { createTicketKeyKeeper } from './ticket-key/ticket-key-keeper.ts';

export interface KioskConfig {
  /** Data folder of this kiosk; made if it is not there. */
  readonly dataFolder: string;
  readonly appVersion: string;
}

export interface KioskDeps {
  readonly config: KioskConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly crypto: Crypto;
  readonly log: Log;
  /** `PRUNING` if left out (K4). */
  readonly pruning?: PruningSettings;
}

/** One kiosk: its data folder, log, commands and sync. */
export interface Kiosk {
  readonly api: KioskApi;
  /** Called with the status on every change and each second while running. @returns a function that ends it */
  onStatus(listener: (status: KioskStatus) => void): () => void;
  /** Syncs and pushes status until `stop`. Resolves when stopped; rejects only at a broken invariant. */
  run(): Promise<void>;
  /** Ends `run`, waits for it, closes the database and gives the data folder free. */
  stop(): Promise<void>;
}

const STATUS_EVERY_MS = 1000;

/**
 * Opens the data folder and builds the kiosk; nothing runs until `run`. Close it with `stop` even if it never ran.
 * @throws KioskStartError with a message for the operator: folder in use, schema too new, unreadable keys
 */
export async function createKiosk(deps: KioskDeps): Promise<Kiosk> {
  return kioskOverWipes(() => openKiosk(deps));
}

function openKiosk(deps: KioskDeps): FolderKiosk {
  const folder = openDataFolder(deps.config.dataFolder, deps.random);
  try {
    return assemble(deps, folder);
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** The composition root, in the order in which a command flows. */
function assemble(deps: KioskDeps, folder: DataFolder): FolderKiosk {
  const { crypto, random, timers, transport, log, config } = deps;
  const { database, keys } = folder;
  const clock = createKioskClock(deps.clock, createClockMemory(database));
  const eventLog = openLog({ database, crypto, clock, random, nodeSeed: keys.nodeSeed, log }, config.dataFolder);
  const { appVersion } = config;
  const documents = createParkDocuments({ database, eventLog, crypto, log });
  const catalogueInUse = () => documents.publicationInUse('catalogue');
  const revocation = createStopRevoked({ database, eventLog, clock, log });
  const ports = { clock, transport, random, timers, crypto, log };
  const told = { appVersion, catalogueInUse, learnRevoked: revocation.learn };
  const sync = createSync({ eventLog, ...ports, keys, ...told });
  const farewell = createFarewell({ folder: config.dataFolder, eventLog, sync, timers, random, log });
  const ticketKeys = createOwnTicketKeys({ database, eventLog, clock, crypto, keys });
  const context = createKioskContext({ deps, folder, clock, eventLog, sync, documents, ticketKeys });
  const leases = createLeaseKeeper({ ...context, sync, timers, random });
  const keyKeeper = createTicketKeyKeeper({ eventLog, ticketKeys, sync, ...ports });
  const key = () => nodeKeyFrom(crypto, keys.nodeSeed);
  const settings = deps.pruning ?? PRUNING;
  const pruned = { database, folder: config.dataFolder, eventLog, clock, crypto, key };
  const pruning = createPruning({ ...pruned, timers, log, settings });
  tellLastWord(clock, context);
  endOldSession(context);

  const { wasErased } = folder;
  const status = (): KioskStatus => statusOf({ ...context, shareNews: leases.news, wasErased });
  const pushed = createStatusPush({
    status,
    timers,
    log,
    eachSecond: () => {
      rememberTime(clock, log);
      revocation.retry();
    },
  });
  const api = createKioskApi({ context, sync, leases, status, changed: pushed.soon });
  const ends = [eventLog.onCommit(pushed.soon), sync.onChange(pushed.soon), revocation.watch()];
  const parts = [pushed, leases, keyKeeper, pruning, farewell, context.catalogueFollower];
  let running: Promise<unknown> | null = null;
  let closed = false;

  return {
    api,
    onStatus: pushed.onStatus,
    marked: farewell.marked,
    run: async () => {
      running ??= Promise.all([sync, ...parts].map((part) => part.run()));
      await running;
    },
    stop: async () => {
      if (closed) return;
      closed = true;
      for (const part of parts) part.stop();
      await sync.stop();
      await running?.catch(() => null); // who called run() hears of it
      for (const end of ends) end();
      folder.close();
    },
  };
}

/** A log whose end does not verify is not written on; a disk that fails now may not tomorrow, and nothing is given up. */
function openLog(deps: EventLogDeps, dataFolder: string): EventLog {
  try {
    return createEventLog(deps);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const said =
      error instanceof DamagedLogError
        ? `The kiosk's log in ${dataFolder} is damaged (${why}). ${RECOVERY}`
        : `The kiosk's log in ${dataFolder} could not be opened (${why}). Nothing is lost by that: look at the disk, and start again.`;
    throw new KioskStartError(said, { cause: error });
  }
}

/** What this incarnation wrote last bounds the time from below (H2). */
function tellLastWord(clock: KioskClock, { eventLog, storedEvents }: KioskContext): void {
  const identity = eventLog.identity();
  const [last] = identity === null ? [] : storedEvents.readNewest(identity, 1);
  if (last) clock.lastWroteAt(last);
}

/** A disk that is full now is asked again in a second; anybody who needs the time has it in memory. */
function rememberTime(clock: KioskClock, log: Log): void {
  try {
    clock.remember();
  } catch (error) {
    log.warn({ error: String(error) }, 'what is known of the time could not be put on disk');
  }
}

/** A session outlives a power cut, but not its business day. */
function endOldSession(context: KioskContext): void {
  const ground = groundOf(context);
  if (!ground.ok) return;
  const { session, database } = context;
  writeTransaction(database, () => session.endIfOld(ground.value.businessDate));
}

interface StatusPushDeps {
  readonly status: () => KioskStatus;
  readonly timers: Timers;
  readonly log: Log;
  readonly eachSecond: () => void;
}

/** Tells the listeners the status: on every change, and each second while running. */
function createStatusPush({ status, timers, log, eachSecond }: StatusPushDeps) {
  const listeners = new Set<(status: KioskStatus) => void>();
  const stopping = new AbortController();
  let due = false;
  const now = (): void => {
    if (listeners.size === 0 || stopping.signal.aborted) return;
    const current = status();
    for (const listener of listeners) listener(current);
  };
  return {
    /** Once for all changes of one turn, and after the answer has gone out: a verdict waits for no status. */
    soon: (): void => {
      if (due) return;
      due = true;
      setImmediate(() => {
        due = false;
        try {
          now();
        } catch (error) {
          // Thrown here it would end the kiosk over a picture of it; the next second tells again, where it is heard.
          log.error({ error: String(error) }, 'the status could not be told');
        }
      });
    },
    run: async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        eachSecond();
        now();
        await timers.sleep(STATUS_EVERY_MS, stopping.signal);
      }
    },
    stop: (): void => stopping.abort(),
    onStatus: (listener: (status: KioskStatus) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
