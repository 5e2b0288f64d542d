import { join } from 'node:path';
import type { ParkId } from '@skygate/shared/lib/ids';
import Sqlite from 'better-sqlite3';
import { DatabaseError, type Reader } from '../db/database.ts';
import { isPassingTrouble } from '../db/passing-trouble.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { Log, Timers } from '../ports.ts';
import { declareRestored } from './begin-recovery.ts';

interface RunDeps {
  readonly timers: Timers;
  readonly log: Log;
}

/** What the operator is told. */
export const RESTORED = 'the database was restored from a backup: what is missing is taken back from the kiosks';

/**
 * How far each park's log and HQ's stream in it were, in the server's own data folder: a database that was put back from
 * an older backup does not know what it lacks, and this does (E8). On PGlite the journal does the same.
 */
export interface HeadNotes {
  /** Begins the recovery of each park that ends before what was noted. @returns which */
  compare(deps: HqNodeDeps): Promise<readonly string[]>;
  /** Does so once in a while, until it is stopped: a backup may be put back under a server that runs. */
  run(deps: HqNodeDeps & RunDeps): Promise<void>;
  /** Notes where things are now, where that is not before what was noted. */
  note(reader: Reader): Promise<void>;
  stop(): Promise<void>;
}

interface Head {
  readonly park: string;
  readonly log_id: string;
  readonly position: number;
  readonly hq_epoch: number;
  readonly hq_seq: number;
  readonly hq_hash: string;
}

const SCHEMA = `create table if not exists heads (
  park text primary key, log_id text not null, position integer not null,
  hq_epoch integer not null, hq_seq integer not null, hq_hash text not null
) strict`;
const NOTE = `insert into heads (park, log_id, position, hq_epoch, hq_seq, hq_hash) values (?, ?, ?, ?, ?, ?)
  on conflict (park) do update set log_id = excluded.log_id, position = excluded.position,
  hq_epoch = excluded.hq_epoch, hq_seq = excluded.hq_seq, hq_hash = excluded.hq_hash`;
const EVERY_MS = 2_000;

/** @throws DatabaseError if the file cannot be used */
export function openHeadNotes(dataFolder: string): HeadNotes {
  const file = openFile(join(dataFolder, 'heads.sqlite'));
  const write = file.prepare(NOTE);
  const noted = new Map((file.prepare('select * from heads').all() as Head[]).map((head) => [head.park, head]));
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const noteAll = file.transaction((heads: readonly Head[]) => {
    for (const head of heads) {
      write.run(head.park, head.log_id, head.position, head.hq_epoch, head.hq_seq, head.hq_hash);
      noted.set(head.park, head);
    }
  });

  /** Declares what ends before its note, and notes all that does not. @returns which parks began anew */
  const look = async (deps: HqNodeDeps): Promise<readonly string[]> => {
    const { reader } = deps.database;
    const changed = (await headsOf(reader)).filter((head) => !isSame(head, noted.get(head.park)));
    const restored: string[] = [];
    for (const now of changed) {
      const before = noted.get(now.park);
      if (!before || !(await isLost(reader, before, now))) continue;
      if (await declareRestored(deps, now.park as ParkId, 'server')) restored.push(now.park);
    }
    await note(reader);
    return restored;
  };
  const note = async (reader: Reader): Promise<void> => {
    const heads = await headsOf(reader);
    noteAll(heads.filter((head) => !isSame(head, noted.get(head.park)) && !isBefore(head, noted.get(head.park))));
  };

  const follow = async (deps: HqNodeDeps & RunDeps): Promise<void> => {
    let isTold = false;
    while (!stopping.signal.aborted) {
      try {
        for (const park of await look(deps)) deps.log.warn({ park }, RESTORED);
        isTold = false;
      } catch (error) {
        // The database is away: noted when it is back. Anything else, once, until it goes again.
        if (!isPassingTrouble(error) && !isTold && !stopping.signal.aborted) {
          deps.log.warn({ error: String(error) }, 'how far the logs are cannot be noted: a restore may go unnoticed');
          isTold = true;
        }
      }
      await deps.timers.sleep(EVERY_MS, stopping.signal);
    }
  };

  return {
    note,
    compare: look,
    async run(deps) {
      running = follow(deps);
      await running;
    },
    async stop() {
      stopping.abort();
      await running;
      file.close();
    },
  };
}

function openFile(path: string): Sqlite.Database {
  try {
    const file = new Sqlite(path);
    file.pragma('journal_mode = WAL');
    file.exec(SCHEMA);
    return file;
  } catch (error) {
    throw new DatabaseError(`${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function headsOf(reader: Reader): Promise<readonly Head[]> {
  return reader
    .selectFrom('parks as p')
    .innerJoin('nodes as n', 'n.park', 'p.park')
    .select(['p.park', 'p.log_id', 'p.head as position'])
    .select(['n.epoch as hq_epoch', 'n.head_seq as hq_seq', 'n.head_hash as hq_hash'])
    .where('n.role', '=', 'hq')
    .where('n.state', '=', 'open')
    .orderBy('p.park')
    .execute();
}

const isSame = (head: Head, other: Head | undefined): boolean => JSON.stringify(head) === JSON.stringify(other);

/** Whether it is of a past that the note goes beyond: a note is never taken back, save by a new epoch of HQ (E8). */
const isBefore = (head: Head, noted: Head | undefined): boolean =>
  noted !== undefined &&
  (head.hq_epoch < noted.hq_epoch ||
    (head.hq_epoch === noted.hq_epoch && (head.position < noted.position || head.hq_seq < noted.hq_seq)));

/** Whether the database ends before the note. Another instance may have begun the recovery already: a later epoch of HQ. */
async function isLost(reader: Reader, head: Head, now: Head): Promise<boolean> {
  if (now.hq_epoch > head.hq_epoch) return false;
  if (now.hq_epoch < head.hq_epoch) return true;
  if (now.log_id === head.log_id && now.position < head.position) return true;
  if (head.hq_seq === 0) return false;
  const event = await reader
    .selectFrom('events')
    .select('hash')
    .where('park', '=', head.park)
    .where('node', '=', `hq:${head.park}`)
    .where('epoch', '=', head.hq_epoch)
    .where('seq', '=', head.hq_seq)
    .executeTakeFirst();
  return event?.hash !== head.hq_hash;
}
