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
const LISTEN_AGAIN_MS = 1_000;

/** @throws DatabaseError if the address is malformed, nobody answers there, or it is too old */
export async function openPostgres(url: string): Promise<Database> {
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A database host that vanished is noticed, and not waited for.
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        INTEGER_PARSERS[oid] ?? pg.types.getTypeParser(oid, format as 'text'),
    },
  };
  const pool = new pg.Pool({ ...settings, max: CONNECTIONS });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});
  // So is one that breaks between two statements of a transaction (a time limit, an administrator): the next one says so.
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    await checkSuitable(pool);
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

async function checkSuitable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ version: string; encoding: string }>(
    "select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding",
  );
  const version = Math.floor(Number(rows[0]?.version) / 10_000);
  if (version < OLDEST_VERSION) {
    throw new Error(`it is PostgreSQL ${version}, and ${OLDEST_VERSION} is the oldest known`);
  }
  // In any other encoding some facts could not be stored, and the kiosks that wrote them would wait for ever.
  if (rows[0]?.encoding !== 'UTF8') throw new Error(`its encoding is ${rows[0]?.encoding}, and must be UTF8`);
}

/**
 * A connection of its own, outside the pool. When it breaks, it is made again; until then waiting parts fall back to
 * looking now and then.
 */
async function listen(settings: pg.ClientConfig, onMessage: (message: string) => void): Promise<() => Promise<void>> {
  let current: pg.Client | null = null;
  let again: NodeJS.Timeout | undefined;
  let isOver = false;

  const connect = async (): Promise<void> => {
    const client = new pg.Client(settings);
    client.on('error', () => {});
    client.on('notification', ({ payload }) => {
      if (payload) onMessage(payload);
    });
    client.once('end', () => {
      if (client === current) connectLater();
    });
    try {
      await client.connect();
      await client.query(`listen ${CHANNEL}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    current = client;
    if (isOver) await client.end();
  };
  const connectLater = (): void => {
    if (isOver) return;
    again = setTimeout(() => connect().catch(connectLater), LISTEN_AGAIN_MS);
    again.unref();
  };

  await connect();
  return async () => {
    isOver = true;
    clearTimeout(again);
    await current?.end();
  };
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
