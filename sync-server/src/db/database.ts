import type { Kysely, Transaction } from 'kysely';
import { CompiledQuery } from 'kysely';
import type { Tables } from './row-types.generated.ts';

/** A handle that can only read: what queries and routes take. `sql` templates run on it too; keep them to reads. */
export type Reader = Pick<Kysely<Tables>, 'selectFrom' | 'selectNoFrom' | 'with' | 'fn' | 'dynamic' | 'getExecutor'>;

/** A handle that writes. There is one only inside a transaction. */
export type Writer = Transaction<Tables>;

/** The server's database: PGlite in the data folder, or PostgreSQL. Integers come back as numbers from both. */
export interface Database {
  readonly kind: 'pglite' | 'postgres';
  /** Whether a commit survives a power cut (E9): PGlite does not fsync. */
  readonly durable: boolean;
  readonly reader: Reader;
  /** For `withTransaction` and for statements that are a transaction of their own. */
  readonly kysely: Kysely<Tables>;
  /** Runs a script of several statements (a migration) as one transaction. */
  runScript(sql: string): Promise<void>;
  /** Tells other instances on this database; nothing on PGlite, which has one. */
  notify(messages: readonly string[]): Promise<void>;
  /** Hears what other instances (and this one) tell. @returns how to stop */
  listen(onMessage: (message: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** The database cannot be used; the message is one sentence for the operator. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Runs `work` in one transaction; a throw rolls all of it back.
 * On PostgreSQL the whole transaction is cut off after `timeoutMs` (SQLSTATE 25P04), so that a stuck one frees its locks.
 */
export function withTransaction<Value>(
  deps: { readonly database: Database },
  options: { readonly timeoutMs: number },
  work: (tx: Writer) => Promise<Value>,
): Promise<Value> {
  const { database } = deps;
  return database.kysely.transaction().execute(async (tx) => {
    if (database.kind === 'postgres') {
      const timeout = `${Math.trunc(options.timeoutMs)}ms`;
      await tx.executeQuery(CompiledQuery.raw("select set_config('transaction_timeout', $1, true)", [timeout]));
    }
    return work(tx);
  });
}
