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
import { KEEPER, type KeptPglites, type KeptPostgres, SORTS_AS_PEOPLE_DO } from './kept-databases.ts';
import { createDatabaseAt, startPostgres } from './start-postgres.ts';

/** Nothing that a test looks at survives its machine. */
const IN_A_HURRY = ['fsync=off', 'full_page_writes=off', 'max_connections=300'].flatMap((setting) => ['-c', setting]);

/** Programs that tests start begin with what Node compiled for an earlier one; a file that has changed it compiles again. */
const COMPILED = 'NODE_COMPILE_CACHE';
const COMPILED_FOLDER = join(import.meta.dirname, '../../../../node_modules/.cache/skygate-compiled');

/**
 * Before the first file of a run: databases are made when they are first asked for, and go when the run ends. A run inside
 * another one has that one's.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env[KEEPER] !== undefined) return async () => {};
  const folder = await mkdtemp(join(tmpdir(), 'skygate-databases-'));
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const makers: Readonly<Record<string, () => Promise<unknown>>> = {
    '/postgres': once(() => makePostgres(stops)),
    '/pglite': once(() => makePglites(folder)),
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
  process.env[COMPILED] ??= COMPILED_FOLDER;
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
function makePglites(folder: string): Promise<KeptPglites> {
  const flags = ['--disable-warning=ExperimentalWarning'];
  const script = join(import.meta.dirname, 'make-pglites.ts');
  const child = spawn(process.execPath, [...flags, script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done(JSON.parse(said.trimEnd().split('\n').at(-1) ?? ''));
      else fail(new Error(`${script} ended with ${code}`));
    });
  });
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
