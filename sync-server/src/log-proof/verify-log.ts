import type { Crypto } from '@skygate/shared/lib/crypto';
import type { Database, Reader } from '../db/database.ts';
import { LogCheck, type LogCounts } from './log-check.ts';
import { eventsInOrder, headRowsOf, sealsInOrder } from './read-log.ts';

/** The first thing that is wrong in a park's log. */
export interface LogProblem {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly what: string;
}

export interface LogReport {
  readonly park: string;
  readonly counts: LogCounts;
  readonly streams: number;
  /** Null: all that was checked holds. */
  readonly problem: LogProblem | null;
}

/**
 * Checks a park's whole log (X5), page by page, as of one moment: on PostgreSQL the server may run and write meanwhile.
 * Nothing is written.
 */
export function verifyLog(
  { database, crypto }: { readonly database: Database; readonly crypto: Crypto },
  park: string,
): Promise<LogReport> {
  return database.kysely
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const rows = await headRowsOf(tx, park);
      const check = new LogCheck(crypto, rows, database.durable);
      const problem = await firstProblem(tx, park, check);
      return { park, counts: check.counts, streams: rows.nodes.length, problem };
    });
}

async function firstProblem(reader: Reader, park: string, check: LogCheck): Promise<LogProblem | null> {
  const seals = sealsInOrder(reader, park);
  let seal = (await seals.next()).value;
  for await (const row of eventsInOrder(reader, park)) {
    const { node, epoch, seq, position } = row;
    const what = check.event(row);
    if (what !== null) return { node, epoch, seq, what };
    if (!seal || seal.position > position) continue;
    const sealed = seal.position < position ? 'its seal is at another position' : check.seal(seal);
    if (sealed !== null) return { node, epoch, seq, what: sealed };
    seal = (await seals.next()).value;
  }
  const end = check.end();
  if (end) return { node: end.place.node, epoch: end.place.epoch, seq: end.place.seq, what: end.what };
  if (!seal) return null;
  const { node, epoch, to_seq: seq } = seal;
  return { node, epoch, seq, what: 'a seal closes events that are not there' };
}
