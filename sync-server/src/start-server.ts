import type { ParkId } from '@skygate/shared/lib/ids';
import type { FastifyInstance } from 'fastify';
import { buildApp, type Feature, type ServerDeps } from './app.ts';
import type { ServerConfig } from './config.ts';
import { type Database, DatabaseError } from './db/database.ts';
import { migrateUp } from './db/migrate.ts';
import { serverTarget } from './db/migrate-server.ts';
import { openPglite } from './db/open-pglite.ts';
import { openPostgres } from './db/open-postgres.ts';
import { createParkBus } from './db/park-bus.ts';
import { createDocumentStore } from './documents/document-store.ts';
import { createDocumentPublisher, type DocumentPublisher } from './documents/publish-documents.ts';
import { type HqJournal, openHqJournal } from './hq-node/hq-journal.ts';
import { createKeyring } from './hq-node/keyring.ts';
import { masterKeyFile } from './hq-node/master-key.ts';
import { replayJournal } from './hq-node/replay-journal.ts';
import { ensureHqSigningKey } from './hq-node/ticket-keys.ts';
import { createLogRooter, type LogRooter } from './log-proof/root-log.ts';
import { createNodeClock, createNodeCrypto, createNodeRandom, createNodeTimers } from './node-crypto.ts';
import type { Log } from './ports.ts';
import { createProjections } from './projections/projections.ts';
import { declareRestored } from './restore/begin-recovery.ts';
import { type HeadNotes, openHeadNotes, RESTORED } from './restore/head-notes.ts';

export interface RunningServer {
  /** `http://127.0.0.1:4800` */
  readonly url: string;
  readonly app: FastifyInstance;
  readonly deps: ServerDeps;
  /** Ends waiting requests, finishes the others and closes the database. */
  stop(): Promise<void>;
}

const OPEN_ROUTES_PER_MINUTE = 60;

/**
 * The sync server of this process, in the order things flow: database, journal, keys, read models, routes.
 * @throws DatabaseError with a sentence for the operator if it cannot start
 */
export async function startServer(
  config: ServerConfig,
  log: Log,
  features: readonly Feature[] = [],
): Promise<RunningServer> {
  const database = await (config.databaseUrl ? openPostgres(config.databaseUrl) : openPglite(config.dataFolder));
  let journal: HqJournal | null = null;
  let notes: HeadNotes | null = null;
  const stopping = new AbortController();
  try {
    await migrateUp(serverTarget(database));
    journal = database.durable ? null : openHqJournal(config.dataFolder);
    const deps = assemble({ config, database, journal, log, stopping: stopping.signal });
    await replayJournal(deps);
    notes = database.durable ? openHeadNotes(config.dataFolder) : null;
    await noticeRestores(deps, config, notes);
    await ensureHqSigningKey(deps);
    const app = await buildApp(deps, features);
    await deps.bus.run();
    const url = await listen(app, config).catch(async (error) => {
      await deps.bus.stop();
      throw error;
    });
    void deps.projections.run();
    void notes?.run(deps);
    const publisher = createDocumentPublisher(deps);
    void publisher.run();
    const rooter = createLogRooter(deps);
    void rooter.run();
    return { url, app, deps, stop: () => stop({ app, deps, journal, notes, stopping, publisher, rooter }) };
  } catch (error) {
    await notes?.stop();
    journal?.close();
    await database.close();
    throw error;
  }
}

/** E8: the operator's word for all parks, or what the note in the data folder tells. */
async function noticeRestores(deps: ServerDeps, config: ServerConfig, notes: HeadNotes | null): Promise<void> {
  const parks = config.restored ? await deps.database.reader.selectFrom('parks').select('park').execute() : [];
  for (const { park } of parks) await declareRestored(deps, park as ParkId, 'operator');
  const noticed = (await notes?.compare(deps)) ?? [];
  for (const park of [...parks.map((row) => row.park), ...noticed]) {
    deps.log.warn({ park }, RESTORED);
  }
}

interface Parts {
  readonly config: ServerConfig;
  readonly database: Database;
  readonly journal: HqJournal | null;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

function assemble({ config, database, journal, log, stopping }: Parts): ServerDeps {
  const random = createNodeRandom();
  const masterKey = config.masterKey ?? masterKeyFile(config.dataFolder, random);
  const crypto = createNodeCrypto();
  const documents = createDocumentStore({ crypto });
  const outside = { database, journal, log, random, crypto, documents, clock: createNodeClock() };
  const timers = createNodeTimers();
  const bus = createParkBus(outside);
  const keyring = createKeyring({ ...outside, masterKey });
  const projections = createProjections({ ...outside, bus, timers });
  const rateLimits = { perMinute: OPEN_ROUTES_PER_MINUTE };
  const { trustedProxies } = config;
  return { ...outside, timers, bus, keyring, projections, rateLimits, trustedProxies, stopping };
}

async function listen(app: FastifyInstance, { port, host }: ServerConfig): Promise<string> {
  try {
    return await app.listen({ port, host });
  } catch (error) {
    await app.close();
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') throw new DatabaseError(`Port ${port} on ${host} is in use by another program.`);
    if (code === 'EACCES') throw new DatabaseError(`Port ${port} on ${host} needs rights this program does not have.`);
    throw new DatabaseError(`The server cannot listen on ${host}, port ${port}: ${String(code ?? error)}.`);
  }
}

interface Stopping {
  readonly app: FastifyInstance;
  readonly deps: ServerDeps;
  readonly journal: HqJournal | null;
  readonly notes: HeadNotes | null;
  readonly stopping: AbortController;
  readonly publisher: DocumentPublisher;
  readonly rooter: LogRooter;
}

async function stop({ app, deps, journal, notes, stopping, publisher, rooter }: Stopping): Promise<void> {
  stopping.abort();
  await app.close();
  await publisher.stop();
  await rooter.stop();
  await deps.projections.stop();
  await deps.bus.stop();
  await notes?.stop();
  journal?.close();
  await deps.database.close();
}
