import { type PGlite, parse, protocol, type Results } from '@electric-sql/pglite';
import { type Column, readAnswer } from './read-answer.ts';

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
  readonly columns: readonly Column[];
}

const { serialize } = protocol;
const EXECUTE = joined([serialize.execute({}), serialize.sync()]);
/** Statements are texts of the program, so there are some hundreds; inserts of many rows have one for each count. */
const STATEMENTS_MAX = 2_000;
/** The same words bring the columns of whatever cursor has the name now: their statement is for once. */
const OF_A_CURSOR = /^\s*fetch\b/i;
/** PostgreSQL's own name of a statement that the next one may replace. */
const UNNAMED = '';

export function preparedPglite(pglite: PGlite): PreparedPglite {
  const alone = createMutex();
  const statements = createStatements(pglite);
  const query = async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Results<Row>> => {
    const { name, types, columns } = await statements.prepare(sql);
    const values = parameters.map((value, index) => parameterText(pglite, value, types[index]));
    const message = joined([serialize.bind({ statement: name, values }), EXECUTE]);
    return readAnswer<Row>(await answerTo(pglite, message), columns);
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
    const isKept = !OF_A_CURSOR.test(sql);
    if (isKept) made += 1;
    const name = isKept ? `s${made}` : UNNAMED;
    const { messages } = await pglite.execProtocol(
      joined([serialize.parse({ name, text: sql }), serialize.describe({ type: 'S', name }), serialize.sync()]),
    );
    const fresh = {
      name,
      types: parse.parseDescribeStatementResults([...messages]),
      columns: columnsOf(pglite, messages),
    };
    if (isKept) known.set(sql, fresh);
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

type Message = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number];

function columnsOf(pglite: PGlite, messages: readonly Message[]): readonly Column[] {
  const description = messages.find((message) => message instanceof protocol.messages.RowDescriptionMessage);
  return (description?.fields ?? []).map(({ name, dataTypeID }) => {
    const parser = pglite.parsers[dataTypeID];
    return { name, read: parser ? (text) => parser(text, dataTypeID) : (text) => text };
  });
}

async function answerTo(pglite: PGlite, message: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  // A part lies in PGlite's memory, which the next one overwrites.
  await pglite.execProtocolRawStream(message, { onRawData: (part) => parts.push(Buffer.from(part)) });
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
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
