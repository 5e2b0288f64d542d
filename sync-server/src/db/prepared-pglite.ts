import { type PGlite, parse, protocol, type Results } from '@electric-sql/pglite';

/**
 * PGlite as Kysely uses it, with every statement prepared once and then sent as one message: PGlite's own `query` reads
 * the text anew each time and enters WebAssembly six times for it, which costs more than most of our statements do.
 */
export interface PreparedPglite {
  readonly ready: boolean;
  readonly closed: boolean;
  readonly waitReady: Promise<void>;
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Results<Row>>;
  /** Alone on the one connection until the work ends. */
  transaction<Value>(work: (tx: Transaction) => Promise<Value>): Promise<Value>;
  /** Several statements as one transaction. */
  runScript(sql: string): Promise<void>;
  close(): Promise<void>;
}

interface Transaction {
  readonly closed: boolean;
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Results<Row>>;
  rollback(): Promise<void>;
}

interface Statement {
  readonly name: string;
  /** Of its parameters. */
  readonly types: readonly number[];
}

const { serialize } = protocol;
/** Statements are texts of the program, so there are some hundreds; inserts of many rows have one for each count. */
const STATEMENTS_MAX = 2_000;

export function preparedPglite(pglite: PGlite): PreparedPglite {
  const alone = createMutex();
  const statements = createStatements(pglite);
  const query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Results<Row>> => {
    const { name, types } = await statements.prepare(sql);
    const values = parameters.map((value, index) => parameterText(pglite, value, types[index]));
    const { messages } = await pglite.execProtocol(
      joined([
        serialize.bind({ statement: name, values }),
        serialize.describe({ type: 'P' }),
        serialize.execute({}),
        serialize.sync(),
      ]),
    );
    return parse.parseResults([...messages], pglite.parsers, { rowMode: 'object' })[0] as Results<Row>;
  };
  return {
    get ready() {
      return pglite.ready;
    },
    get closed() {
      return pglite.closed;
    },
    waitReady: pglite.waitReady,
    close: () => pglite.close(),
    query: (sql, parameters) => alone(() => query(sql, parameters)),
    transaction: (work) => alone(() => inTransaction(query, work)),
    runScript: (sql) =>
      alone(async () => {
        await pglite.transaction((tx) => tx.exec(sql));
        await statements.forget();
      }),
  };
}

/** A script may change the tables that statements were prepared for: then all of them are prepared anew. */
function createStatements(pglite: PGlite) {
  const known = new Map<string, Statement>();
  let made = 0;
  const forget = async (): Promise<void> => {
    known.clear();
    await pglite.execProtocol(serialize.query('deallocate all'));
  };
  const prepare = async (sql: string): Promise<Statement> => {
    const statement = known.get(sql);
    if (statement) return statement;
    if (known.size >= STATEMENTS_MAX) await forget();
    made += 1;
    const name = `s${made}`;
    const { messages } = await pglite.execProtocol(
      joined([serialize.parse({ name, text: sql }), serialize.describe({ type: 'S', name }), serialize.sync()]),
    );
    const fresh = { name, types: parse.parseDescribeStatementResults([...messages]) };
    known.set(sql, fresh);
    return fresh;
  };
  return { prepare, forget };
}

async function inTransaction<Value>(
  query: Transaction['query'],
  work: (tx: Transaction) => Promise<Value>,
): Promise<Value> {
  const tx = { closed: false, query, rollback: async () => void (await query('rollback')) };
  await query('begin');
  try {
    const value = await work(tx);
    await query('commit');
    return value;
  } catch (error) {
    await query('rollback');
    throw error;
  } finally {
    tx.closed = true;
  }
}

function parameterText(pglite: PGlite, value: unknown, type: number | undefined): string | null {
  if (value === null || value === undefined) return null;
  const serializer = type === undefined ? undefined : pglite.serializers[type];
  return serializer ? serializer(value) : String(value);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One at a time, in the order of asking: PGlite has one connection. */
function createMutex(): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => null);
    return mine;
  };
}
