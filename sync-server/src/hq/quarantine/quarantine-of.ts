import type { QuarantineAnswer, QuarantinedEvent, QuarantinedRun } from '@skygate/shared/hq-api/quarantine';
import type { Reader } from '../../db/database.ts';

const SHOWN_MAX = 200;

/** What was put aside in a park: runs that no stream could take (E6) and events that no read model could (S7). */
export async function quarantineOf(reader: Reader, park: string): Promise<QuarantineAnswer> {
  const names = await namesOf(reader, park);
  const totals = await reader
    .selectFrom('nodes')
    .select(({ fn, selectFrom }) => [
      fn.sum<number>('runs_dropped').as('dropped'),
      selectFrom('quarantine as q')
        .select((q) => q.fn.countAll<number>().as('count'))
        .where('q.park', '=', park)
        .as('events'),
    ])
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  return {
    runs: await runsOf(reader, park, names),
    runsDropped: Number(totals.dropped ?? 0),
    events: await eventsOf(reader, park, names, await streamNamesOf(reader, park)),
    eventsTotal: Number(totals.events ?? 0),
  };
}

/** A run as it was sent, JSON; null if there is none of that hash. */
export async function quarantinedRunText(reader: Reader, park: string, runHash: string): Promise<string | null> {
  const row = await reader
    .selectFrom('quarantined_runs')
    .select('run')
    .where('park', '=', park)
    .where('run_hash', '=', runHash)
    .executeTakeFirst();
  return row?.run ?? null;
}

type Names = ReadonlyMap<string, string>;

async function namesOf(reader: Reader, park: string): Promise<Names> {
  const rows = await reader
    .selectFrom('nodes')
    .select(['node', 'name'])
    .where('park', '=', park)
    .orderBy('epoch')
    .execute();
  return new Map(rows.map(({ node, name }) => [node, name]));
}

/**
 * What a stream is called in an error, `<node>/<epoch>`, in words that people know: the kiosk's name, and which of its
 * enrolments it was where there were several.
 */
async function streamNamesOf(reader: Reader, park: string): Promise<Names> {
  const rows = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'name'])
    .where('park', '=', park)
    .orderBy('node')
    .orderBy('epoch')
    .execute();
  return new Map(
    rows.map(({ node, epoch, name }) => {
      const incarnations = rows.filter((row) => row.node === node);
      const number = incarnations.findIndex((row) => row.epoch === epoch) + 1;
      return [`${node}/${epoch}`, incarnations.length > 1 ? `${name} (${number})` : name];
    }),
  );
}

const STREAM = /(?:k-[0-9A-HJKMNP-TV-Z]{16}|hq:[a-z0-9-]+)\/[1-9]\d*/g;

async function runsOf(reader: Reader, park: string, names: Names): Promise<QuarantinedRun[]> {
  const rows = await reader
    .selectFrom('quarantined_runs')
    .select(['run_hash', 'node', 'epoch', 'from_seq', 'to_seq', 'at_seq', 'reason', 'by_node', 'received_ms'])
    .where('park', '=', park)
    .orderBy('received_ms', 'desc')
    .orderBy('run_hash')
    .limit(SHOWN_MAX)
    .execute();
  return rows.map((row) => ({
    runHash: row.run_hash,
    node: row.node,
    name: names.get(row.node) ?? row.node,
    epoch: row.epoch,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    atSeq: row.at_seq,
    reason: row.reason as QuarantinedRun['reason'],
    byNode: row.by_node,
    byName: names.get(row.by_node) ?? row.by_node,
    receivedMs: row.received_ms,
  }));
}

async function eventsOf(reader: Reader, park: string, names: Names, streams: Names): Promise<QuarantinedEvent[]> {
  const rows = await reader
    .selectFrom('quarantine as q')
    .innerJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 'q.park')
        .onRef('e.node', '=', 'q.node')
        .onRef('e.epoch', '=', 'q.epoch')
        .onRef('e.seq', '=', 'q.seq'),
    )
    .select(['q.read_model', 'q.key', 'q.node', 'q.epoch', 'q.seq', 'q.error', 'e.type', 'e.wall_ms'])
    .where('q.park', '=', park)
    .orderBy('e.position', 'desc')
    .orderBy('q.read_model')
    .orderBy('q.key')
    .limit(SHOWN_MAX)
    .execute();
  return rows.map((row) => ({
    readModel: row.read_model,
    key: row.key,
    node: row.node,
    name: names.get(row.node) ?? row.node,
    epoch: row.epoch,
    seq: row.seq,
    type: row.type,
    error: row.error.replace(STREAM, (stream) => streams.get(stream) ?? stream),
    wallMs: row.wall_ms,
  }));
}
