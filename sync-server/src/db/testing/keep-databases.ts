// What a run of tests makes once and every file of tests takes a copy of: databases are dear to begin and cheap to copy.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { openPostgres } from '../open-postgres.ts';
import { KEEPER, type KeptPglite, type KeptPostgres, SORTS_AS_PEOPLE_DO } from './kept-databases.ts';
import { createDatabaseAt, startPostgres } from './start-postgres.ts';

/** Nothing that a test looks at survives its machine. */
const IN_A_HURRY = ['fsync=off', 'full_page_writes=off', 'max_connections=300'].flatMap((setting) => ['-c', setting]);

/** Before the first file of a run: databases are made when they are first asked for, and go when the run ends. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'skygate-databases-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const makers: Readonly<Record<string, () => Promise<unknown>>> = {
    '/postgres': once(() => makePostgres(stops)),
    '/pglite': once(() => makePglite({ folder: join(folder, 'migrated'), dump: join(folder, 'migrated.tar') })),
  };
  const keeper = createServer((request, response) => {
    // A test that computes for longer than a connection is kept would ask again on one that is closed by now.
    response.shouldKeepAlive = false;
    const make = makers[request.url ?? ''] ?? (() => Promise.reject(new Error(`no ${request.url}`)));
    make().then(
      (kept) => response.end(JSON.stringify(kept)),
      (error: Error) => response.writeHead(500).end(error.stack),
    );
  });
  await new Promise<void>((listening) => keeper.listen(0, '127.0.0.1', listening));
  process.env[KEEPER] = `http://127.0.0.1:${(keeper.address() as AddressInfo).port}`;
  return async () => {
    delete process.env[KEEPER];
    keeper.close();
    keeper.closeAllConnections();
    for (const stop of stops.reverse()) await stop();
  };
}

async function makePostgres(stops: (() => Promise<void>)[]): Promise<KeptPostgres> {
  const postgres = await startPostgres(IN_A_HURRY);
  stops.push(() => postgres.stop());
  const url = await createDatabaseAt(postgres.url, 'migrated', SORTS_AS_PEOPLE_DO);
  const database = await openPostgres(url);
  await migrateUp(serverTarget(database));
  await database.close();
  return { url: postgres.url, template: 'migrated' };
}

/** In a process of its own, whose memory goes with it. */
function makePglite(kept: KeptPglite): Promise<KeptPglite> {
  const flags = ['--disable-warning=ExperimentalWarning'];
  const script = join(import.meta.dirname, 'dump-pglite.ts');
  const child = spawn(process.execPath, [...flags, script, kept.folder, kept.dump], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done(kept) : fail(new Error(`${script} ended with ${code}`))));
  });
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
