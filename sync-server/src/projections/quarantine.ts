import type { Event } from '@skygate/shared/events/envelope';
import type { FoldProblem } from '@skygate/shared/read-models/check-change';
import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import type { Reader, Writer } from '../db/database.ts';
import { EVENT_COLUMNS, storedToEvent } from '../ingest/stored-event.ts';

/** A read model and key that could not take an event in (S7). */
export interface QuarantinedPart {
  readonly readModel: string;
  readonly key: string;
}

/** What HQ sees of it. */
export interface Quarantined extends QuarantinedPart {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly type: string;
  readonly subject: string;
  readonly receivedMs: number;
  readonly error: string;
  /** The projection version that tried last. */
  readonly program: number;
  readonly waitsFor: string | null;
}

const ERROR_CHARACTERS_MAX = 500;

export async function putAside(tx: Writer, event: Event, problems: readonly FoldProblem[]): Promise<void> {
  const { park, node, epoch, seq } = event;
  for (const { readModel, key, error, waitsFor } of problems) {
    const words = {
      error: error.replaceAll('\u0000', ' ').slice(0, ERROR_CHARACTERS_MAX),
      program: PROJECTION_VERSION,
      waits_for: waitsFor ?? null,
    };
    await tx
      .insertInto('quarantine')
      .values({ park, read_model: readModel, key, node, epoch, seq, ...words })
      .onConflict((conflict) =>
        conflict.columns(['park', 'read_model', 'key', 'node', 'epoch', 'seq']).doUpdateSet(words),
      )
      .execute();
  }
}

export async function takeOut(tx: Writer, { park, node, epoch, seq }: Event, part: QuarantinedPart): Promise<void> {
  await tx
    .deleteFrom('quarantine')
    .where('park', '=', park)
    .where('read_model', '=', part.readModel)
    .where('key', '=', part.key)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .execute();
}

/** What waits for the key of a stream. */
export const readWaiting = (tx: Writer, park: string, stream: string) =>
  readParts(tx, (query) => query.where('q.park', '=', park).where('q.waits_for', '=', stream));

/** What an older program put aside, and what may have its key by now; oldest first. */
export const readOlder = (tx: Writer, park: string, limit: number, after: number) =>
  readParts(tx, (query) =>
    query
      .where('q.park', '=', park)
      .where((or) => or.or([or('q.program', '<', PROJECTION_VERSION), or('q.waits_for', 'is not', null)]))
      .where('e.position', '>', after)
      .limit(limit),
  );

const joined = (tx: Reader) =>
  tx
    .selectFrom('quarantine as q')
    .innerJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 'q.park')
        .onRef('e.node', '=', 'q.node')
        .onRef('e.epoch', '=', 'q.epoch')
        .onRef('e.seq', '=', 'q.seq'),
    );
type Joined = ReturnType<typeof joined>;

async function readParts(tx: Reader, narrow: (query: Joined) => Joined) {
  const rows = await narrow(joined(tx))
    .select(EVENT_COLUMNS.map((column) => `e.${column}` as const))
    .select(['q.read_model', 'q.key'])
    .orderBy('e.position')
    .execute();
  return rows.map((row) => ({
    event: storedToEvent(row),
    position: row.position,
    part: { readModel: row.read_model, key: row.key },
  }));
}

/** What of a park's log no read model has, newest first: HQ's list (S7). */
export async function quarantinedOf(reader: Reader, park: string, limit: number): Promise<readonly Quarantined[]> {
  const rows = await joined(reader)
    .select(['q.read_model', 'q.key', 'q.node', 'q.epoch', 'q.seq', 'q.error', 'q.program', 'q.waits_for'])
    .select(['e.type', 'e.subject', 'e.received_ms'])
    .where('q.park', '=', park)
    .orderBy('e.position', 'desc')
    .orderBy('q.read_model')
    .orderBy('q.key')
    .limit(limit)
    .execute();
  return rows.map(({ read_model, received_ms, waits_for, ...row }) => ({
    ...row,
    readModel: read_model,
    receivedMs: received_ms,
    waitsFor: waits_for,
  }));
}
