import { join } from 'node:path';
import type { HttpResponse } from '@skygate/gate-app/kiosk/ports';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { buildApp, type ServerDeps } from '@skygate/sync-server/app';
import type { Database } from '@skygate/sync-server/db/database';
import { createParkBus } from '@skygate/sync-server/db/park-bus';
import { createDocumentStore } from '@skygate/sync-server/documents/document-store';
import { createDocumentPublisher } from '@skygate/sync-server/documents/publish-documents';
import { createBookingExpiry } from '@skygate/sync-server/hq/bookings/booking-expiry';
import { type HqJournal, openHqJournal } from '@skygate/sync-server/hq-node/hq-journal';
import { createKeyring } from '@skygate/sync-server/hq-node/keyring';
import { replayJournal } from '@skygate/sync-server/hq-node/replay-journal';
import { ensureHqSigningKey } from '@skygate/sync-server/hq-node/ticket-keys';
import { createLogRooter } from '@skygate/sync-server/log-proof/root-log';
import { createNodeCrypto } from '@skygate/sync-server/node-crypto';
import { SILENT_LOG } from '@skygate/sync-server/ports';
import { createProjections } from '@skygate/sync-server/projections/projections';
import { openHeadNotes } from '@skygate/sync-server/restore/head-notes';
import type { Activity } from './activity.ts';
import { mortalJournal } from './mortal-journal.ts';
import type { Serve } from './network.ts';
import type { Scheduler } from './scheduler.ts';
import { copyServerFolder, replaceServerFolder } from './server-folder.ts';
import { createSimulatedTimers, mortalClock, mortalRandom, type SimulatedClock } from './simulated-ports.ts';
import { createLife, type Life, type ServerPoint, type YieldPoint } from './yield-points.ts';

/** The real server over the one database of the process; it can be killed and started again. */
export interface ServerHost {
  readonly serve: Serve;
  /** What HQ's own actions run on; null while the server is down. */
  deps(): ServerDeps | null;
  start(): Promise<void>;
  /** Dies now (at rest), or in the middle of what it does next at this point. */
  crash(at: ServerPoint): void;
  disarm(): void;
  isUp(): boolean;
  /** Where it keeps what is not in its database. */
  readonly folder: string;
  readonly isDurable: boolean;
  /** A copy of what it keeps beside its database. @returns its folder */
  copyFolder(): string;
  /** While it is down: what it keeps beside its database is as it was then. */
  putFolderBack(copy: string): void;
  close(): void;
}

export interface ServerHostDeps {
  readonly database: Database;
  readonly scheduler: Scheduler;
  readonly activity: Activity;
  readonly clock: SimulatedClock;
  /** Where HQ's journal lies. */
  readonly folder: string;
  readonly seed: string;
  /** Its commits survive a power cut, so it has no journal, as on PostgreSQL (E9); PGlite stands for it here. */
  readonly isDurable?: boolean;
  readonly onDeath: (point: YieldPoint | null) => void;
}

interface Running {
  readonly app: Awaited<ReturnType<typeof buildApp>>;
  readonly deps: ServerDeps;
  readonly life: Life;
  readonly died: Promise<null>;
}

const MASTER_KEY = new Uint8Array(32).fill(9);

export function createServerHost(host: ServerHostDeps): ServerHost {
  const openJournal = (): HqJournal | null => (host.isDurable ? null : openHqJournal(host.folder));
  let journal = openJournal();
  let copies = 0;
  let running: Running | null = null;
  let starts = 0;

  const start = async (): Promise<void> => {
    starts += 1;
    let die: (value: null) => void = () => {};
    const died = new Promise<null>((done) => {
      die = done;
    });
    const life = createLife((point) => {
      running = null;
      die(null);
      host.onDeath(point);
    });
    const mortal = journal === null ? null : mortalJournal(journal, life);
    const deps = assemble({ host, life, journal: mortal, seed: `${host.seed}/server-${starts}` });
    await replayJournal(deps);
    const notes = host.isDurable ? openHeadNotes(host.folder) : null;
    await notes?.compare(deps);
    await ensureHqSigningKey(deps);
    const app = await buildApp(deps);
    await app.ready();
    running = { app, deps, life, died };
    void createBookingExpiry(deps).run();
    void createDocumentPublisher(deps)
      .run()
      .catch(() => {});
    void createLogRooter(deps)
      .run()
      .catch(() => {});
    // A server that is dead rejects with its power cut; a living one that rejects shows as read models that lag.
    void deps.projections.run().catch(() => {});
    void host.activity.track(async () => notes?.run(deps)).catch(() => {});
  };

  return {
    start,
    serve: async (request) => {
      const current = running;
      if (current === null) return null;
      const answer = await Promise.race([inject(current, request), current.died]);
      return current.life.isOver() ? null : answer;
    },
    deps: () => running?.deps ?? null,
    crash: (at) => {
      if (at === 'server at rest') running?.life.end();
      else running?.life.arm(at, 0);
    },
    disarm: () => running?.life.disarm(),
    isUp: () => running !== null,
    folder: host.folder,
    isDurable: host.isDurable ?? false,
    copyFolder: () => {
      copies += 1;
      const copy = join(host.folder, `server-backup-${copies}`);
      copyServerFolder(host.folder, copy);
      return copy;
    },
    putFolderBack: (copy) => {
      journal?.close();
      replaceServerFolder(copy, host.folder);
      journal = openJournal();
    },
    close: () => journal?.close(),
  };
}

interface Assembling {
  readonly host: ServerHostDeps;
  readonly life: Life;
  readonly journal: HqJournal | null;
  readonly seed: string;
}

function assemble({ host, life, journal, seed }: Assembling): ServerDeps {
  const { scheduler, activity, isDurable = false } = host;
  const database: Database = { ...host.database, durable: isDurable };
  const crypto = createNodeCrypto();
  // One life of a server has one store, as the real one has: it goes on from what it decided last.
  const documents = createDocumentStore({ crypto });
  const clock = mortalClock(host.clock, life, 'server clock');
  const random = mortalRandom(seededRandom(seed), life, 'server random');
  const timers = createSimulatedTimers(scheduler, activity, life);
  const bus = createParkBus({ database });
  const keyring = createKeyring({ database, masterKey: MASTER_KEY, random, crypto, clock, journal });
  const log = SILENT_LOG;
  const projections = createProjections({ database, bus, timers, log, crypto, documents });
  const stopping = new AbortController().signal;
  return {
    database,
    clock,
    random,
    crypto,
    documents,
    keyring,
    bus,
    journal,
    timers,
    log,
    projections,
    rateLimits: null,
    stopping,
  };
}

async function inject({ app }: Running, request: Parameters<Serve>[0]): Promise<HttpResponse> {
  const response = await app.inject({
    method: request.method,
    url: request.path,
    headers: { ...request.headers },
    ...(request.body === null ? {} : { payload: request.body }),
  });
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode, headers, body: response.body };
}
