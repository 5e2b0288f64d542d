import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Database, DatabaseError } from './database.ts';
import { INTEGER_PARSERS } from './integers.ts';
import type { Tables } from './row-types.generated.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const CONNECTIONS = 10;
/** The first with a time limit for whole transactions. */
const OLDEST_VERSION = 17;
const CHANNEL = 'skygate_park';

/** @throws DatabaseError if the address is malformed, nobody answers there, or it is too old */
export async function openPostgres(url: string): Promise<Database> {
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        INTEGER_PARSERS[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
    },
  };
  const pool = new pg.Pool({ ...settings, max: CONNECTIONS });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  try {
    await checkVersion(pool);
  } catch (error) {
    await pool.end();
    throw new DatabaseError(`The database of DATABASE_URL (${placeOf(url)}) cannot be used: ${wordsOf(error)}`);
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    durable: true,
    reader: kysely,
    kysely,
    // Without parameters the simple protocol runs all statements, as one transaction.
    runScript: async (sql) => {
      await pool.query(sql);
    },
    notify: async (messages) => {
      await pool.query(`select pg_notify('${CHANNEL}', message) from unnest($1::text[]) as m(message)`, [messages]);
    },
    listen: (onMessage) => listen(settings, onMessage),
    close: () => kysely.destroy(),
  };
}

async function checkVersion(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string }>("select current_setting('server_version_num') as version");
  const version = Math.floor(Number(rows[0]?.version) / 10_000);
  if (version < OLDEST_VERSION)
    throw new Error(`it is PostgreSQL ${version}, and ${OLDEST_VERSION} is the oldest known`);
}

/** A connection of its own, outside the pool; when it breaks, waiting parts fall back to looking now and then. */
async function listen(settings: pg.ClientConfig, onMessage: (message: string) => void): Promise<() => Promise<void>> {
  const client = new pg.Client(settings);
  client.on('error', () => {});
  client.on('notification', ({ payload }) => {
    if (payload) onMessage(payload);
  });
  await client.connect();
  await client.query(`listen ${CHANNEL}`);
  return () => client.end();
}

/** Host and database of the address, never its password. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

const wordsOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(wordsOf).join('; ');
  return error instanceof Error ? error.message : String(error);
};
